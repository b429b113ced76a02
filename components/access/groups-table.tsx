import { RowTh, Table, Td, Th } from '@/components/ui/table'
import type { GroupRow } from '@/db/queries/groups'
import { GroupName, GroupStateMark } from './group-name'
import { GROUP_STATE_WORDS } from './labels'

/** The groups through which access is held: those with a role of their own here, and the groups inside them. */
export function GroupsTable({ rows, path }: { rows: GroupRow[]; path: string }) {
  return (
    <Table caption="Groups that access runs through" wide>
      <thead>
        <tr>
          <Th className="xl:w-[28%]">Name</Th>
          <Th className="xl:w-[34%]">State</Th>
          <Th className="text-right">Reaches</Th>
          <Th className="text-right">Direct members</Th>
          <Th>Holds</Th>
        </tr>
      </thead>
      <tbody>
        {rows.map((group) => {
          const { says, next } = GROUP_STATE_WORDS[group.state]
          return (
            <tr key={group.id}>
              <RowTh className="max-w-72">
                <GroupName group={group} groupsPath={path} />
              </RowTh>
              <Td className="max-w-96">
                <GroupStateMark state={group.state} />
                {group.state === 'whole' ? null : (
                  <span className="block text-xs text-ink-soft">
                    {says} {next}
                  </span>
                )}
              </Td>
              <Count value={group.members} />
              <Count value={group.directMembers} />
              <Td className="text-ink-soft max-xl:whitespace-nowrap">{countRoles(group)}</Td>
            </tr>
          )
        })}
      </tbody>
    </Table>
  )
}

function Count({ value }: { value: number | null }) {
  return (
    <Td className="text-right whitespace-nowrap text-ink-soft tabular-nums">
      {value === null ? <span className="text-ink-faint">not known</span> : value.toLocaleString('en')}
    </Td>
  )
}

function countRoles({ roles, grants, nestedOnly }: GroupRow): string {
  if (nestedOnly) return 'None itself; lies inside another'
  const counted = roles === 1 ? '1 role' : `${roles.toLocaleString('en')} roles`
  return grants > roles ? `${counted} in ${grants.toLocaleString('en')} assignments` : counted
}
