import { RowTh, Table, Tbody, Td, Th, Thead, Tr } from '@/components/ui/table'
import type { GroupRow } from '@/db/queries/groups'
import { GroupName, GroupStateMark } from './group-name'
import { GROUP_STATE_WORDS } from './labels'

/** The groups through which access is held: those with a role of their own here, and the groups inside them. */
export function GroupsTable({ rows, path }: { rows: GroupRow[]; path: string }) {
  return (
    <Table caption="Groups that access runs through">
      <Thead>
        <Th className="tabular:w-[26%]">Name</Th>
        <Th className="tabular:w-[32%]">State</Th>
        <Th className="tabular:w-[11%] tabular:text-right">Reaches</Th>
        <Th className="tabular:w-[12%] tabular:text-right">Direct members</Th>
        <Th>Holds</Th>
      </Thead>
      <Tbody>
        {rows.map((group) => {
          const { says, next } = GROUP_STATE_WORDS[group.state]
          return (
            <Tr key={group.id}>
              <RowTh>
                <GroupName group={group} groupsPath={path} />
              </RowTh>
              <Td label="State">
                <GroupStateMark state={group.state} />
                {group.state === 'whole' ? null : (
                  <span className="block text-xs text-ink-soft">
                    {says} {next}
                  </span>
                )}
              </Td>
              <Count label="Reaches" value={group.members} />
              <Count label="Direct members" value={group.directMembers} />
              <Td label="Holds" className="text-ink-soft">
                {countRoles(group)}
              </Td>
            </Tr>
          )
        })}
      </Tbody>
    </Table>
  )
}

function Count({ label, value }: { label: string; value: number | null }) {
  return (
    <Td label={label} className="text-ink-soft tabular-nums tabular:text-right">
      {value === null ? <span className="text-ink-faint">not known</span> : value.toLocaleString('en')}
    </Td>
  )
}

function countRoles({ roles, grants, nestedOnly }: GroupRow): string {
  if (nestedOnly) return 'None itself; lies inside another'
  const counted = roles === 1 ? '1 role' : `${roles.toLocaleString('en')} roles`
  return grants > roles ? `${counted} in ${grants.toLocaleString('en')} assignments` : counted
}
