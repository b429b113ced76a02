import { lineageOf, listApplyingTo } from '../world/rbac'
import { subscriptionPrefixOf } from '../world/scopes'
import type { Assignment, Eligibility, Tenant } from '../world/types'
import { findDefaultActor } from './actors'
import { type ArmCall, createScopeFilter, isAllowed, refuseAction } from './arm-call'
import { shownTypeOf } from './principal-types'
import { armError, authorizationAt, readFilter, respondWithPage, unsupportedFilter } from './protocol'
import { expandProperties, refuseWithoutLicence, scheduleIdOf } from './schedules'

/** One of the two lists of requests; `of` is what their requests made. */
type RequestKind = { type: string; of: 'eligibilities' | 'assignments' }

const KINDS: readonly RequestKind[] = [
  { type: 'roleEligibilityScheduleRequests', of: 'eligibilities' },
  { type: 'roleAssignmentScheduleRequests', of: 'assignments' },
]

/** Finds the list of requests by its name, in any case. */
export function findRequestKind(type: string): RequestKind | undefined {
  return KINDS.find((kind) => kind.type.toLowerCase() === type.toLowerCase())
}

const FILTERS = [
  'atScope',
  'principalId',
  'requestorId',
  'roleDefinitionId',
  'status',
  'asTarget',
  'asRequestor',
  'asApprover',
]

/**
 * `GET {scope}/providers/Microsoft.Authorization/role{Eligibility,Assignment}ScheduleRequests`: the requests behind what exists
 * now. Requests whose outcome is gone are forgotten, and none waits for approval; how long Azure keeps them is not known.
 */
export function listScheduleRequests(call: ArmCall, scope: string, kind: RequestKind): Response {
  const { tenant, url, caller } = call
  const filter = readFilter(url, FILTERS)
  if (!filter)
    return unsupportedFilter(
      url,
      "'atScope()', 'asTarget()', 'asRequestor()', 'asApprover()' or 'principalId eq '{value}''",
    )
  if (tenant.licence !== 'p2') return refuseWithoutLicence()
  const action = `Microsoft.Authorization/${kind.type}/read`
  const own = ['astarget', 'asrequestor', 'asapprover'].some((name) => filter.has(name))
  const mayReadAll = own || isAllowed(call, action, scope)
  const all = listRequests(tenant, kind, scope)
  const readable = mayReadAll ? all : all.filter(createRowFilter(call, action, scope))
  if (!mayReadAll && readable.length === 0 && tenant.powerless === 'forbidden')
    return refuseAction(call, action, authorizationAt(scope))
  const lineage = filter.has('atscope') ? lineageOf(tenant, scope) : null
  const is = (name: string, value: string) => {
    const wanted = filter.get(name)?.toLowerCase().split('/').at(-1)
    return wanted === undefined || wanted === value.toLowerCase()
  }
  const items = readable.filter(
    ({ row, requestorId }) =>
      (lineage === null || lineage.has(row.scope.toLowerCase())) &&
      is('principalid', row.principalId) &&
      is('requestorid', requestorId) &&
      is('roledefinitionid', row.roleId) &&
      is('status', PROVISIONED) &&
      (!filter.has('astarget') || caller.principals.has(row.principalId)) &&
      (!filter.has('asrequestor') || requestorId === caller.objectId) &&
      !filter.has('asapprover'),
  )
  return respondWithPage(url, {
    items,
    size: tenant.pageSizes.instances,
    keyOf: (one) => one.row.id,
    show: (one) => showRequest(tenant, kind, one, subscriptionPrefixOf(scope)),
  })
}

