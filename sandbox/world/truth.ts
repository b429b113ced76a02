import {
  type Chain,
  createAccessLookups,
  filterDenialsOf,
  findDenialsAt,
  type GroupStep,
  type Person,
  type PersonFacts,
  type Step,
  scopesOf,
  statusOf,
} from './access-paths'
import { type DelegateFacts, eachDelegatedRow } from './delegated-access'
import { type AccessKind, earlierOf, weakerOf } from './group-edges'
import { WorldRefusal } from './lookups'
import { ancestorsOf, findRole, isInForceAt } from './rbac'
import { BUILT_IN_ROLES } from './roles'
import { levelOf, managementGroupIdIn, type ScopeLevel, subscriptionIdIn } from './scopes'
import type { Assignment, Eligibility, PrincipalType, Tenant } from './types'
import type { World } from './world'

/** An assignment with its holder. */
export type TruthRow = {
  assignmentId: string
  principalId: string
  principalType: PrincipalType
  name: string | null
  mail: string | null
  userPrincipalName: string | null
  guest: boolean
  status: 'active' | 'disabled' | 'invited' | 'deleted' | null
  roleId: string
  roleName: string | null
  scope: string
  level: ScopeLevel
  condition: string | null
}

/**
 * Lists every assignment that applies to a subscription: at it, below it, or inherited. It walks through all assignments of
 * the tenant, without the indexes and filters that the services answer with. Throws when there is no such subscription.
 */
export function truthOf(world: World, subscriptionId: string): TruthRow[] {
  const found = world.findSubscription(subscriptionId)
  if (!found) throw new Error(`There is no subscription ${subscriptionId} in this world.`)
  const { tenant, subscription } = found
  const groups = new Set(ancestorsOf(tenant, subscription.managementGroupId).map((id) => id.toLowerCase()))
  const rows: TruthRow[] = []
  for (const assignment of tenant.assignments.values()) {
    const group = managementGroupIdIn(assignment.scope)
    const applies =
      assignment.scope === '/' ||
      (group === null ? subscriptionIdIn(assignment.scope) === subscription.id : groups.has(group.toLowerCase()))
    if (!applies || (assignment.schedule && !isInForceAt(assignment.schedule, world.now()))) continue
    rows.push({
      assignmentId: assignment.id,
      principalId: assignment.principalId,
      principalType: assignment.principalType,
      ...principalFacts(tenant, assignment.principalId, assignment.principalType),
      roleId: assignment.roleId,
      roleName: findRole(tenant, assignment.roleId)?.name ?? null,
      scope: assignment.scope,
      level: levelOf(assignment.scope),
      condition: assignment.condition,
    })
  }
  return rows
}

function principalFacts(tenant: Tenant, principalId: string, type: PrincipalType) {
  const user = tenant.users.get(principalId) ?? tenant.deletedUsers.get(principalId)
  if (user) {
    return {
      name: user.displayName,
      mail: user.mail,
      userPrincipalName: user.userPrincipalName,
      guest: user.userType === 'Guest',
      status: statusOf(user),
    }
  }
  const other = tenant.groups.get(principalId) ?? tenant.servicePrincipals.get(principalId)
  const status = type === 'User' || type === 'AgentUser' ? ('deleted' as const) : null
  return { name: other?.displayName ?? null, mail: null, userPrincipalName: null, guest: false, status }
}

/** One path by which a principal has, or may activate, a role at a scope. */
export type AccessRow = (PersonFacts | (Omit<PersonFacts, 'principalType'> & DelegateFacts)) & {
  roleId: string
  roleName: string | null
  roleCustom: boolean
  /** As it was written when the role was assigned. */
  scope: string
  level: 'root' | 'management_group' | 'subscription' | 'resource_group' | 'resource'
  /** The weakest along the path: eligible when the role or any membership must be activated first, else activated when any was. */
  kind: AccessKind
  /** Of the assignment or eligibility itself. */
  startDateTime: string | null
  /** The earliest end along the path: of the assignment or eligibility, and of the memberships. */
  endDateTime: string | null
  /** Nothing along the path ends. */
  permanent: boolean
  condition: string | null
  /** The eligibility's id when the role itself is eligible. */
  assignmentId: string
  /**
   * From the group that holds the role down to the group that contains the principal, each with how what is below belongs to
   * it; empty when the principal holds the role itself.
   */
  via: GroupStep[]
  /** From the scope down to the subscription's own management group; empty within the subscription. */
  scopePath: Step[]
  deniedBy: string[]
  /** Whether there are more paths than were listed. */
  truncated: boolean
}

type AccessOptions = {
  /** The moment, in ms; the world's own when left out. */
  at?: number
  /** The most paths listed for each principal, role, scope and kind. */
  paths?: number
}

const MAX_PATHS = 100

/**
 * Who has, or may activate, which role in a subscription, and by which path: one row for each principal, role, scope, kind
 * and chain of groups. Only data of the world is used here and in access-paths, none of the rules that the services answer
 * with.
 */
export function effectiveAccess(world: World, subscriptionId: string, options?: AccessOptions): AccessRow[] {
  return [...eachAccessRow(world, subscriptionId, options)]
}

/** The rows of `effectiveAccess` for one principal. */
export function effectiveAccessOf(
  world: World,
  subscriptionId: string,
  principalId: string,
  options?: AccessOptions,
): AccessRow[] {
  return [...eachAccessRow(world, subscriptionId, options, principalId.toLowerCase())]
}

/**
 * Yields the rows of `effectiveAccess` one after another, because a large world has more than memory can hold. Throws
 * WorldRefusal when there is no such subscription.
 *
 * @param onlyPrincipalId leaves out every other principal, unless null
 */
