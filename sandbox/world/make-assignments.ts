import {
  createHolders,
  createScopes,
  type Holder,
  type HolderKind,
  type HolderSource,
  pickCondition,
} from './assignment-draws'
import { WorldRefusal } from './lookups'
import { addAgents, addAgentsIfRoomy } from './make-agents'
import { isNarrow } from './make-custom-roles'
import { createRandom, type Random } from './random'
import { ancestorsOf } from './rbac'
import { BUILT_IN_ROLES } from './roles'
import { managementGroupScope } from './scopes'
import { addAssignment, addEligibility, timeBefore } from './tenant'
import { type AssignmentsSpec, countOf, type TenantSpec } from './tenant-spec'
import { type Eligibility, EVERYONE, type RoleDefinition, type Schedule, type Subscription, type Tenant } from './types'

/** What the assignments of all subscriptions of a tenant are drawn from. */
type Sources = {
  tenant: Tenant
  random: Random
  spec: TenantSpec
  wanted: number
  holders: HolderSource
  roles: readonly string[]
  times: readonly string[]
}

const POOL = 512 // how many different times there are; assignments share them to save memory

/** Adds the assignments of a made tenant, until as many apply to each subscription as were asked for. */
export function addAssignments(
  tenant: Tenant,
  random: Random,
  spec: TenantSpec,
  ids: Pick<Record<HolderKind, string[]>, 'user' | 'group' | 'servicePrincipal' | 'device' | 'deleted'>,
): void {
  const asked = spec.assignments ?? ids.user.length
  const weights = typeof asked === 'object' ? asked.principals : undefined
  const createUnknownIds = (weight = 0) => Array.from({ length: weight > 0 ? 20 : 0 }, () => random.guid())
  const [foreignGroup, unknown] = [createUnknownIds(weights?.foreignGroup), createUnknownIds(weights?.unknown)]
  // Without weights, only people, groups and service principals get roles; devices get one only when `principals.device` asks for it.
  const agentRandom = createRandom(`tenant/${spec.seed}/agents`)
  const agents = addAgents(tenant, agentRandom, weights)
  const holders = createHolders(
    { ...ids, device: weights ? ids.device : [], foreignGroup, unknown, ...agents },
    weights,
  )
  const roles = [...BUILT_IN_ROLES.values(), ...tenant.customRoles.list()]
    .filter((role) => role.name !== 'Owner' && !hasCondition(role) && !isNarrow(role))
    .map(({ id }) => id)
  const times = Array.from({ length: POOL }, () => timeBefore(random, 900, 7))
  const wanted = typeof asked === 'object' ? asked.count : asked
  const sources = { tenant, random, spec, wanted, holders, roles, times }
  if (typeof asked === 'object') addInherited(sources, asked)
  else addAgentsIfRoomy(tenant, agentRandom, asked)
  let start = 0
  for (const subscription of tenant.subscriptions.values()) {
    fillSubscription(sources, subscription, start)
    // With more holders than assignments, the next subscription continues with the next holders.
    if (holders.size > wanted) start += wanted
  }
}

/** Roles with a condition are left to the caller, who may assign them by a change. */
const hasCondition = ({ permissions }: RoleDefinition) => permissions.some(({ condition }) => condition !== undefined)

/** Adds the assignments at the root and at management groups. Each level of management groups gets an equal part. */
function addInherited(sources: Sources, { scopes = {} }: AssignmentsSpec): void {
  const total = Object.values(scopes).reduce<number>((sum, weight) => sum + (weight ?? 0), 0)
  if (total === 0 || sources.holders.size === 0) return
  const share = (weight = 0) => Math.round((sources.wanted * weight) / total)
  addAtScope(sources, '/', share(scopes.root))
  const levels = (sources.spec.managementGroupDepth ?? 0) + 1
  const all = share(scopes.managementGroup)
  for (const group of sources.tenant.managementGroups.list()) {
    const level = ancestorsOf(sources.tenant, group.id).length - 1
    addAtScope(sources, managementGroupScope(group.id), Math.floor(all / levels) + (level < all % levels ? 1 : 0))
  }
}

