import { type AccessKind, earlierOf, type GroupEdge, groupEdgesAt, weakerOf } from './group-edges'
import { serviceTypeOf, userTypeOf } from './tenant'
import type { DenyAssignment, DenyPrincipal, PrincipalType, Subscription, Tenant, User } from './types'

/** What a row of the truth says of a principal. */
export type PersonFacts = {
  principalId: string
  principalType: PrincipalType
  name: string | null
  mail: string | null
  userPrincipalName: string | null
  guest: boolean
  status: 'active' | 'disabled' | 'invited' | 'deleted' | null
}

/** The principal at the end of a path. One object for each principal, however many roles it has. */
export type Person = { facts: PersonFacts }

/** A group or scope on the way from a holder or a scope to its end. */
export type Step = { id: string; name: string }

/** A group on the way from a holder down to a principal, with how what is below it belongs to it. */
export type GroupStep = Step & { kind: AccessKind; endDateTime: string | null }

/** A chain of groups from the holder of a role: its weakest kind and its earliest end are those of its steps. */
export type Chain = { via: GroupStep[]; kind: AccessKind; endDateTime: string | null }

/** Members that belong to one group in the same way. */
type Branch = {
  /** The members that are no groups. */
  members: readonly Person[]
  /** The chains of groups from the holder of the role to these members. */
  chains: Chain[]
  /** The kinds of chains of which some were left out. */
  truncated: readonly AccessKind[]
}

/**
 * Look-ups from holders of roles to people at a moment (ms). Answers are kept, because the same groups hold many roles.
 *
 * @param maxChains the most chains of each kind to each group
 * @param onlyPrincipalId leaves out every other principal, unless null
 */
export function createAccessLookups(tenant: Tenant, at: number, maxChains: number, onlyPrincipalId: string | null) {
  const edges = groupEdgesAt(tenant, at)
  const knownPerson = memoize((id: string): Person => ({ facts: personFacts(tenant, id, 'User') }))
  const unknownPerson = memoize((type: PrincipalType) =>
    memoize((id: string): Person => ({ facts: personFacts(tenant, id, type) })),
  )
  const nameOf = memoize((id: string) => tenant.groups.get(id)?.displayName ?? id)
  /** The members of a group, together with those that belong to it in the same way. */
  const membersOf = memoize((groupId: string) => {
    const ways = new Map<string, { edge: GroupEdge; members: Person[] }>()
    for (const edge of edges.membersOf(groupId)) {
      if (onlyPrincipalId !== null && edge.id !== onlyPrincipalId) continue
      if (!isInDirectory(tenant, edge.id)) continue
      const key = `${edge.kind} ${edge.endDateTime}`
      const way = ways.get(key) ?? { edge, members: [] }
      ways.set(key, way)
      way.members.push(knownPerson(edge.id))
    }
    return [...ways.values()]
  })
  const stepOf = (id: string, { kind, endDateTime }: GroupEdge): GroupStep => ({
    id,
    name: nameOf(id),
    kind,
    endDateTime,
  })
  /** A chain down to a group, and on to members that belong to it by this edge. */
  const extend = ({ groups, edges: links, kind, endDateTime }: GroupChain, last: GroupEdge): Chain => ({
    via: groups.map((id, index) => stepOf(id, links[index] ?? last)),
    kind: weakerOf(kind, last.kind),
    endDateTime: earlierOf(endDateTime, last.endDateTime),
  })
  return {
    /** A principal that is not a group; null when only another one was asked for. */
    personOf(id: string, type: PrincipalType): Person | null {
      if (onlyPrincipalId !== null && onlyPrincipalId !== id) return null
      return isInDirectory(tenant, id) ? knownPerson(id) : unknownPerson(type)(id)
    },
    /** The ids of a person and of every group that contains them now. */
    selfAndGroupsOf: memoize((person: Person) => selfAndGroups(edges.groupsOf, person.facts.principalId)),
    /** The groups that a group contains, itself first, each once for every way to belong to it; null for an id that is not a group's. */
    branchesOf: memoize((principalId: string): Branch[] | null => {
      if (!tenant.groups.has(principalId)) return null
      const groupsIn = memoize((id: string) => edges.membersOf(id).filter((edge) => tenant.groups.has(edge.id)))
      const { to, truncated } = groupChains(groupsIn, principalId, maxChains)
      return [...to].flatMap(([group, chains]) =>
        membersOf(group).map(({ edge, members }) => ({
          members,
          chains: chains.map((chain) => extend(chain, edge)),
          truncated: [...(truncated.get(group) ?? [])].map((kind) => weakerOf(kind, edge.kind)),
        })),
      )
    }),
  }
}