export function* eachAccessRow(
  world: World,
  subscriptionId: string,
  options: AccessOptions = {},
  onlyPrincipalId: string | null = null,
): Generator<AccessRow> {
  const place = world.findSubscription(subscriptionId)
  if (!place) throw new WorldRefusal(`There is no subscription ${subscriptionId} in this world.`)
  const { tenant, subscription } = place
  const scopes = scopesOf(tenant, subscription)
  const maxPaths = options.paths ?? MAX_PATHS
  const at = options.at ?? world.now()
  const lookups = createAccessLookups(tenant, at, maxPaths, onlyPrincipalId)
  yield* eachDelegatedRow(tenant, scopes, onlyPrincipalId)
  for (const holdings of holdingsByPlace(tenant, scopes.covers, at)) {
    const [{ scope, roleId }] = holdings as [Holding]
    const role = BUILT_IN_ROLES.get(roleId.toLowerCase()) ?? tenant.customRoles.get(roleId.toLowerCase())
    const denials = findDenialsAt(tenant, scope, scopes.aboveOf(scope))
    const level = scopes.levelOf(scope)
    const scopePath = scopes.pathFrom(scope)
    for (const [person, { listed, truncated }] of findPaths(holdings, lookups, maxPaths)) {
      const deniedBy = denials.length === 0 ? [] : filterDenialsOf(denials, lookups.selfAndGroupsOf(person))
      // Every field is written out: there are millions of rows, and copying the rest of an object takes three times as long.
      for (const { holding, via, kind, endDateTime } of listed)
        yield {
          ...person.facts,
          roleId: holding.roleId,
          roleName: role?.name ?? null,
          roleCustom: role?.custom ?? false,
          scope: holding.scope,
          level,
          kind,
          startDateTime: holding.startDateTime,
          endDateTime,
          permanent: endDateTime === null,
          condition: holding.condition,
          assignmentId: holding.id,
          via,
          scopePath,
          deniedBy,
          truncated: truncated.has(kind),
        }
    }
  }
}

/** An assignment or an eligibility, in one shape. */
type Holding = {
  id: string
  roleId: string
  principalId: string
  principalType: PrincipalType
  scope: string
  condition: string | null
  kind: AccessKind
  startDateTime: string | null
  endDateTime: string | null
}

/** What counts for the subscription at the moment, grouped by role and scope. */
function holdingsByPlace(tenant: Tenant, covers: (scope: string) => boolean, at: number): Holding[][] {
  const places = new Map<string, Holding[]>()
  for (const index of [tenant.assignments, tenant.eligibilities]) {
    for (const held of index.values()) {
      if (!covers(held.scope)) continue
      const holding = toHolding(held)
      if (!isHeldAt(holding.startDateTime, holding.endDateTime, at)) continue
      const place = `${holding.roleId.toLowerCase()} ${holding.scope.toLowerCase()}`
      const known = places.get(place)
      if (known) known.push(holding)
      else places.set(place, [holding])
    }
  }
  return [...places.values()]
}

function isHeldAt(start: string | null, end: string | null, at: number): boolean {
  return (start === null || Date.parse(start) <= at) && (end === null || at < Date.parse(end))
}

function toHolding(held: Assignment | Eligibility): Holding {
  const { id, roleId, principalId, principalType, scope, condition } = held
  const base = { id, roleId, principalId, principalType, scope, condition }
  if (!('schedule' in held))
    return { ...base, kind: 'eligible', startDateTime: held.startDateTime, endDateTime: held.endDateTime }
  const kind = held.schedule?.assignmentType === 'Activated' ? 'activated' : 'active'
  const { startDateTime = null, endDateTime = null } = held.schedule ?? {}
  return { ...base, kind, startDateTime, endDateTime }
}

/** A path to a role: what is held, and the chain of groups from its holder. */
type AccessPath = { holding: Holding } & Chain
type Lookups = ReturnType<typeof createAccessLookups>
type ListedPaths = {
  listed: AccessPath[]
  counts: Record<AccessKind, number>
  /** The kinds of paths of which some were left out. */
  truncated: Set<AccessKind>
}

/** Everyone who has a role at a scope, with their paths to it. */
function findPaths(holdings: Holding[], lookups: Lookups, maxPaths: number): Map<Person, ListedPaths> {
  const found = new Map<Person, ListedPaths>()
  const addPaths = (person: Person, more: readonly AccessPath[], truncated: readonly AccessKind[]) => {
    let ways = found.get(person)
    if (!ways) {
      ways = { listed: [], counts: { active: 0, activated: 0, eligible: 0 }, truncated: new Set() }
      found.set(person, ways)
    }
    for (const way of more) {
      if (++ways.counts[way.kind] <= maxPaths) ways.listed.push(way)
      else ways.truncated.add(way.kind)
    }
    for (const kind of truncated) ways.truncated.add(kind)
  }
  for (const holding of holdings) {
    const { kind, endDateTime } = holding
    const branches = lookups.branchesOf(holding.principalId)
    const holder = branches ? null : lookups.personOf(holding.principalId, holding.principalType)
    if (holder) addPaths(holder, [{ holding, via: [], kind, endDateTime }], [])
    for (const { members, chains, truncated } of branches ?? []) {
      const ways = chains.map((chain) => ({
        holding,
        via: chain.via,
        kind: weakerOf(kind, chain.kind),
        endDateTime: earlierOf(endDateTime, chain.endDateTime),
      }))
      const cut = truncated.map((one) => weakerOf(one, kind))
      for (const member of members) addPaths(member, ways, cut)
    }
  }
  return found
}
