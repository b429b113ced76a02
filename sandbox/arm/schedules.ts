import { findManagementGroup, findRole, isInForceAt, lineageOf, listApplyingTo, principalsOf } from '../world/rbac'
import { isAtOrUnder, levelOf, managementGroupIdIn, subscriptionIdIn, subscriptionPrefixOf } from '../world/scopes'
import type { Assignment, Eligibility, Tenant } from '../world/types'
import { type ArmCall, createScopeFilter, isAllowed, refuseAction } from './arm-call'
import { shownTypeOf } from './principal-types'
import { armError, authorizationAt, type Filter, readFilter, respondWithPage, unsupportedFilter } from './protocol'

/** One of the four lists of Privileged Identity Management. */
type ScheduleKind = {
  /** As Azure writes it in addresses and, with a capital letter, in ids. */
  type: string
  of: 'eligibilities' | 'assignments'
  /** Instances are in force now; schedules also include what begins later. */
  instances: boolean
}

const KINDS: readonly ScheduleKind[] = [
  { type: 'roleEligibilityScheduleInstances', of: 'eligibilities', instances: true },
  { type: 'roleEligibilitySchedules', of: 'eligibilities', instances: false },
  { type: 'roleAssignmentScheduleInstances', of: 'assignments', instances: true },
  { type: 'roleAssignmentSchedules', of: 'assignments', instances: false },
]

const BY_TYPE = new Map(KINDS.map((kind) => [kind.type.toLowerCase(), kind]))

/** Finds the list of Privileged Identity Management by its name, in any case. */
export function findScheduleKind(type: string): ScheduleKind | undefined {
  return BY_TYPE.get(type.toLowerCase())
}

const FILTERS = ['atScope', 'principalId', 'assignedTo', 'asTarget', 'roleDefinitionId']

/** `GET {scope}/providers/Microsoft.Authorization/role{Eligibility,Assignment}Schedule{s,Instances}`. */
export function listSchedules(call: ArmCall, scope: string, kind: ScheduleKind): Response {
  const { tenant, url } = call
  const filter = readFilter(url, FILTERS)
  if (!filter)
    return unsupportedFilter(url, "'atScope()', 'asTarget()', 'assignedTo('{value}')' or 'principalId eq '{value}''")
  if (tenant.licence !== 'p2') return refuseWithoutLicence()
  const action = `Microsoft.Authorization/${kind.type}/read`
  const all = listApplying(call, kind, scope)
  // Callers may read their own rows without any role, because otherwise they could not activate what they are eligible for.
  const mayReadAll = filter.has('astarget') || isAllowed(call, action, scope)
  const readableRows = mayReadAll ? all : all.filter(createScopeFilter(call, action, scope))
  if (!mayReadAll && readableRows.length === 0 && tenant.powerless === 'forbidden')
    return refuseAction(call, action, authorizationAt(scope))
  const lineage = filter.has('atscope') ? lineageOf(tenant, scope) : null
  const holder = holderOf(call, filter)
  const principal = filter.get('principalid')?.toLowerCase()
  const role = filter.get('roledefinitionid')?.toLowerCase().split('/').at(-1)
  const items = readableRows.filter(
    (one) =>
      (lineage === null || lineage.has(one.scope.toLowerCase())) &&
      (holder === null || holder.principals.has(one.principalId)) &&
      (principal === undefined || one.principalId === principal) &&
      (role === undefined || one.roleId === role),
  )
  const show = (one: Scheduled) =>
    toScheduleJson(tenant, kind, one, memberTypeOf(one, scope, holder?.id ?? null), subscriptionPrefixOf(scope))
  return respondWithPage(url, { items, size: tenant.pageSizes.instances, keyOf: (one) => one.id, show })
}

