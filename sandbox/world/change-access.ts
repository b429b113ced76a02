import { logAssignment } from './activity-log'
import {
  type ChangeHandlers,
  findHolder,
  type HolderName,
  requireHolder,
  requirePerson,
  requireRole,
  requireScope,
  requireTenant,
  WorldRefusal,
} from './lookups'
import { createRandom } from './random'
import { findRole, lineageOf } from './rbac'
import { isAtOrUnder } from './scopes'
import { addAssignment, addEligibility, armTime } from './tenant'
import {
  type Assignment,
  type DenyPrincipal,
  type Eligibility,
  EVERYONE,
  type PrincipalType,
  type Schedule,
  type Tenant,
} from './types'
import type { World } from './world'

export type AssignmentChange = Assign | Unassign | Deny | { type: 'remove_deny'; denyId: string }

type Assign = {
  type: 'assign'
  role: string
  scope?: string
  condition?: string
  principalType?: string | null
  /** Who makes it, for the activity log: a user principal name or an object id. */
  by?: string
  /** Any of the following three makes it an assignment of Privileged Identity Management. */
  assignmentType?: 'Assigned' | 'Activated'
  startDateTime?: string
  endDateTime?: string
} & HolderName
type Unassign = {
  type: 'unassign'
  assignmentId?: string
  role?: string
  scope?: string
  by?: string
} & HolderName

type Deny = {
  type: 'add_deny'
  scope?: string
  subscriptionId?: string
  tenantId?: string
  name?: string
  actions?: string[]
  doNotApplyToChildScopes?: boolean
  /** Object ids; everyone when left out. */
  principalIds?: string[]
  excludeIds?: string[]
}

/** The changes of assignments and deny assignments. */
export const changeAssignments: ChangeHandlers<AssignmentChange> = {
  assign,
  unassign,
  add_deny(world, change) {
    const { tenant } = findHolder(world, change)
    const toDenyPrincipal = (id: string) => findDenyPrincipal(tenant, id.toLowerCase())
    const { principalIds, excludeIds = [], actions = ['*/delete'], doNotApplyToChildScopes = false } = change
    return tenant.denyAssignments.add({
      id: createRandom(`${tenant.id}/denials/${tenant.denyAssignments.revision}`).guid(),
      name: change.name ?? 'Deny made by a change',
      description: '',
      permissions: [{ actions, notActions: [], dataActions: [], notDataActions: [] }],
      scope: requireScope(tenant, change),
      doNotApplyToChildScopes,
      principals: principalIds?.map(toDenyPrincipal) ?? [EVERYONE],
      excludePrincipals: excludeIds.map(toDenyPrincipal),
      isSystemProtected: true,
      createdOn: armTime(world.now()),
    })
  },
  remove_deny(world, change) {
    const id = String(change.denyId).toLowerCase()
    for (const { denyAssignments } of world.tenants.values())
      if (denyAssignments.has(id)) return void denyAssignments.delete(id)
    throw new WorldRefusal(`There is no deny assignment ${change.denyId}.`)
  },
}

function assign(world: World, change: Assign): Assignment {
  const { tenant, principalId } = requireHolder(world, change)
  const { role, scope } = requireAssignable(tenant, change)
  const random = createRandom(`${tenant.id}/${tenant.assignments.revision}/${principalId}`)
  const by = findActor(world, tenant, change.by)
  const assignment = addAssignment(tenant, random, {
    principalId,
    role,
    scope,
    condition: change.condition ?? null,
    ...typeFields(change),
    createdOn: armTime(world.now()),
    createdBy: by,
    schedule: scheduleOf(change, world.now()),
  })
  logAssignment(world, tenant, 'write', assignment, by)
  return assignment
}

/** The object id of the person who makes a change; null when it names nobody. */
const findActor = (world: World, tenant: Tenant, by: string | undefined): string | null =>
  by === undefined ? null : requirePerson(world, { user: by, tenantId: tenant.id }).user.id

/**
 * The role and the scope that a change names. Refused when the role is a custom one that cannot be assigned there: its
 * assignable scopes must have the scope at or below them.
 */
function requireAssignable(tenant: Tenant, change: { role: string; scope?: string; subscriptionId?: string }) {
  const [role, scope] = [requireRole(tenant, change.role), requireScope(tenant, change)]
  const custom = tenant.customRoles.get(role)
  const lineage = custom ? lineageOf(tenant, scope) : new Set<string>()
  if (custom && !custom.assignableScopes.some((one) => lineage.has(one.toLowerCase())))
    throw new WorldRefusal(`The role ${custom.name} cannot be assigned at ${scope}.`)
  return { role, scope }
}

