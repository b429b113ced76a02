import { ChevronLeft, ChevronRight } from 'lucide-react'
import Link from 'next/link'
import { NotReadSince, PersonStatusMark, PrincipalName } from '@/components/access/holder-cells'
import { RoleChip } from '@/components/access/role-chip'
import { ScopeLabel } from '@/components/access/scope-label'
import { ButtonLink } from '@/components/ui/button-link'
import { RowTh, SortTh, Table, Tbody, Td, Th, Thead, Tr } from '@/components/ui/table'
import type { Cell, PersonRow } from '@/db/queries/people'
import type { Direction } from '@/lib/domain/views'
import { spellControls } from '@/lib/domain/words'

/** `unknown`: why it cannot be said of those without a cell that they have no role there; null when it can. */
type Column = { id: string; label: string; unknown: string | null; note: string | null }
type Props = { rows: PersonRow[]; columns: Column[]; cells: Cell[]; direction: Direction; sortHref: string }

/** A row for each person and a column for each subscription, with the strongest role where they meet, linked to its paths. */
export function AccessMatrix({ rows, columns, cells, direction, sortHref }: Props) {
  const at = new Map(cells.map((cell) => [keyOf(cell.tenantId, cell.personId, cell.connectionId), cell]))
  return (
    <Table caption="People and the strongest role they have in each subscription" scrolls>
      <Thead>
        <SortTh href={sortHref} direction={direction === 'asc' ? 'ascending' : 'descending'}>
          Name
        </SortTh>
        {columns.map(({ id, label, note }) => (
          <Th key={id} className="min-w-40">
            <Link href={`/integrations/azure/${id}`} prefetch={false} dir="auto" className="hover:underline">
              {spellControls(label)}
            </Link>
            {note ? <span className="block font-normal text-warn">{note}</span> : null}
          </Th>
        ))}
      </Thead>
      <Tbody>
        {rows.map((row) => (
          <Tr key={`${row.tenantId} ${row.id}`}>
            <RowTh className="tabular:w-56 tabular:min-w-40">
              <PrincipalName id={row.id} name={row.name} email={row.email} deleted={row.status === 'deleted'} />
              {row.status === 'active' && !row.guest ? null : (
                <div className="mt-0.5 text-xs font-normal">
                  <PersonStatusMark status={row.status} guest={row.guest} />
                </div>
              )}
            </RowTh>
            {columns.map(({ id, label, unknown }) => (
              <Td key={id} label={label}>
                <MatrixCell cell={at.get(keyOf(row.tenantId, row.id, id))} unknown={unknown} />
              </Td>
            ))}
          </Tr>
        ))}
      </Tbody>
    </Table>
  )
}

const keyOf = (tenantId: string, personId: string, connectionId: string) => `${tenantId} ${personId} ${connectionId}`

function MatrixCell({ cell, unknown }: { cell: Cell | undefined; unknown: string | null }) {
  if (!cell && unknown)
    return (
      <span title={`Not known: ${unknown}`} className="text-warn">
        <span aria-hidden>?</span>
        <span className="sr-only">Not known: {unknown}</span>
      </span>
    )
  if (!cell)
    return (
      <span className="text-ink-faint">
        <span aria-hidden>·</span>
        <span className="sr-only">None</span>
      </span>
    )
  const { role, eligible, assignmentKind, connectionId, personId, grants, scope, level, unreadSince } = cell
  const others = grants - 1 - Number(eligible !== null)
  return (
    <Link
      href={`/integrations/azure/${connectionId}/people/${personId}`}
      prefetch={false}
      className="-m-1 grid justify-items-start gap-1 rounded-md p-1 hover:bg-ink/6"
    >
      <RoleChip
        name={role.name ?? role.id}
        privilege={role.privilege}
        custom={role.custom}
        eligible={assignmentKind === 'eligible'}
        className={unreadSince ? 'border-dashed border-line-strong' : undefined}
      />
      {level === 'resource_group' || level === 'resource' ? (
        <span className="text-xs text-ink-faint">
          <ScopeLabel scope={scope} level={level} />
        </span>
      ) : null}
      {unreadSince ? <NotReadSince at={unreadSince} /> : null}
      {eligible ? (
        <RoleChip name={eligible.roleName ?? eligible.roleId} privilege={eligible.privilege} eligible />
      ) : null}
      {others > 0 ? (
        <span className="text-xs text-ink-faint tabular-nums">{others.toLocaleString('en')} more</span>
      ) : null}
    </Link>
  )
}

type ColumnPagerProps = {
  from: number
  shown: number
  total: number
  previousHref: string | null
  nextHref: string | null
}

/** Which subscriptions are shown as columns, with links to the others. Nothing when all of them fit. */
export function ColumnPager({ from, shown, total, previousHref, nextHref }: ColumnPagerProps) {
  if (!previousHref && !nextHref) return null
  return (
    <nav aria-label="Subscriptions shown" className="mb-3 flex flex-wrap items-center gap-2 text-sm text-ink-soft">
      <span className="tabular-nums">
        Subscriptions {(from + 1).toLocaleString('en')} to {(from + shown).toLocaleString('en')} of{' '}
        {total.toLocaleString('en')}
      </span>
      {previousHref ? (
        <ButtonLink href={previousHref} size="sm">
          <ChevronLeft aria-hidden />
          Earlier subscriptions
        </ButtonLink>
      ) : null}
      {nextHref ? (
        <ButtonLink href={nextHref} size="sm">
          Later subscriptions
          <ChevronRight aria-hidden />
        </ButtonLink>
      ) : null}
    </nav>
  )
}