/** `GET {scope}/providers/Microsoft.Authorization/role{Eligibility,Assignment}Schedule{s,Instances}/{name}`: only at its own scope. */
export function getSchedule(call: ArmCall, scope: string, kind: ScheduleKind, name: string): Response {
  if (call.tenant.licence !== 'p2') return refuseWithoutLicence()
  const action = `Microsoft.Authorization/${kind.type}/read`
  if (!isAllowed(call, action, scope))
    return refuseAction(call, action, `${authorizationAt(scope)}/${kind.type}/${name}`)
  const found = listApplying(call, kind, scope).find(
    (one) => scheduleName(kind, one) === name.toLowerCase() && one.scope.toLowerCase() === scope.toLowerCase(),
  )
  if (!found) return armError(404, 'RoleAssignmentScheduleNotFound', `The schedule '${name}' is not found.`)
  return Response.json(toScheduleJson(call.tenant, kind, found, 'Direct', subscriptionPrefixOf(scope)))
}

/**
 * The 400 of a tenant without the licence. The code was seen from ARM (JulianHayward/Azure-MG-Sub-Governance-Reporting
 * 114); the words are Microsoft Graph's present ones.
 */
export function refuseWithoutLicence(): Response {
  return armError(
    400,
    'AadPremiumLicenseRequired',
    'The tenant needs to have Microsoft Entra ID P2 or Microsoft Entra ID Governance license.',
  )
}

/** A row of one of the four lists of Privileged Identity Management. An assignment stands for its instance and for its schedule. */
type Scheduled = Assignment | Eligibility

/** The rows that apply to a scope and, for a list of instances, are in force now; schedules that have ended are left out. */
function listApplying({ tenant, world }: ArmCall, kind: ScheduleKind, scope: string): Scheduled[] {
  const rows: Scheduled[] =
    kind.of === 'assignments'
      ? listApplyingTo(tenant, tenant.assignments, scope)
      : listApplyingTo(tenant, tenant.eligibilities, scope)
  const now = world.now()
  const isOver = (end: string | null) => end !== null && Date.parse(end) <= now
  return rows.filter((one) => {
    if ('schedule' in one && one.schedule === null) return true
    const window = windowOf(one)
    return kind.instances ? isInForceAt(window, now) : !isOver(window.endDateTime)
  })
}

/** When a row begins and ends; an assignment made outside Privileged Identity Management has no end. */
function windowOf(one: Scheduled): { startDateTime: string; endDateTime: string | null } {
  if ('startDateTime' in one) return one
  return one.schedule ?? { startDateTime: one.createdOn, endDateTime: null }
}

/** The principal whose rows are asked for, with its groups: `assignedTo('id')` names it, `asTarget()` is the caller; null for all. */
function holderOf(call: ArmCall, filter: Filter): { id: string; principals: ReadonlySet<string> } | null {
  if (filter.has('astarget')) return { id: call.caller.objectId, principals: call.caller.principals }
  const id = filter.get('assignedto')?.toLowerCase()
  return id === undefined ? null : { id, principals: principalsOf(call.tenant, id) }
}

/**
 * `Direct` for a row held at this scope or below, `Inherited` from above, `Group` when one principal's rows were asked for
 * and this one is a group's (recalled).
 */
function memberTypeOf(one: Scheduled, scope: string, holder: string | null): string {
  if (holder !== null && one.principalId !== holder) return 'Group'
  return isAtOrUnder(one.scope, scope) && (scope !== '/' || one.scope === '/') ? 'Direct' : 'Inherited'
}

/** A row of one of the four lists as ARM writes it; a permanent one has no end. Source: the 2020-10-01 examples. */
function toScheduleJson(tenant: Tenant, kind: ScheduleKind, one: Scheduled, memberType: string, prefix: string) {
  const { scope, roleId, principalId, condition, createdOn } = one
  const { startDateTime, endDateTime } = windowOf(one)
  const provider = authorizationAt(scope)
  const roleDefinitionId = `${prefix}/providers/Microsoft.Authorization/roleDefinitions/${roleId}`
  const type = kind.type[0]?.toUpperCase() + kind.type.slice(1)
  const name = scheduleName(kind, one)
  return {
    properties: {
      ...('startDateTime' in one ? eligibilityFields(kind, one, provider) : assignmentFields(kind, one, provider)),
      scope,
      roleDefinitionId,
      principalId,
      principalType: shownTypeOf(one),
      status: statusOf(one),
      startDateTime,
      ...(endDateTime === null ? {} : { endDateTime }),
      memberType,
      createdOn,
      condition,
      conditionVersion: condition === null ? null : '2.0',
      expandedProperties: expandProperties(tenant, one, roleDefinitionId),
    },
    name,
    id: `${provider}/${type}/${name}`,
    type: `Microsoft.Authorization/${type}`,
  }
}