const MAX_MISSES = 10_000 // draws of an assignment that exists already, before giving up

/** Adds this many different assignments at one scope. */
function addAtScope(sources: Sources, scope: string, count: number): void {
  const taken = new Set<string>()
  for (let turn = 0, misses = 0; taken.size < count; turn++) {
    const holder = sources.holders.draw(sources.random, turn)
    const roleId = sources.random.pick(sources.roles)
    const key = `${holder.id}/${roleId}`
    if (taken.has(key)) {
      if (++misses > MAX_MISSES) throw new WorldRefusal(`There are not ${count} different assignments for ${scope}.`)
      continue
    }
    taken.add(key)
    addOne(sources, holder, roleId, scope, NO_EXTRAS)
  }
}

/** Adds assignments to a subscription until as many apply to it as wanted. `start` is the first turn of the holders. */
function fillSubscription(sources: Sources, subscription: Subscription, start: number): void {
  const { tenant, random, spec, wanted, holders, roles } = sources
  const scopes = scopesOf(sources, subscription.id)
  const taken = new Set<number>()
  let missing =
    wanted - countInherited(tenant, subscription) - tenant.assignments.inSubscription(subscription.id).length
  let conditions = 0
  let timeBound = 0
  for (let turn = start, misses = 0; holders.size > 0 && missing > 0; turn++) {
    const holder = holders.draw(random, turn)
    const role = random.below(roles.length)
    const { scope, code } = scopes.draw(random)
    const key = (holder.index * roles.length + role) * scopes.codes + code
    if (taken.has(key)) {
      if (++misses > MAX_MISSES)
        throw new WorldRefusal(`There are not ${wanted} different assignments for a subscription.`)
      continue
    }
    taken.add(key)
    missing--
    let roleId = roles[role] ?? ''
    let extra = NO_EXTRAS
    if (isOneMoreDue(random, spec.timeBound, timeBound)) {
      timeBound++
      const createdOn = random.pick(sources.times)
      extra = { ...extra, createdOn, schedule: createTimedSchedule(random, createdOn) }
    }
    if (isOneMoreDue(random, spec.conditions, conditions)) {
      conditions++
      const picked = pickCondition(random)
      roleId = picked.roleId
      extra = { ...extra, condition: picked.condition }
    }
    addOne(sources, holder, roleId, scope, extra)
  }
}

/** The number of assignments that a subscription inherits. */
function countInherited(tenant: Tenant, subscription: Subscription): number {
  const groups = ancestorsOf(tenant, subscription.managementGroupId)
  return groups.reduce(
    (sum, id) => sum + tenant.assignments.atManagementGroup(id).length,
    tenant.assignments.atRoot().length,
  )
}

/** Scopes within a subscription are drawn by the weights of their levels; without such weights, all are the subscription itself. */
function scopesOf({ spec }: Sources, subscriptionId: string) {
  const weights = typeof spec.assignments === 'object' ? spec.assignments.scopes : undefined
  return createScopes(subscriptionId, spec.resourceGroups, weights)
}

/** Whether one more is due: until there are as many as a count, or with a share as the chance of each. */
function isOneMoreDue(random: Random, countOrShare: number | undefined, made: number): boolean {
  if (!countOrShare) return false
  return countOrShare < 1 ? random.next() < countOrShare : made < countOrShare
}

/** Creates a schedule that ends years ahead. The end does not depend on today, so that the same seed gives the same world. */
function createTimedSchedule(random: Random, startDateTime: string): Schedule {
  const endDateTime = new Date(Date.UTC(2040, 0, 1 + random.below(700))).toISOString().replace('.000Z', '.0000000Z')
  return { assignmentType: 'Assigned', startDateTime, endDateTime, eligibilityId: null }
}