/** Whether an id is that of a person, service principal or device in the directory. */
function isInDirectory({ users, servicePrincipals, devices }: Tenant, id: string): boolean {
  return users.has(id) || servicePrincipals.has(id) || devices.has(id)
}

/** Groups, each inside the one before, and how each is a member of it. */
type GroupChain = { groups: string[]; edges: GroupEdge[]; kind: AccessKind; endDateTime: string | null }

type Chains = {
  /** For each group every chain of groups from the start to it, both included, shortest chains first. */
  to: Map<string, GroupChain[]>
  /** The groups for which some chains were left out, and the kinds of these. */
  truncated: Map<string, Set<AccessKind>>
}

type GroupsIn = (id: string) => readonly GroupEdge[]

/** The chains of nested groups below a group: no group twice in a chain, at most `maxChains` of each kind to each group. */
function groupChains(groupsIn: GroupsIn, start: string, maxChains: number): Chains {
  const first: GroupChain = { groups: [start], edges: [], kind: 'active', endDateTime: null }
  const to = new Map([[start, [first]]])
  const truncated: Chains['truncated'] = new Map()
  let chains = [first]
  while (chains.length > 0) {
    const longer: GroupChain[] = []
    for (const chain of chains) {
      for (const edge of groupsIn(chain.groups.at(-1) ?? start)) {
        if (chain.groups.includes(edge.id)) continue
        const kind = weakerOf(chain.kind, edge.kind)
        const known = to.get(edge.id) ?? []
        if (known.length >= maxChains && known.filter((one) => one.kind === kind).length >= maxChains) {
          addKind(truncated, edge.id, kind)
          continue
        }
        const endDateTime = earlierOf(chain.endDateTime, edge.endDateTime)
        const found = { groups: [...chain.groups, edge.id], edges: [...chain.edges, edge], kind, endDateTime }
        known.push(found)
        to.set(edge.id, known)
        longer.push(found)
      }
    }
    chains = longer
  }
  markTruncatedBelow(groupsIn, truncated)
  truncated.delete(start)
  return { to, truncated }
}

/** Returns whether the kind is new for the group. */
function addKind(kinds: Chains['truncated'], group: string, kind: AccessKind): boolean {
  const known = kinds.get(group) ?? new Set()
  kinds.set(group, known)
  const isNew = !known.has(kind)
  known.add(kind)
  return isNew
}

/** Adds every group below one whose chains are incomplete, because its chains may be incomplete too. */
function markTruncatedBelow(groupsIn: GroupsIn, truncated: Chains['truncated']): void {
  const waiting = [...truncated].flatMap(([group, kinds]) => [...kinds].map((kind) => [group, kind] as const))
  for (let one = waiting.pop(); one !== undefined; one = waiting.pop()) {
    for (const edge of groupsIn(one[0])) {
      const kind = weakerOf(one[1], edge.kind)
      if (addKind(truncated, edge.id, kind)) waiting.push([edge.id, kind])
    }
  }
}

/** The ids of a principal and of every group that contains it, found one membership at a time. */
function selfAndGroups(groupsOf: (id: string) => string[], principalId: string): Set<string> {
  const found = new Set([principalId])
  // A loop over a set also visits what is added during the loop.
  for (const id of found) for (const group of groupsOf(id)) found.add(group)
  return found
}

