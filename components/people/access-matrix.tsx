import { ChevronLeft, ChevronRight } from 'lucide-react'
import Link from 'next/link'
import { NotReadSince, PersonStatusMark, PrincipalName } from '@/components/access/holder-cells'
import { RoleChip } from '@/components/access/role-chip'
import { ScopeLabel } from '@/components/access/scope-label'
import { ButtonLink } from '@/components/ui/button-link'
import { RowTh, SortTh, Table, Tbody, Td, Th, Thead, Tr } from '@/components/ui/table'
import type { Cell } from '@/db/queries/cells'
import type { PersonRow } from '@/db/queries/people'
import { keepMoment } from '@/lib/domain/as-of'
import type { Direction } from '@/lib/domain/views'
import { momentWords, spellControls } from '@/lib/domain/words'

type Column = {
  id: string
  label: string
  note: string | null
  /** When the result was published that is shown as of a moment; null for now. */
  asOf: Date | null
  /** Why it cannot be said of those without a cell that they have no role there; null when it can. */
  unknown: string | null
  /** Why nothing of the subscription is known as of the moment that is shown; null where something is, and now. */
  notShown: string | null
}
type Props = {
  rows: PersonRow[]
  columns: Column[]
  cells: Cell[]
  direction: Direction
  sortHref: string
  /** The moment that is shown, as an address has it; empty for now. */
  at: string
}

/** A row for each person and a column for each subscription, with the strongest role where they meet, linked to its paths. */
export function AccessMatrix({ rows, columns, cells, direction, sortHref, at }: Props) {
  const cellOf = new Map(cells.map((cell) => [keyOf(cell.tenantId, cell.personId, cell.connectionId), cell]))
  return (
    <Table caption="People and the strongest role they have in each subscription" scrolls>
      <Thead>
        <SortTh href={sortHref} direction={direction === 'asc' ? 'ascending' : 'descending'}>
          Name
        </SortTh>
        {columns.map(({ id, label, note, asOf }) => (
          <Th key={id} className="min-w-40">
            <Link
              href={keepMoment(`/integrations/azure/${id}`, at)}
              prefetch={false}
              dir="auto"
              className="hover:underline"
            >
              {spellControls(label)}
            </Link>
            {note ? <span className="block font-normal text-warn">{note}</span> : null}
            {asOf ? <span className="block font-normal text-ink-faint">as of {momentWords(asOf)}</span> : null}
          </Th>
        ))}
      </Thead>
      <Tbody>
        {rows.map((row) => (
          <Tr key={`${row.tenantId} ${row.id}`}>
            <RowTh className="tabular:w-56 tabular:min-w-40">
              <PrincipalName
                id={row.id}
                name={row.name}
                email={row.email}
                deleted={row.status === 'deleted'}
                href={keepMoment(`/people/${row.id}`, at)}
              />
              {row.status === 'active' && !row.guest ? null : (
                <div className="mt-0.5 text-xs font-normal">
                  <PersonStatusMark status={row.status} guest={row.guest} />
                </div>
              )}
            </RowTh>
            {columns.map(({ id, label, unknown, notShown }) => (
              <Td key={id} label={label}>
                {notShown ? (
                  <NotKnownThen why={notShown} />
                ) : (
                  <MatrixCell cell={cellOf.get(keyOf(row.tenantId, row.id, id))} unknown={unknown} at={at} />
                )}
              </Td>
            ))}
          </Tr>
        ))}
      </Tbody>
    </Table>
  )
}

const keyOf = (tenantId: string, personId: string, connectionId: string) => `${tenantId} ${personId} ${connectionId}`

/** In place of a cell where nothing is known, so that it never looks like no access. */
const NotKnownThen = ({ why }: { why: string }) => (
  <span title={`Not known then, because ${why}`} className="text-xs text-warn">
    not known then
  </span>
)

type MatrixCellProps = { cell: Cell | undefined; unknown: string | null; at: string }

function MatrixCell({ cell, unknown, at }: MatrixCellProps) {
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
      href={keepMoment(`/integrations/azure/${connectionId}/people/${personId}`, at)}
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
