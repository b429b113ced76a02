import { groupChains } from './effective-access-chains'
import { selfAndGroups } from './effective-access-denials'
import { type PersonFacts, personFacts } from './effective-access-person'
import type { Step } from './effective-access-scopes'
import { memoized } from './memoized'
import type { PrincipalType, Tenant } from './types'

/** Who may have a role, found out once however many they have. */
export type Person = { facts: PersonFacts }

/** A group at or below one that holds a role. */
type Branch = {
  /** Its direct members, groups left out. */
  members: readonly Person[]
  /** The chains of groups that lead to it. */
  chains: Step[][]
  /** Some chains were left out. */
  cut: boolean
}

/** Members the directory knows by themselves; a membership of someone deleted went with them. */
function isKnown({ users, servicePrincipals, devices }: Tenant, id: string): boolean {
  return users.has(id) || servicePrincipals.has(id) || devices.has(id)
}

/**
 * Looks up who and what a tenant's roles lead to, each once: the same groups hold many roles.
 *
 * @param most chains to each group
 * @param only of one principal alone, unless null
 */
export function accessLookups(tenant: Tenant, most: number, only: string | null) {
  const known = memoized((id: string): Person => ({ facts: personFacts(tenant, id, 'User') }))
  const unknown = memoized((type: PrincipalType) =>
    memoized((id: string): Person => ({ facts: personFacts(tenant, id, type) })),
  )
  const stepOf = memoized((id: string): Step => ({ id, name: tenant.groups.get(id)?.displayName ?? id }))
  const membersOf = memoized((groupId: string) => {
    const all = tenant.memberships.membersOf(groupId)
    const ids = only === null ? [...all] : [only].filter((id) => all.has(id))
    return ids.filter((id) => isKnown(tenant, id)).map(known)
  })
  return {
    /** A principal that is no group; null when others than it are asked for. */
    personOf(id: string, type: PrincipalType): Person | null {
      if (only !== null && only !== id) return null
      return isKnown(tenant, id) ? known(id) : unknown(type)(id)
    },
    /** A person and every group they are in. */
    selvesOf: memoized((person: Person) => selfAndGroups(tenant, person.facts.principalId)),
    /** What a group leads to; null for what is not a group. */
    branchesOf: memoized((principalId: string): Branch[] | null => {
      if (!tenant.groups.has(principalId)) return null
      const { to, cut } = groupChains(tenant, principalId, most)
      return [...to].map(([group, chains]) => ({
        members: membersOf(group),
        chains: chains.map((chain) => chain.map(stepOf)),
        cut: cut.has(group),
      }))
    }),
  }
}