const PRINCIPAL_TYPES: readonly string[] = [
  'User',
  'Group',
  'ServicePrincipal',
  'ForeignGroup',
  'Device',
  'AgentUser',
  'AgentServicePrincipal',
  'Workload',
] satisfies PrincipalType[]

const isPrincipalType = (type: string): type is PrincipalType => PRINCIPAL_TYPES.includes(type)

/** The type that a change gives a principal; null and types that Azure does not have are only shown in lists. */
function typeFields({ principalType }: { principalType?: string | null }) {
  if (principalType === undefined) return {}
  if (principalType !== null && isPrincipalType(principalType)) return { principalType }
  return { shownType: principalType }
}

/** The schedule of an assignment of Privileged Identity Management; null for a plain assignment. */
function scheduleOf(change: Assign, now: number): Schedule | null {
  const { assignmentType, startDateTime, endDateTime } = change
  if (!assignmentType && !startDateTime && !endDateTime) return null
  for (const time of [startDateTime, endDateTime])
    if (time !== undefined && Number.isNaN(Date.parse(time))) throw new WorldRefusal(`${time} is not a time.`)
  return {
    assignmentType: assignmentType ?? 'Assigned',
    startDateTime: startDateTime ?? armTime(now),
    endDateTime: endDateTime ?? null,
    eligibilityId: null,
  }
}

function unassign(world: World, change: Unassign): { removed: number } {
  const { assignmentId, user, principalId: named, subscriptionId, role, scope } = change
  if (![assignmentId, user, named, subscriptionId, role, scope].some(Boolean))
    throw new WorldRefusal('Say which assignments: assignmentId, user, principalId, subscriptionId, role or scope.')
  const isInAnyTenant = change.assignmentId && !change.tenantId && !change.subscriptionId && !change.user
  const targets = isInAnyTenant
    ? [...world.tenants.values()].map((tenant) => ({ tenant, principalId: null }))
    : [findHolder(world, change)]
  let removed = 0
  for (const { tenant, principalId } of targets)
    for (const one of findCandidates(tenant, change, principalId))
      if (matchesUnassign(tenant, one, change, principalId) && tenant.assignments.delete(one.id)) {
        logAssignment(world, tenant, 'delete', one, findActor(world, tenant, change.by))
        removed++
      }
  return { removed }
}

/** The assignments among which those to remove are: one by its id, those of a principal, or all. */
function findCandidates(tenant: Tenant, change: Unassign, principalId: string | null): Assignment[] {
  const { assignments } = tenant
  if (change.assignmentId) {
    const found = assignments.get(change.assignmentId.toLowerCase())
    return found ? [found] : []
  }
  return [...(principalId === null ? assignments.values() : assignments.ofPrincipal(principalId))]
}

function matchesUnassign(tenant: Tenant, one: Assignment, change: Unassign, principalId: string | null): boolean {
  const { role, scope, subscriptionId, assignmentId } = change
  if (principalId !== null && one.principalId !== principalId) return false
  if (
    role &&
    one.roleId !== role.toLowerCase() &&
    findRole(tenant, one.roleId)?.name.toLowerCase() !== role.toLowerCase()
  )
    return false
  if (scope) return one.scope.toLowerCase() === scope.toLowerCase()
  return !subscriptionId || Boolean(assignmentId) || isAtOrUnder(one.scope, `/subscriptions/${subscriptionId}`)
}

function findDenyPrincipal(tenant: Tenant, id: string): DenyPrincipal {
  if (tenant.users.has(id)) return { id, type: 'User' }
  if (tenant.groups.has(id)) return { id, type: 'Group' }
  if (tenant.servicePrincipals.has(id)) return { id, type: 'ServicePrincipal' }
  throw new WorldRefusal(`There is nobody with the id ${id}.`)
}

export type EligibilityChange =
  | ({
      type: 'make_eligible'
      role: string
      scope?: string
      condition?: string
      principalType?: string | null
      endDateTime?: string
    } & HolderName)
  | ({ type: 'remove_eligible' } & EligibilityName)
  | ({
      type: 'activate'
      until?: string
      justification?: string
      ticketNumber?: string
      ticketSystem?: string
    } & EligibilityName)
  | ({ type: 'deactivate' } & EligibilityName)

/** Names an eligibility by its id, or by holder, role and scope. A member of a group may name themselves for the group's. */
type EligibilityName = { eligibilityId?: string; role?: string; scope?: string } & HolderName