/**
 * The deny assignments made at this scope, and those above it that also apply to child scopes.
 *
 * @param above the scopes above it, in lower case
 */
export function findDenialsAt(tenant: Tenant, scope: string, above: string[]): DenyAssignment[] {
  const own = scope.toLowerCase()
  return [...tenant.denyAssignments.values()].filter((deny) => {
    const at = deny.scope.toLowerCase()
    return at === own || (!deny.doNotApplyToChildScopes && above.includes(at))
  })
}

/**
 * The ids of those deny assignments that apply to a principal: they name it, a group that contains it, or everyone, and do
 * not exclude it.
 *
 * @param selves the ids of the principal and of its groups
 */
export function filterDenialsOf(denials: DenyAssignment[], selves: ReadonlySet<string>): string[] {
  const named = (list: DenyPrincipal[]) => list.some((one) => one.type === 'SystemDefined' || selves.has(one.id))
  return denials.filter((deny) => named(deny.principals) && !named(deny.excludePrincipals)).map((deny) => deny.id)
}

/**
 * What the directory knows of a principal. `type` is the one in the assignment. A principal that the directory does not
 * know was deleted, unless it is a group of another directory.
 */
function personFacts(tenant: Tenant, principalId: string, type: PrincipalType): PersonFacts {
  const user = tenant.users.get(principalId) ?? tenant.deletedUsers.get(principalId)
  if (user) {
    return {
      principalId,
      principalType: userTypeOf(user),
      name: user.displayName,
      mail: user.mail,
      userPrincipalName: user.userPrincipalName,
      guest: user.userType === 'Guest',
      status: statusOf(user),
    }
  }
  const bare = { principalId, mail: null, userPrincipalName: null, guest: false }
  const service = tenant.servicePrincipals.get(principalId)
  if (service) return { ...bare, principalType: serviceTypeOf(service), name: service.displayName, status: null }
  const device = tenant.devices.get(principalId)
  if (device) return { ...bare, principalType: 'Device', name: device.displayName, status: null }
  return {
    ...bare,
    principalType: type,
    name: null,
    status: type === 'ForeignGroup' || type === 'Workload' ? null : 'deleted',
  }
}

/** A person's status; of several that apply, the most serious. */
export function statusOf(user: User): 'active' | 'disabled' | 'invited' | 'deleted' {
  if (user.deletedDateTime !== null) return 'deleted'
  if (!user.accountEnabled) return 'disabled'
  return user.externalUserState === 'PendingAcceptance' ? 'invited' : 'active'
}

const MANAGEMENT_GROUP = '/providers/microsoft.management/managementgroups/'

/** How scopes relate to a subscription: which ones count for it, and how they are inherited. */
export function scopesOf(tenant: Tenant, subscription: Subscription) {
  const groups = managementGroupsDownTo(tenant, subscription)
  const above = ['/', ...groups.map((step) => MANAGEMENT_GROUP + step.id.toLowerCase())]
  const steps = [{ id: '/', name: '/' }, ...groups]
  const own = `/subscriptions/${subscription.id.toLowerCase()}`
  return {
    /** Whether a role held at a scope counts for the subscription: held at it, inherited by it, or held within it. */
    covers(scope: string): boolean {
      const low = scope.toLowerCase()
      return above.includes(low) || low === own || low.startsWith(`${own}/`)
    },
    /** The steps from a scope above the subscription down to it; empty for the subscription and scopes within it. */
    pathFrom(scope: string): Step[] {
      const index = above.indexOf(scope.toLowerCase())
      return index < 0 ? [] : steps.slice(index)
    },
    /** The scopes above a scope that counts, in lower case. */
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

/** A function that keeps its answers. It is made for one question and dropped with it, so nothing grows old. */
function memoize<K, V>(find: (key: K) => V): (key: K) => V {
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
