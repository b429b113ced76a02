import { addAssignment } from './build'
import type { ChangeHandlers } from './change-handlers'
import { armTime, type Holder, holderOf, namedHolderOf, roleIn, scopeIn } from './named-in-change'
import { createRandom } from './random'
import { findRole } from './rbac'
import { isAtOrUnder } from './scopes'
import type { Assignment, DenyPrincipal, Schedule, Tenant } from './types'
import { UnknownThing } from './unknown-thing'
import type { World } from './world'

type Assign = {
  type: 'assign'
  role: string
  scope?: string
  condition?: string
  /** Any of these makes it one of Privileged Identity Management's. */
  assignmentType?: 'Assigned' | 'Activated'
  startDateTime?: string
  endDateTime?: string
} & Holder
type Unassign = { type: 'unassign'; assignmentId?: string; role?: string; scope?: string } & Holder

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

export type AssignmentChange = Assign | Unassign | Deny | { type: 'remove_deny'; denyId: string }

const EVERYONE = '00000000-0000-0000-0000-000000000000'

function scheduleOf(change: Assign, now: number): Schedule | null {
  const { assignmentType, startDateTime, endDateTime } = change
  if (!assignmentType && !startDateTime && !endDateTime) return null
  for (const time of [startDateTime, endDateTime])
    if (time !== undefined && Number.isNaN(Date.parse(time))) throw new UnknownThing(`${time} is not a time.`)
  return {
    assignmentType: assignmentType ?? 'Assigned',
    startDateTime: startDateTime ?? armTime(now),
    endDateTime: endDateTime ?? null,
    eligibilityId: null,
  }
}

function assign(world: World, change: Assign): Assignment {
  const { tenant, principalId } = namedHolderOf(world, change)
  const random = createRandom(`${tenant.id}/${tenant.assignments.revision}/${principalId}`)
  return addAssignment(tenant, random, {
    principalId,
    role: roleIn(tenant, change.role),
    scope: scopeIn(tenant, change),
    condition: change.condition ?? null,
    createdOn: armTime(world.now()),
    schedule: scheduleOf(change, world.now()),
  })
}

function candidates(tenant: Tenant, change: Unassign, principalId: string | null): Assignment[] {
  const { assignments } = tenant
  if (change.assignmentId) {
    const found = assignments.get(change.assignmentId.toLowerCase())
    return found ? [found] : []
  }
  return [...(principalId === null ? assignments.values() : assignments.ofPrincipal(principalId))]
}

function isMeant(tenant: Tenant, one: Assignment, change: Unassign, principalId: string | null): boolean {
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

function unassign(world: World, change: Unassign): { removed: number } {
  const { assignmentId, user, principalId: holder, subscriptionId, role, scope } = change
  if (![assignmentId, user, holder, subscriptionId, role, scope].some(Boolean))
    throw new UnknownThing('Say which assignments: assignmentId, user, principalId, subscriptionId, role or scope.')
  const anywhere = change.assignmentId && !change.tenantId && !change.subscriptionId && !change.user
  const targets = anywhere
    ? [...world.tenants.values()].map((tenant) => ({ tenant, principalId: null }))
    : [holderOf(world, change)]
  let removed = 0
  for (const { tenant, principalId } of targets)
    for (const one of candidates(tenant, change, principalId))
      if (isMeant(tenant, one, change, principalId) && tenant.assignments.delete(one.id)) removed++
  return { removed }
}

function denyPrincipalOf(tenant: Tenant, id: string): DenyPrincipal {
  if (tenant.users.has(id)) return { id, type: 'User' }
  if (tenant.groups.has(id)) return { id, type: 'Group' }
  if (tenant.servicePrincipals.has(id)) return { id, type: 'ServicePrincipal' }
  throw new UnknownThing(`There is nobody with the id ${id}.`)
}

/** What can happen to assignments and deny assignments. */
export const changeAssignments: ChangeHandlers<AssignmentChange> = {
  assign,
  unassign,
  add_deny(world, change) {
    const { tenant } = holderOf(world, change)
    const typed = (id: string) => denyPrincipalOf(tenant, id.toLowerCase())
    const { principalIds, excludeIds = [], actions = ['*/delete'], doNotApplyToChildScopes = false } = change
    return tenant.denyAssignments.add({
      id: createRandom(`${tenant.id}/denials/${tenant.denyAssignments.revision}`).guid(),
      name: change.name ?? 'Deny made by a change',
      description: '',
      permissions: [{ actions, notActions: [], dataActions: [], notDataActions: [] }],
      scope: scopeIn(tenant, change),
      doNotApplyToChildScopes,
      principals: principalIds?.map(typed) ?? [{ id: EVERYONE, type: 'SystemDefined' }],
      excludePrincipals: excludeIds.map(typed),
      isSystemProtected: true,
      createdOn: armTime(world.now()),
    })
  },
  remove_deny(world, change) {
    const id = String(change.denyId).toLowerCase()
    for (const { denyAssignments } of world.tenants.values())
      if (denyAssignments.has(id)) return void denyAssignments.delete(id)
    throw new UnknownThing(`There is no deny assignment ${change.denyId}.`)
  },
}
