import type { ReactNode } from 'react'
import { RowTh, Table, Tbody, Td, Th, Thead, Tr } from '@/components/ui/table'
import type { GroupRow } from '@/db/queries/groups'
import { knowsOwners, knowsPeopleOnly } from '@/lib/domain/group-coverage'
import type { CoverageLine } from '@/lib/domain/vocabulary'
import { GroupName, GroupStateMark } from './group-name'
import { NotReadSince } from './holder-cells'
import { describeGroupState } from './labels'

type Props = {
  rows: GroupRow[]
  path: string
  /** The moment that is shown, as an address has it; empty for now. */
  at: string
  /** How far the result was read, which says what a group is known to have none of. */
  coverage: CoverageLine[]
}

/** The groups through which access is held: those with a role of their own here, and the groups inside them. */
export function GroupsTable({ rows, path, at, coverage }: Props) {
  const peopleOnly = knowsPeopleOnly(coverage)
  const ownersRead = knowsOwners(coverage)
  return (
    <Table caption="Groups that access runs through">
      <Thead>
        <Th className="tabular:w-[24%]">Name</Th>
        <Th className="tabular:w-[27%]">State</Th>
        <Th className="tabular:w-[9%] tabular:text-right">Reaches</Th>
        <Th className="tabular:w-[13%] tabular:text-right">Direct members</Th>
        <Th className="tabular:w-[10%] tabular:text-right">Owners</Th>
        <Th className="tabular:pl-8">Holds</Th>
      </Thead>
      <Tbody>
        {rows.map((group) => (
          <Tr key={group.id}>
            <RowTh>
              <GroupName group={group} groupsPath={path} at={at} />
            </RowTh>
            <Td label="State">
              <GroupState group={group} peopleOnly={peopleOnly} />
            </Td>
            <Count label="Reaches" value={group.members} />
            <Count label="Direct members" value={group.directMembers}>
              {group.eligible > 0 ? (
                <span className="block text-xs text-eligible" title="Can become members by activating that">
                  {group.eligible.toLocaleString('en')} eligible
                </span>
              ) : null}
            </Count>
            <Count label="Owners" value={group.owners > 0 || ownersRead ? group.owners : null} />
            <Td label="Holds" className="text-ink-soft tabular:pl-8">
              {countRoles(group)}
            </Td>
          </Tr>
        ))}
      </Tbody>
    </Table>
  )
}

function GroupState({ group: { state, ages }, peopleOnly }: { group: GroupRow; peopleOnly: boolean }) {
  const { says, next } = describeGroupState(state, peopleOnly)
  return (
    <>
      <GroupStateMark state={state} peopleOnly={peopleOnly} />
      {ages.members ? (
        <span className="block">
          <NotReadSince at={ages.members} />
        </span>
      ) : null}
      {state === 'whole' ? null : (
        <span className="block text-xs text-ink-soft">
          {says} {next}
        </span>
      )}
    </>
  )
}

type CountProps = { label: string; value: number | null; children?: ReactNode }

function Count({ label, value, children }: CountProps) {
  return (
    <Td label={label} className="text-ink-soft tabular-nums tabular:text-right">
      {value === null ? <span className="text-ink-faint">not known</span> : value.toLocaleString('en')}
      {children}
    </Td>
  )
}

function countRoles({ roles, grants, nestedOnly }: GroupRow): string {
  if (nestedOnly) return 'None itself; lies inside another'
  const counted = roles === 1 ? '1 role' : `${roles.toLocaleString('en')} roles`
  return grants > roles ? `${counted} in ${grants.toLocaleString('en')} assignments` : counted
}
