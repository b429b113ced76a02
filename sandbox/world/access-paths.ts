import type { DenyAssignment, DenyPrincipal, PrincipalType, Subscription, Tenant, User } from './types'

export type PersonFacts = {
  principalId: string
  principalType: PrincipalType
  name: string | null
  mail: string | null
  userPrincipalName: string | null
  guest: boolean
  status: 'active' | 'disabled' | 'invited' | 'deleted' | null
}

/** Who may have a role, found out once however many they have. */
export type Person = { facts: PersonFacts }

export type Step = { id: string; name: string }

/** A group at or below one that holds a role. */
type Branch = {
  /** Its direct members, groups left out. */
  members: readonly Person[]
  /** The chains of groups that lead to it. */
  chains: Step[][]
  /** Some chains were left out. */
  truncated: boolean
}

/**
 * Looks up who and what a tenant's roles lead to, each once: the same groups hold many roles.
 *
 * @param maxChains chains to each group
 * @param onlyPrincipalId of one principal alone, unless null
 */
export function createAccessLookups(tenant: Tenant, maxChains: number, onlyPrincipalId: string | null) {
  const known = memoize((id: string): Person => ({ facts: personFacts(tenant, id, 'User') }))
  const unknown = memoize((type: PrincipalType) =>
    memoize((id: string): Person => ({ facts: personFacts(tenant, id, type) })),
  )
  const stepOf = memoize((id: string): Step => ({ id, name: tenant.groups.get(id)?.displayName ?? id }))
  const membersOf = memoize((groupId: string) => {
    const all = tenant.memberships.membersOf(groupId)
    const ids = onlyPrincipalId === null ? [...all] : [onlyPrincipalId].filter((id) => all.has(id))
    return ids.filter((id) => isInDirectory(tenant, id)).map(known)
  })
  return {
    /** A principal that is no group; null when others than it are asked for. */
    personOf(id: string, type: PrincipalType): Person | null {
      if (onlyPrincipalId !== null && onlyPrincipalId !== id) return null
      return isInDirectory(tenant, id) ? known(id) : unknown(type)(id)
    },
    /** A person and every group they are in. */
    selfAndGroupsOf: memoize((person: Person) => selfAndGroups(tenant, person.facts.principalId)),
    /** What a group leads to; null for what is not a group. */
    branchesOf: memoize((principalId: string): Branch[] | null => {
      if (!tenant.groups.has(principalId)) return null
      const { to, truncated } = groupChains(tenant, principalId, maxChains)
      return [...to].map(([group, chains]) => ({
        members: membersOf(group),
        chains: chains.map((chain) => chain.map(stepOf)),
        truncated: truncated.has(group),
      }))
    }),
  }
}

/** Members the directory knows by themselves; a membership of someone deleted went with them. */
function isInDirectory({ users, servicePrincipals, devices }: Tenant, id: string): boolean {
  return users.has(id) || servicePrincipals.has(id) || devices.has(id)
}

type Chains = {
  /** By group: every chain of groups that leads to it, the start first and itself last, shortest chains first. */
  to: Map<string, string[][]>
  /** Groups some chains to which were left out. */
  truncated: Set<string>
}

/** The chains of groups in groups below one, no group twice in a chain, at most `most` to each group. */
export function groupChains(tenant: Tenant, start: string, maxChains: number): Chains {
  const groupsIn = memoize((id: string) =>
    [...tenant.memberships.membersOf(id)].filter((one) => tenant.groups.has(one)),
  )
  const to = new Map([[start, [[start]]]])
  const truncated = new Set<string>()
  let chains = [[start]]
  while (chains.length > 0) {
    const longer: string[][] = []
    for (const chain of chains) {
      for (const inner of groupsIn(chain[chain.length - 1] ?? start)) {
        if (chain.includes(inner)) continue
        const known = to.get(inner) ?? []
        if (known.length >= maxChains) {
          truncated.add(inner)
          continue
        }
        const found = [...chain, inner]
        to.set(inner, [...known, found])
        longer.push(found)
      }
    }
    chains = longer
  }
  markTruncatedBelow(groupsIn, truncated)
  truncated.delete(start)
  return { to, truncated }
}

/** Everything below a group that misses chains may miss some too. */
function markTruncatedBelow(groupsIn: (id: string) => string[], truncated: Set<string>): void {
  const waiting = [...truncated]
  for (let group = waiting.pop(); group !== undefined; group = waiting.pop()) {
    for (const inner of groupsIn(group)) {
      if (truncated.has(inner)) continue
      truncated.add(inner)
      waiting.push(inner)
    }
  }
}

/** The principal and every group above it, walked one membership at a time. */
export function selfAndGroups(tenant: Tenant, principalId: string): Set<string> {
  const found = new Set([principalId])
  // A set is walked on through what is added on the way.
  for (const id of found) for (const group of tenant.memberships.groupsOf(id)) found.add(group)
  return found
}