/** The changes of eligibilities and their activations. */
export const changeEligibilities: ChangeHandlers<EligibilityChange> = {
  make_eligible(world, change) {
    const { tenant, principalId } = requireHolder(world, change)
    const { condition = null, endDateTime = null } = change
    if (endDateTime !== null && Number.isNaN(Date.parse(endDateTime)))
      throw new WorldRefusal(`${endDateTime} is not a time.`)
    const createdOn = armTime(world.now())
    return addEligibility(
      tenant,
      createRandom(`${tenant.id}/eligible/${tenant.eligibilities.revision}/${principalId}`),
      {
        principalId,
        ...requireAssignable(tenant, change),
        condition,
        ...typeFields(change),
        createdOn,
        startDateTime: createdOn,
        endDateTime,
      },
    )
  },
  /** Also ends what was activated from it. */
  remove_eligible(world, change) {
    const { tenant, eligibility } = findEligibility(world, change)
    for (const one of findActivations(tenant, eligibility)) endActivation(world, tenant, one)
    tenant.eligibilities.delete(eligibility.id)
  },
  activate,
  deactivate(world, change) {
    const { tenant, eligibility, principalId } = findEligibility(world, change)
    const own = findActivations(tenant, eligibility).filter((one) => one.principalId === principalId)
    if (own.length === 0) throw new WorldRefusal('That eligibility is not activated.')
    for (const one of own) endActivation(world, tenant, one)
  },
}

const ACTIVATION_MS = 8 * 3_600_000 // how long an activation lasts without `until`

function activate(world: World, change: Extract<EligibilityChange, { type: 'activate' }>): Assignment {
  const { tenant, eligibility, principalId } = findEligibility(world, change)
  const { justification, ticketNumber, ticketSystem } = change
  const end = change.until === undefined ? world.now() + ACTIVATION_MS : Date.parse(change.until)
  if (Number.isNaN(end)) throw new WorldRefusal(`${change.until} is not a time.`)
  const own = findActivations(tenant, eligibility).filter((one) => one.principalId === principalId)
  for (const one of own) endActivation(world, tenant, one)
  const random = createRandom(`${tenant.id}/${tenant.assignments.revision}/${principalId}`)
  const start = armTime(world.now())
  const assignment = addAssignment(tenant, random, {
    principalId,
    role: eligibility.roleId,
    scope: eligibility.scope,
    condition: eligibility.condition,
    createdOn: start,
    schedule: {
      assignmentType: 'Activated',
      startDateTime: start,
      endDateTime: armTime(end),
      eligibilityId: eligibility.id,
      justification,
      ticketNumber,
      ticketSystem,
    },
  })
  logAssignment(world, tenant, 'write', assignment, 'pim')
  return assignment
}

function endActivation(world: World, tenant: Tenant, activation: Assignment): void {
  tenant.assignments.delete(activation.id)
  logAssignment(world, tenant, 'delete', activation, 'pim')
}

/** An eligibility, with the principal who activates it: its holder or a member of the group that holds it. */
type FoundEligibility = { tenant: Tenant; eligibility: Eligibility; principalId: string }

function findEligibility(world: World, change: EligibilityName): FoundEligibility {
  if (change.eligibilityId) return findEligibilityById(world, change, change.eligibilityId.toLowerCase())
  const { tenant, principalId } = requireHolder(world, change)
  const role = change.role === undefined ? null : requireRole(tenant, change.role)
  const scope = change.scope || change.subscriptionId ? requireScope(tenant, change).toLowerCase() : null
  const ids = [principalId, ...tenant.memberships.transitiveGroupsOf(principalId)]
  const eligibility = ids
    .flatMap((id) => tenant.eligibilities.ofPrincipal(id))
    .find((one) => (!role || one.roleId === role) && (!scope || one.scope.toLowerCase() === scope))
  if (!eligibility) throw new WorldRefusal(`${change.user ?? principalId} has no such eligibility.`)
  return { tenant, eligibility, principalId }
}

function findEligibilityById(world: World, change: EligibilityName, id: string): FoundEligibility {
  for (const tenant of change.tenantId ? [requireTenant(world, change.tenantId)] : world.tenants.values()) {
    const eligibility = tenant.eligibilities.get(id)
    if (!eligibility) continue
    const named = change.user || change.principalId ? requireHolder(world, { ...change, tenantId: tenant.id }) : null
    return { tenant, eligibility, principalId: named?.principalId ?? eligibility.principalId }
  }
  throw new WorldRefusal(`There is no eligibility ${id}.`)
}

/** The activations of an eligibility, by its holder or by members of the group that holds it. */
function findActivations(tenant: Tenant, eligibility: Eligibility): Assignment[] {
  const candidates = [
    ...tenant.assignments.ofPrincipal(eligibility.principalId),
    ...tenant.memberships
      .transitiveMembersOf(eligibility.principalId)
      .flatMap((id) => tenant.assignments.ofPrincipal(id)),
  ]
  return candidates.filter((one) => one.schedule?.eligibilityId === eligibility.id)
}
