import { Chip } from '@/components/ui/chip'
import { Table, Tbody, Td, Th, Thead, Tr } from '@/components/ui/table'
import { RelativeTime } from '@/components/ui/time'
import type { GroupGrant } from '@/db/queries/groups'
import { wordsOfCondition } from '@/lib/domain/condition-words'
import { EndsChip, RoleChip } from './role-chip'
import { ScopeLabel, type ScopeOf } from './scope-label'

type Props = {
  grants: GroupGrant[]
  of: ScopeOf
  /** Names of roles by their IDs, for the conditions. */
  roleNames: ReadonlyMap<string, string>
}

/** The roles of the group itself, which everyone in it has, directly or through groups inside it. */
export function GroupGrants({ grants, of, roleNames }: Props) {
  return (
    <Table caption="Roles the group holds here">
      <Thead>
        <Th className="tabular:w-[34%]">Role</Th>
        <Th className="tabular:w-[28%]">Scope</Th>
        <Th>Assigned in Azure</Th>
        <Th>First seen</Th>
      </Thead>
      <Tbody>
        {grants.map((grant) => (
          <Tr key={grant.key}>
            <Td>
              <span className="flex flex-wrap items-center gap-1">
                <RoleChip
                  name={grant.roleName ?? grant.roleId}
                  privilege={grant.privilege}
                  custom={grant.custom}
                  eligible={grant.kind === 'eligible'}
                />
                <EndsChip kind={grant.kind} endsAt={grant.endsAt} />
              </span>
            </Td>
            <Td label="Scope">
              <ScopeLabel scope={grant.scope} level={grant.level} of={of} inheritance />
              {grant.condition ? (
                <span className="mt-1 block">
                  <Chip title={wordsOfCondition(grant.condition, (id) => roleNames.get(id) ?? null) ?? grant.condition}>
                    With a condition
                  </Chip>
                </span>
              ) : null}
            </Td>
            <Td label="Assigned in Azure" className="text-ink-soft">
              {grant.assignedOn ? <RelativeTime at={grant.assignedOn} /> : 'Azure does not say'}
            </Td>
            <Td label="First seen" className="text-ink-soft">
              <RelativeTime at={grant.firstSeen} />
            </Td>
          </Tr>
        ))}
      </Tbody>
    </Table>
  )
}