/** The deny assignments at a scope or, unless they spare child scopes, above it; `above` in lower case. */
export function findDenialsAt(tenant: Tenant, scope: string, above: string[]): DenyAssignment[] {
  const own = scope.toLowerCase()
  return [...tenant.denyAssignments.values()].filter((deny) => {
    const at = deny.scope.toLowerCase()
    return at === own || (!deny.doNotApplyToChildScopes && above.includes(at))
  })
}

/** Which of these deny assignments name a principal who is all of `selves`: itself, a group it is in, or everyone; exclusions win. */
export function filterDenialsOf(denials: DenyAssignment[], selves: ReadonlySet<string>): string[] {
  const named = (list: DenyPrincipal[]) => list.some((one) => one.type === 'SystemDefined' || selves.has(one.id))
  return denials.filter((deny) => named(deny.principals) && !named(deny.excludePrincipals)).map((deny) => deny.id)
}

/**
 * What the directory knows of a principal. `type` is what an assignment says of it: one the directory does not know is
 * deleted, except a group of another directory, which it cannot know.
 */
export function personFacts(tenant: Tenant, principalId: string, type: PrincipalType): PersonFacts {
  const user = tenant.users.get(principalId) ?? tenant.deletedUsers.get(principalId)
  if (user) {
    return {
      principalId,
      principalType: 'User',
      name: user.displayName,
      mail: user.mail,
      userPrincipalName: user.userPrincipalName,
      guest: user.userType === 'Guest',
      status: statusOf(user),
    }
  }
  const bare = { principalId, mail: null, userPrincipalName: null, guest: false }
  const service = tenant.servicePrincipals.get(principalId)
  if (service) return { ...bare, principalType: 'ServicePrincipal', name: service.displayName, status: null }
  const device = tenant.devices.get(principalId)
  if (device) return { ...bare, principalType: 'Device', name: device.displayName, status: null }
  return { ...bare, principalType: type, name: null, status: type === 'ForeignGroup' ? null : 'deleted' }
}

/** A person's state, the gravest first. */
export function statusOf(user: User): 'active' | 'disabled' | 'invited' | 'deleted' {
  if (user.deletedDateTime !== null) return 'deleted'
  if (!user.accountEnabled) return 'disabled'
  return user.externalUserState === 'PendingAcceptance' ? 'invited' : 'active'
}

const MANAGEMENT_GROUP = '/providers/microsoft.management/managementgroups/'

/** The scopes from the root down to a subscription, as steps, and which assignments' scopes count for it. */
export function scopesOf(tenant: Tenant, subscription: Subscription) {
  const groups = managementGroupsDownTo(tenant, subscription)
  const above = ['/', ...groups.map((step) => MANAGEMENT_GROUP + step.id.toLowerCase())]
  const steps = [{ id: '/', name: '/' }, ...groups]
  const own = `/subscriptions/${subscription.id.toLowerCase()}`
  return {
    /** Whether what is held at a scope is held at the subscription, inherited by it, or held within it. */
    covers(scope: string): boolean {
      const low = scope.toLowerCase()
      return above.includes(low) || low === own || low.startsWith(`${own}/`)
    },
    /** How a scope above the subscription reaches it; nothing for the subscription and what is in it. */
    pathFrom(scope: string): Step[] {
      const index = above.indexOf(scope.toLowerCase())
      return index < 0 ? [] : steps.slice(index)
    },
    /** The scopes above one of those covered, in lower case. */
    aboveOf(scope: string): string[] {
      const low = scope.toLowerCase()
      const index = above.indexOf(low)
      if (index >= 0) return above.slice(0, index)
      const parts = low.split('/')
      const within = parts.map((_, end) => parts.slice(0, end).join('/')).filter((one) => one.startsWith(own))
      return [...above, ...within]
    },
    levelOf(scope: string): 'root' | 'management_group' | 'subscription' | 'resource_group' | 'resource' {
      const low = scope.toLowerCase()
      if (low === '/') return 'root'
      if (above.includes(low)) return 'management_group'
      if (low === own) return 'subscription'
      return /^\/subscriptions\/[^/]+\/resourcegroups\/[^/]+$/.test(low) ? 'resource_group' : 'resource'
    },
  }
}

/** The management groups from the tenant's root down to the one a subscription is in. */
function managementGroupsDownTo(tenant: Tenant, subscription: Subscription): Step[] {
  const steps: Step[] = []
  let wanted: string | null = subscription.managementGroupId
  while (wanted !== null) {
    const name: string = wanted.toLowerCase()
    const group = [...tenant.managementGroups.values()].find((one) => one.id.toLowerCase() === name)
    if (!group || steps.some((step) => step.id === group.id)) break
    steps.unshift({ id: group.id, name: group.displayName })
    wanted = group.parentId
  }
  return steps
}

/** The same function, which finds out each thing once; to be dropped with the question it was made for. */
export function memoize<K, V>(find: (key: K) => V): (key: K) => V {
  const known = new Map<K, V>()
  return (key) => {
    let value = known.get(key)
    if (value === undefined) {
      value = find(key)
      known.set(key, value)
    }
    return value
  }
}