/** The name of a row in its list. */
function scheduleName(kind: ScheduleKind, { id }: Scheduled): string {
  return kind.instances ? id : scheduleIdOf(id)
}

/** A schedule has an id of its own: the one of its instance with the first eight digits reversed. */
export const scheduleIdOf = (id: string) => [...id.slice(0, 8)].reverse().join('') + id.slice(8)

function eligibilityFields(kind: ScheduleKind, { id, createdOn }: Eligibility, provider: string) {
  if (!kind.instances) return { updatedOn: createdOn }
  return { roleEligibilityScheduleId: `${provider}/RoleEligibilitySchedules/${scheduleIdOf(id)}` }
}

function assignmentFields(kind: ScheduleKind, { id, createdOn, schedule }: Assignment, provider: string) {
  const from = schedule?.assignmentType === 'Activated' ? schedule.eligibilityId : null
  const common = {
    assignmentType: schedule?.assignmentType ?? 'Assigned',
    linkedRoleEligibilityScheduleId: from === null ? null : scheduleIdOf(from),
  }
  if (!kind.instances) return { ...common, updatedOn: createdOn }
  return {
    ...common,
    linkedRoleEligibilityScheduleInstanceId: from,
    originRoleAssignmentId: `${provider}/roleAssignments/${id}`,
    roleAssignmentScheduleId: `${provider}/RoleAssignmentSchedules/${scheduleIdOf(id)}`,
  }
}

/** `Accepted` for an assigned row is from Microsoft's example; `Provisioned` for an activated one is recalled. */
function statusOf(one: Scheduled): string {
  return 'startDateTime' in one || one.schedule?.assignmentType === 'Activated' ? 'Provisioned' : 'Accepted'
}

/** The names that Privileged Identity Management adds to a row. Scope types are in lower case, as documented. */
export function expandProperties(tenant: Tenant, row: Scheduled, roleDefinitionId: string) {
  const role = findRole(tenant, row.roleId)
  return {
    scope: { id: row.scope, displayName: scopeName(tenant, row.scope), type: levelOf(row.scope).replaceAll('_', '') },
    roleDefinition: {
      id: roleDefinitionId,
      displayName: role?.name ?? '',
      type: role?.custom ? 'CustomRole' : 'BuiltInRole',
    },
    principal: expandPrincipal(tenant, row),
  }
}

function scopeName(tenant: Tenant, scope: string): string {
  switch (levelOf(scope)) {
    case 'root':
      return tenant.name
    case 'management_group':
      return findManagementGroup(tenant, managementGroupIdIn(scope) ?? '')?.displayName ?? ''
    case 'subscription':
      return tenant.subscriptions.get(subscriptionIdIn(scope) ?? '')?.name ?? ''
    default:
      return scope.split('/').at(-1) ?? ''
  }
}

/** The principal with its name; a deleted one has none (recalled). */
function expandPrincipal(tenant: Tenant, row: Scheduled) {
  const { principalId: id } = row
  const type = shownTypeOf(row)
  const user = tenant.users.get(id)
  if (user) return { id, displayName: user.displayName, email: user.mail ?? user.userPrincipalName, type }
  const other = tenant.groups.get(id) ?? tenant.servicePrincipals.get(id) ?? tenant.devices.get(id)
  return { id, ...(other ? { displayName: other.displayName } : {}), type }
}
