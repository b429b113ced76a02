import Link from 'next/link'
import { ThroughGroup } from '@/components/access/group-name'
import { RoleChip } from '@/components/access/role-chip'
import { ScopeLabel } from '@/components/access/scope-label'
import { Chip } from '@/components/ui/chip'
import { Table, Tbody, Td, Th, Thead, Tr } from '@/components/ui/table'
import { RelativeTime } from '@/components/ui/time'
import type { PersonRole } from '@/db/queries/person'
import { keepMoment } from '@/lib/domain/as-of'
import { inheritanceWord } from '@/lib/domain/scopes'
import { momentWords, spellControls, timeWords } from '@/lib/domain/words'

type Props = {
  personId: string
  roles: PersonRole[]
  /** The moment that is shown, as an address has it; empty for now. */
  at: string
}

/** A person's roles by subscription, held in any way, each with the two dates from which it may be said to exist. */
export function RolesBySubscription({ personId, roles, at }: Props) {
  const subscriptions = Map.groupBy(roles, (role) => role.connectionId)

  return (
    <div className="grid gap-8">
      {[...subscriptions].map(([connectionId, held]) => (
        <SubscriptionRoles key={connectionId} connectionId={connectionId} personId={personId} roles={held} at={at} />
      ))}
      <p className="max-w-3xl text-sm text-ink-soft">
        “Assigned in Azure” is the time Azure gives for the assignment. “First seen” is when a sync of Rolecall first
        found it: the role may have been held before.
      </p>
    </div>
  )
}

function SubscriptionRoles({ connectionId, personId, roles, at }: Props & { connectionId: string }) {
  const [first] = roles
  if (!first) return null
  return (
    <section className="min-w-0">
      <div className="mb-2 flex flex-wrap items-baseline justify-between gap-x-4">
        <h2 dir="auto" className="min-w-0 text-lg font-semibold break-words">
          <Link href={keepMoment(`/integrations/azure/${connectionId}`, at)} className="hover:underline">
            {spellControls(first.connectionLabel)}
          </Link>
        </h2>
        <p className="flex flex-wrap gap-x-4 text-sm">
          {first.publishedAt ? (
            <span className="text-ink-faint">
              {at ? `as of ${momentWords(first.publishedAt)}` : <ReadAgo at={first.publishedAt} />}
            </span>
          ) : null}
          <Link
            href={keepMoment(`/integrations/azure/${connectionId}/people/${personId}`, at)}
            prefetch={false}
            className="link"
          >
            Every path, and what would take a role away
          </Link>
        </p>
      </div>
      <Table caption={`Roles in ${first.connectionLabel}`}>
        <Thead>
          <Th className="tabular:w-[28%]">Role</Th>
          <Th className="tabular:w-[22%]">Scope</Th>
          <Th className="tabular:w-[20%]">How</Th>
          <Th>Assigned in Azure</Th>
          <Th>First seen</Th>
        </Thead>
        <Tbody>
          {roles.map((role) => (
            <Tr key={`${role.key} ${role.groupId}`}>
              <Td>
                <RoleChip
                  name={role.roleName ?? role.roleId}
                  privilege={role.privilege}
                  custom={role.custom}
                  eligible={role.kind === 'eligible'}
                />
                <Duration role={role} now={at && role.publishedAt ? role.publishedAt : role.now} />
              </Td>
              <Td label="Scope">
                <ScopeLabel scope={role.scope} level={role.level} of={role} inheritance />
                {role.condition ? (
                  <div className="mt-1">
                    <Chip title={role.condition}>With a condition</Chip>
                  </div>
                ) : null}
              </Td>
              <Td label="How" className="text-ink-soft">
                {role.groupId ? (
                  <ThroughGroup
                    group={{ id: role.groupId, name: role.groupName }}
                    groupsPath={`/integrations/azure/${connectionId}/groups`}
                    at={at}
                  />
                ) : (
                  inheritanceWord(role.level)
                )}
              </Td>
              <Td label="Assigned in Azure" className="text-ink-soft">
                {role.assignedOn ? <RelativeTime at={role.assignedOn} /> : 'Azure does not say'}
              </Td>
              <Td label="First seen" className="text-ink-soft">
                <RelativeTime at={role.firstSeen} />
              </Td>
            </Tr>
          ))}
        </Tbody>
      </Table>
    </section>
  )
}

const ReadAgo = ({ at }: { at: Date }) => (
  <>
    read <RelativeTime at={at} />
  </>
)

/** How long a role is held or can be activated, unless it is simply held without an end. `now` is the time of a result of the past. */
function Duration({ role, now }: { role: PersonRole; now: Date }) {
  if (role.kind === 'active' && !role.endsAt) return null
  return <p className="mt-1 text-xs text-ink-soft">{timeWords(role, now)}</p>
}
