import { logAssignment } from './activity-log'
import {
  type ChangeHandlers,
  findHolder,
  type HolderName,
  requireActor,
  requireHolder,
  requireRole,
  requireScope,
  WorldRefusal,
} from './lookups'
import { createRandom } from './random'
import { findRole, lineageOf } from './rbac'
import { isAtOrUnder } from './scopes'
import { addAssignment, armTime } from './tenant'
import { type Assignment, type DenyPrincipal, EVERYONE, type PrincipalType, type Schedule, type Tenant } from './types'
import type { World } from './world'

export type AssignmentChange = Assign | Unassign | Deny | { type: 'remove_deny'; denyId: string }

type Assign = {
  type: 'assign'
  role: string
  scope?: string
  condition?: string
  principalType?: string | null
  /** Who makes it, for the activity log; see `requireActor`. */
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
  const by = requireActor(world, tenant, change.by)
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

/**
 * The role and the scope that a change names. Refused when the role is a custom one that cannot be assigned there: its
 * assignable scopes must have the scope at or below them.
 */
export function requireAssignable(tenant: Tenant, change: { role: string; scope?: string; subscriptionId?: string }) {
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
export function typeFields({ principalType }: { principalType?: string | null }) {
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
      if (matchesUnassign(tenant, one, change, principalId)) {
        const by = requireActor(world, tenant, change.by)
        tenant.assignments.delete(one.id)
        logAssignment(world, tenant, 'delete', one, by)
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