/** `GET {scope}/providers/Microsoft.Authorization/role{Eligibility,Assignment}ScheduleRequests/{name}`, at its own scope. */
export function getScheduleRequest(call: ArmCall, scope: string, kind: RequestKind, name: string): Response {
  if (call.tenant.licence !== 'p2') return refuseWithoutLicence()
  const action = `Microsoft.Authorization/${kind.type}/read`
  if (!isAllowed(call, action, scope))
    return refuseAction(call, action, `${authorizationAt(scope)}/${kind.type}/${name}`)
  const found = listRequests(call.tenant, kind, scope).find(
    ({ row }) => scheduleIdOf(row.id) === name.toLowerCase() && row.scope.toLowerCase() === scope.toLowerCase(),
  )
  if (!found) return armError(404, 'RoleAssignmentRequestNotFound', `The request '${name}' is not found.`)
  return Response.json(showRequest(call.tenant, kind, found, subscriptionPrefixOf(scope)))
}

const PROVISIONED = 'Provisioned'

type ScheduleRequest = { row: Assignment | Eligibility; requestType: string; requestorId: string }

function createRowFilter(call: ArmCall, action: string, scope: string): (one: ScheduleRequest) => boolean {
  const fits = createScopeFilter(call, action, scope)
  return ({ row }) => fits(row)
}

/** The requests behind what applies to a scope: people activate for themselves, an administrator assigns everything else. */
function listRequests(tenant: Tenant, kind: RequestKind, scope: string): ScheduleRequest[] {
  const administrator = findDefaultActor(tenant).objectId
  if (kind.of === 'eligibilities')
    return listApplyingTo(tenant, tenant.eligibilities, scope).map((row) => ({
      row,
      requestType: 'AdminAssign',
      requestorId: administrator,
    }))
  return listApplyingTo(tenant, tenant.assignments, scope).flatMap((row) => {
    if (row.schedule === null) return []
    const isActivation = row.schedule.assignmentType === 'Activated'
    const requestorId = isActivation ? row.principalId : (row.createdBy ?? administrator)
    return [{ row, requestType: isActivation ? 'SelfActivate' : 'AdminAssign', requestorId }]
  })
}

/** A request as ARM writes it. Its name is that of the schedule that it made (recalled). Source: the 2020-10-01 examples. */
function showRequest(
  tenant: Tenant,
  kind: RequestKind,
  { row, requestType, requestorId }: ScheduleRequest,
  prefix: string,
) {
  const { id, roleId, principalId, scope, condition, createdOn } = row
  const schedule = 'schedule' in row ? row.schedule : null
  const { startDateTime, endDateTime } =
    'startDateTime' in row ? row : (schedule ?? { startDateTime: createdOn, endDateTime: null })
  const roleDefinitionId = `${prefix}/providers/Microsoft.Authorization/roleDefinitions/${roleId}`
  const type = kind.type[0]?.toUpperCase() + kind.type.slice(1)
  const target = kind.of === 'eligibilities' ? 'targetRoleEligibilitySchedule' : 'targetRoleAssignmentSchedule'
  const from = schedule?.eligibilityId ?? null
  return {
    properties: {
      [`${target}Id`]: scheduleIdOf(id),
      [`${target}InstanceId`]: id,
      scope,
      roleDefinitionId,
      principalId,
      principalType: shownTypeOf(row),
      requestType,
      status: PROVISIONED,
      approvalId: null,
      scheduleInfo: {
        startDateTime,
        expiration: {
          type: endDateTime === null ? 'NoExpiration' : 'AfterDateTime',
          endDateTime,
          duration: null,
        },
      },
      ...(kind.of === 'assignments'
        ? { linkedRoleEligibilityScheduleId: from === null ? null : scheduleIdOf(from) }
        : {}),
      justification: schedule?.justification ?? null,
      ticketInfo: { ticketNumber: schedule?.ticketNumber ?? null, ticketSystem: schedule?.ticketSystem ?? null },
      createdOn,
      requestorId,
      condition,
      conditionVersion: condition === null ? null : '2.0',
      expandedProperties: expandProperties(tenant, row, roleDefinitionId),
    },
    name: scheduleIdOf(id),
    id: `${authorizationAt(scope)}/${type}/${scheduleIdOf(id)}`,
    type: `Microsoft.Authorization/${type}`,
  }
}
