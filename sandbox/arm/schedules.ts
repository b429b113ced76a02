import { applyingTo } from '../world/applying-to'
import { holdsAt } from '../world/holds-at'
import { principalsOf } from '../world/rbac'
import { isAtOrUnder, lineageOf } from '../world/scopes'
import type { ArmCall } from './arm-call'
import { armError } from './arm-error'
import { forbidden } from './forbidden'
import { may } from './may'
import { mayBelow } from './may-below'
import { paged } from './paged'
import { type Filter, readFilter } from './read-filter'
import type { Scheduled, ScheduleKind } from './schedule-kinds'
import { scheduleName, scheduleRow, windowOf } from './schedule-row'
import { subscriptionPrefix } from './subscription-prefix'
import { unsupportedFilter } from './unsupported-filter'

const FILTERS = ['atScope', 'principalId', 'assignedTo', 'asTarget', 'roleDefinitionId']

/**
 * The 400 of a tenant without the licence: its code as seen from ARM in JulianHayward/Azure-MG-Sub-Governance-Reporting
 * 114, its words as Microsoft Graph's are now.
 */
function licenceMissing(): Response {
  return armError(
    400,
    'AadPremiumLicenseRequired',
    'The tenant needs to have Microsoft Entra ID P2 or Microsoft Entra ID Governance license.',
  )
}

function applying({ tenant, world }: ArmCall, kind: ScheduleKind, scope: string): Scheduled[] {
  const rows: Scheduled[] =
    kind.of === 'assignments'
      ? applyingTo(tenant, tenant.assignments, scope)
      : applyingTo(tenant, tenant.eligibilities, scope)
  const now = world.now()
  const isOver = (end: string | null) => end !== null && Date.parse(end) <= now
  return rows.filter((one) => {
    if ('schedule' in one && one.schedule === null) return true
    const window = windowOf(one)
    return kind.instances ? holdsAt(window, now) : !isOver(window.endDateTime)
  })
}

/** Whose rows are asked for, groups included: `assignedTo('id')` someone's, `asTarget()` the caller's own. */
function holderOf(call: ArmCall, filter: Filter): { id: string; principals: ReadonlySet<string> } | null {
  if (filter.has('astarget')) return { id: call.caller.objectId, principals: call.caller.principals }
  const id = filter.get('assignedto')?.toLowerCase()
  return id === undefined ? null : { id, principals: principalsOf(call.tenant, id) }
}

/** Directly held at this scope or below; inherited from above; through a group when someone's own were asked for (recalled). */
function memberTypeOf(one: Scheduled, scope: string, holder: string | null): string {
  if (holder !== null && one.principalId !== holder) return 'Group'
  return isAtOrUnder(one.scope, scope) && (scope !== '/' || one.scope === '/') ? 'Direct' : 'Inherited'
}

/** `GET {scope}/providers/Microsoft.Authorization/role{Eligibility,Assignment}Schedule{s,Instances}`. */
export function listSchedules(call: ArmCall, scope: string, kind: ScheduleKind): Response {
  const { tenant, url } = call
  const filter = readFilter(url, FILTERS)
  if (!filter)
    return unsupportedFilter(url, "'atScope()', 'asTarget()', 'assignedTo('{value}')' or 'principalId eq '{value}''")
  if (tenant.licence !== 'p2') return licenceMissing()
  const action = `Microsoft.Authorization/${kind.type}/read`
  const all = applying(call, kind, scope)
  // One's own may be asked for without any role, so that what is eligible can be activated.
  const mayReadAll = filter.has('astarget') || may(call, action, scope)
  const readable = mayReadAll ? all : all.filter(mayBelow(call, action, scope))
  if (!mayReadAll && readable.length === 0 && tenant.powerless === 'forbidden')
    return forbidden(call, action, `${scope === '/' ? '' : scope}/providers/Microsoft.Authorization`)
  const lineage = filter.has('atscope') ? lineageOf(tenant, scope) : null
  const holder = holderOf(call, filter)
  const principal = filter.get('principalid')?.toLowerCase()
  const role = filter.get('roledefinitionid')?.toLowerCase().split('/').at(-1)
  const items = readable.filter(
    (one) =>
      (lineage === null || lineage.has(one.scope.toLowerCase())) &&
      (holder === null || holder.principals.has(one.principalId)) &&
      (principal === undefined || one.principalId === principal) &&
      (role === undefined || one.roleId === role),
  )
  const show = (one: Scheduled) =>
    scheduleRow(tenant, kind, one, memberTypeOf(one, scope, holder?.id ?? null), subscriptionPrefix(scope))
  return paged(url, { items, size: tenant.pageSizes.instances, keyOf: (one) => one.id, show })
}

/** One of them by its name, at its own scope. */
export function getSchedule(call: ArmCall, scope: string, kind: ScheduleKind, name: string): Response {
  if (call.tenant.licence !== 'p2') return licenceMissing()
  const action = `Microsoft.Authorization/${kind.type}/read`
  if (!may(call, action, scope))
    return forbidden(
      call,
      action,
      `${scope === '/' ? '' : scope}/providers/Microsoft.Authorization/${kind.type}/${name}`,
    )
  const found = applying(call, kind, scope).find(
    (one) => scheduleName(kind, one) === name.toLowerCase() && one.scope.toLowerCase() === scope.toLowerCase(),
  )
  if (!found) return armError(404, 'RoleAssignmentScheduleNotFound', `The schedule '${name}' is not found.`)
  return Response.json(scheduleRow(call.tenant, kind, found, 'Direct', subscriptionPrefix(scope)))
}