/** What only some assignments have; without `createdOn` the time is drawn. */
type Extra = { condition: string | null; schedule: Schedule | null; createdOn: string | null }
const NO_EXTRAS: Extra = { condition: null, schedule: null, createdOn: null }

/** Adds one assignment. The object is written out, because copying millions of them would take too long. */
function addOne({ tenant, random, times }: Sources, holder: Holder, roleId: string, scope: string, extra: Extra): void {
  tenant.assignments.add({
    id: random.guid(),
    roleId,
    principalId: holder.id,
    principalType: holder.type,
    scope,
    condition: extra.condition,
    description: null,
    createdOn: extra.createdOn ?? random.pick(times),
    createdBy: null,
    schedule: extra.schedule,
  })
}

/** Adds eligibilities, activations and deny assignments to every subscription. */
export function addPrivileged(
  tenant: Tenant,
  random: Random,
  spec: TenantSpec,
  holders: { people: readonly string[]; groups: readonly string[] },
): void {
  const activated = countOf(spec.activated, spec.eligibility ?? 0)
  for (const subscription of tenant.subscriptions.values()) {
    const eligible = addEligible(tenant, random, subscription, spec, holders)
    for (const one of eligible.slice(0, activated)) addActivation(tenant, random, one)
    addDenials(tenant, random, subscription, spec.denyAssignments ?? 0, holders.people)
  }
}

const ROLES = ['Owner', 'Contributor', 'User Access Administrator', 'Key Vault Administrator', 'Network Contributor']

const STARTED = '2026-01-15T08:12:44.1930000Z'
/** Does not depend on today, so that the same seed gives the same world. */
const ENDS = '2040-01-01T00:00:00.0000000Z'

/** Adds eligibilities. Every fourth one is a group's if there are groups, except among those that are activated. */
function addEligible(
  tenant: Tenant,
  random: Random,
  { id }: Subscription,
  spec: TenantSpec,
  holders: { people: readonly string[]; groups: readonly string[] },
): Eligibility[] {
  const { eligibility = 0, resourceGroups } = spec
  const activated = countOf(spec.activated, eligibility)
  const scopes = createScopes(id, resourceGroups)
  return Array.from({ length: eligibility }, (_, index) => {
    const ofGroup = holders.groups.length > 0 && index >= activated && index % 4 === 3
    return addEligibility(tenant, random, {
      principalId: random.pick(ofGroup ? holders.groups : holders.people),
      role: ROLES[index % ROLES.length] ?? 'Owner',
      scope: scopes.draw(random).scope,
      endDateTime: index % 3 === 0 ? null : ENDS,
    })
  })
}

function addActivation(tenant: Tenant, random: Random, eligibility: Eligibility): void {
  addAssignment(tenant, random, {
    principalId: eligibility.principalId,
    role: eligibility.roleId,
    scope: eligibility.scope,
    createdOn: STARTED,
    schedule: {
      assignmentType: 'Activated',
      startDateTime: STARTED,
      endDateTime: ENDS,
      eligibilityId: eligibility.id,
    },
  })
}

/** Adds deny assignments as deployment stacks make them: only one person may delete at the scope. */
function addDenials(tenant: Tenant, random: Random, { id }: Subscription, count: number, people: readonly string[]) {
  for (let index = 0; index < count; index++)
    tenant.denyAssignments.add({
      id: random.guid(),
      name: `Deny deletion of managed resources ${index + 1}`,
      description: 'Created by a deployment stack.',
      permissions: [{ actions: ['*/delete'], notActions: [], dataActions: [], notDataActions: [] }],
      scope: `/subscriptions/${id}${index % 3 === 0 ? '' : `/resourceGroups/rg-${index}`}`,
      doNotApplyToChildScopes: index % 4 === 3,
      principals: [EVERYONE],
      excludePrincipals: people.length > 0 ? [{ id: random.pick(people), type: 'User' }] : [],
      isSystemProtected: true,
      createdOn: '2025-10-02T07:45:11.4204918Z',
    })
}
