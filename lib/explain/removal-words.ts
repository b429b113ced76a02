import type { PersonAccess } from '@/db/queries/get-person-access'
import type { Removal } from './fewest-removals'
import { isolated } from './isolated'
import { scopeWords } from './scope-words'

/**
 * What to do to take a role away, one sentence for each removal: "Remove Ada Novak from Payments leads." A removal that
 * takes access from others as well says from how many.
 */
export function removalWords(access: PersonAccess, removals: readonly Removal[]): string[] {
  return removals.map((removal) =>
    removal.kind === 'membership' ? membership(access, removal) : assignment(access, removal),
  )
}

function membership(access: PersonAccess, { groupId, memberId, affects }: Extract<Removal, { kind: 'membership' }>) {
  const group = nameOf(access, groupId)
  if (memberId !== access.person.id)
    return `Remove the group ${nameOf(access, memberId)} from ${group}${people(affects)}.`
  return access.flat.includes(groupId)
    ? `Remove ${nameOf(access, memberId)} from ${group}, or from the groups inside it that they are in.`
    : `Remove ${nameOf(access, memberId)} from ${group}.`
}

function assignment(access: PersonAccess, { key, affects }: Extract<Removal, { kind: 'assignment' }>): string {
  const grant = access.grants.find((one) => one.key === key)
  if (!grant) return 'Remove an assignment that is no longer listed.'
  const { place } = scopeWords({
    scope: grant.scope,
    level: grant.level,
    managementGroups: access.managementGroups,
    subscriptionName: access.subscription.name,
  })
  const what = { active: 'assignment', activated: 'activated assignment', eligible: 'eligibility' }[grant.kind]
  const role = isolated(grant.roleName ?? grant.roleId)
  const own = grant.principalId === access.person.id
  const link = grant.kind === 'eligible' ? 'for' : 'of'
  return `Remove the ${what} ${link} ${role} ${grant.kind === 'eligible' ? 'from' : 'to'} ${nameOf(access, grant.principalId)} at ${place}${own ? '' : people(affects)}.`
}

const people = (affects: number | null): string =>
  affects === null
    ? ' (how many people have access by it is not known)'
    : ` (${affects.toLocaleString('en')} ${affects === 1 ? 'person' : 'people'})`

function nameOf({ person, groups }: PersonAccess, id: string): string {
  if (id === person.id) return isolated(person.name ?? person.email ?? person.userPrincipalName ?? person.id)
  return isolated(groups.find((group) => group.id === id)?.name ?? id)
}
