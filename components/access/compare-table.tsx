import { CircleMinus, CirclePlus, CircleQuestionMark } from 'lucide-react'
import type { ReactNode } from 'react'
import { Notice } from '@/components/ui/notice'
import { Table, Tbody, Td, Th, Thead, Tr } from '@/components/ui/table'
import type { DifferenceRow } from '@/db/queries/compare'
import { formatMoment, instantsWords, keepMoment } from '@/lib/domain/as-of'
import { BLIND_SPOTS } from '@/lib/domain/blind-spots'
import type { UnevenList } from '@/lib/domain/comparable'
import type { Difference } from '@/lib/domain/vocabulary'
import { isolateName } from '@/lib/domain/words'
import { GroupName, ThroughGroup } from './group-name'
import { PrincipalKindText, PrincipalName } from './holder-cells'
import { ASSIGNMENT_KIND_LABELS, DIFFERENCE_LABELS } from './labels'
import { RoleChip } from './role-chip'
import { ScopeLabel, type ScopeOf } from './scope-label'

type Props = {
  rows: DifferenceRow[]
  /** When the two results were published. */
  from: Date
  to: Date
  /** The address of the connection's page. */
  home: string
  of: ScopeOf
}

/** What somebody has in one of two results and not in the other, with the two results side by side. */
export function CompareTable({ rows, from, to, home, of }: Props) {
  const [fromWords, toWords] = instantsWords(from, to)
  const side = (row: DifferenceRow, own: 'from' | 'to', at: Date) =>
    row.side === own ? <Having row={row} groupsPath={`${home}/groups`} at={at} /> : <Lacking row={row} />
  return (
    <Table caption="What differs between the two moments">
      <Thead>
        <Th className="tabular:w-[20%]">Who</Th>
        <Th className="tabular:w-[24%]">Role</Th>
        <Th className="tabular:w-[17%]">{fromWords}</Th>
        <Th className="tabular:w-[17%]">{toWords}</Th>
        <Th>Difference</Th>
      </Thead>
      <Tbody>
        {rows.map((row) => (
          <Tr key={[row.side, row.principalId, row.role.id, row.scope, row.assignmentKind].join(' ')}>
            <Td>
              <Who row={row} home={home} at={formatMoment(row.side === 'from' ? from : to)} />
            </Td>
            <Td label="Role">
              <RoleChip
                name={row.role.name ?? row.role.id}
                privilege={row.role.privilege}
                custom={row.role.custom}
                eligible={row.assignmentKind === 'eligible'}
              />
              <span className="mt-1 block">
                <ScopeLabel scope={row.scope} level={row.level} of={of} />
              </span>
            </Td>
            <Td label={fromWords}>{side(row, 'from', from)}</Td>
            <Td label={toWords}>{side(row, 'to', to)}</Td>
            <Td label="Difference">
              <DifferenceMark change={row.change} />
            </Td>
          </Tr>
        ))}
      </Tbody>
    </Table>
  )
}

function Who({ row, home, at }: { row: DifferenceRow; home: string; at: string }) {
  const { principalId: id, kind, name, email, status, variety } = row
  if (kind === 'group')
    return (
      <>
        <GroupName group={{ id, name }} groupsPath={`${home}/groups`} at={at} />
        <span className="block text-xs text-ink-faint">Group</span>
      </>
    )
  return (
    <>
      <PrincipalName
        id={id}
        name={name}
        email={email}
        deleted={status === 'deleted'}
        href={keepMoment(`${home}/people/${id}`, at)}
      />
      {kind === 'user' && variety !== 'agent' ? null : (
        <span className="block text-xs text-ink-faint">
          <PrincipalKindText kind={kind} variety={variety} />
        </span>
      )}
    </>
  )
}

/** How somebody has the role in the result that has it. */
function Having({ row, groupsPath, at }: { row: DifferenceRow; groupsPath: string; at: Date }) {
  return (
    <span className="inline-flex min-w-0 flex-wrap gap-x-1">
      <span className={row.assignmentKind === 'eligible' ? 'text-eligible' : undefined}>
        {ASSIGNMENT_KIND_LABELS[row.assignmentKind]}
      </span>
      {row.group ? (
        <span className="text-ink-soft">
          through <ThroughGroup group={row.group} groupsPath={groupsPath} at={formatMoment(at)} />
        </span>
      ) : (
        <span className="text-ink-soft">directly</span>
      )}
    </span>
  )
}

/** That the other result does not have it, or why that cannot be said. */
function Lacking({ row: { why } }: { row: DifferenceRow }) {
  if (!why) return <span className="text-ink-faint">Not held in this way</span>
  return <span className="text-ink-soft">Not known: {describeWhy(why)}.</span>
}

function describeWhy({ dataset, group }: NonNullable<DifferenceRow['why']>): string {
  const title = BLIND_SPOTS[dataset].title
  if (group)
    return `who was in ${isolateName(group.name ?? `the group ${group.id}`)} was read at only one of the two moments, or at neither`
  return `${title.charAt(0).toLowerCase()}${title.slice(1)} ${title.endsWith('s') ? 'were' : 'was'} read in full at only one of the two moments, or at neither`
}

const MARKS: Record<Difference, { icon: ReactNode; tone: string }> = {
  gained: { icon: <CirclePlus aria-hidden />, tone: 'text-good' },
  lost: { icon: <CircleMinus aria-hidden />, tone: 'text-bad' },
  not_comparable: { icon: <CircleQuestionMark aria-hidden />, tone: 'text-warn' },
}

function DifferenceMark({ change }: { change: Difference }) {
  const { icon, tone } = MARKS[change]
  return (
    <span className={`inline-flex items-center gap-1.5 font-medium [&_svg]:size-4 [&_svg]:shrink-0 ${tone}`}>
      {icon}
      {DIFFERENCE_LABELS[change]}
    </span>
  )
}

/** Which lists were not read whole at both moments, so that what depends on them may not be comparable. */
export function UnevenNotice({ lists, from, to }: { lists: UnevenList[]; from: Date; to: Date }) {
  if (lists.length === 0) return null
  const [fromWords, toWords] = instantsWords(from, to)
  return (
    <Notice title="Not everything was read whole at both moments" className="mb-4">
      <p>What one of the two moments could not know is listed as not comparable, and never as gained or lost.</p>
      <ul className="mt-1">
        {lists.map((list) => (
          <li key={list.title}>
            <span className="font-medium text-ink">{list.title}:</span>{' '}
            {list.from === list.to
              ? `${list.from}, at both moments.`
              : `${list.from} on ${fromWords}; ${list.to} on ${toWords}.`}
          </li>
        ))}
      </ul>
    </Notice>
  )
}
