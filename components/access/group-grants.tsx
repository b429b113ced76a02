import { Chip } from '@/components/ui/chip'
import { RelativeTime } from '@/components/ui/relative-time'
import { Table, Td, Th } from '@/components/ui/table'
import type { GroupGrant } from '@/db/queries/groups'
import { wordsOfCondition } from '@/lib/domain/condition-words'
import { RoleChip } from './role-chip'
import { ScopeLabel, type ScopeOf } from './scope-label'
import { Until } from './until'

/** What a group holds here itself: everyone it reaches has it too. */
export function GroupGrants({ grants, of }: { grants: GroupGrant[]; of: ScopeOf }) {
  return (
    <Table caption="Roles the group holds here">
      <thead>
        <tr>
          <Th>Role</Th>
          <Th>Scope</Th>
          <Th>Assigned in Azure</Th>
          <Th>First seen</Th>
        </tr>
      </thead>
      <tbody>
        {grants.map((grant) => (
          <tr key={grant.key}>
            <Td className="max-w-72">
              <span className="flex flex-wrap items-center gap-1">
                <RoleChip
                  name={grant.roleName ?? grant.roleId}
                  privilege={grant.privilege}
                  custom={grant.custom}
                  eligible={grant.kind === 'eligible'}
                />
                <Until kind={grant.kind} endsAt={grant.endsAt} />
              </span>
            </Td>
            <Td className="max-w-72">
              <ScopeLabel scope={grant.scope} level={grant.level} of={of} inheritance />
              {grant.condition ? (
                <span className="mt-1 block">
                  <Chip title={wordsOfCondition(grant.condition) ?? grant.condition}>With a condition</Chip>
                </span>
              ) : null}
            </Td>
            <Td className="whitespace-nowrap text-ink-soft">
              {grant.assignedOn ? <RelativeTime at={grant.assignedOn} /> : 'Azure does not say'}
            </Td>
            <Td className="whitespace-nowrap text-ink-soft">
              <RelativeTime at={grant.firstSeen} />
            </Td>
          </tr>
        ))}
      </tbody>
    </Table>
  )
}
