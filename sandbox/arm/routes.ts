import { findManagementGroup } from '../world/rbac'
import { BUILT_IN_ROLES } from '../world/roles'
import { managementGroupIdIn } from '../world/scopes'
import { listActivityLog, listGroupActivityLog, listTenantActivityLog } from './activity-log'
import { type ArmCall, refuseAction } from './arm-call'
import {
  getRegistrationAssignment,
  getRegistrationDefinition,
  listRegistrationAssignments,
  listRegistrationDefinitions,
} from './delegations'
import { getDenyAssignment, listDenyAssignments } from './deny-assignments'
import {
  getGroupSubscription,
  getManagementGroup,
  listDescendants,
  listEntities,
  listGroupSubscriptions,
  listManagementGroups,
} from './management-groups'
import { getProviderOperations, listProviderOperations } from './provider-operations'
import { queryResources } from './resource-graph'
import { getResourceGroup, listProviders, listResourceGroups, listResources } from './resources'
import { getRoleAssignment, listRoleAssignments } from './role-assignments'
import { getRoleDefinition, listPermissions, listRoleDefinitions } from './role-definitions'
import { getPolicy, getPolicyAssignment, listPolicies, listPolicyAssignments } from './role-management-policies'
import { findRequestKind, getScheduleRequest, listScheduleRequests } from './schedule-requests'
import { findScheduleKind, getSchedule, listSchedules } from './schedules'
import { getSubscription, listLocations, listSubscriptions, listTenants } from './subscriptions'
import { countRoleAssignments } from './usage-metrics'

const AUTHORIZATION = /^(.*)\/providers\/Microsoft\.Authorization\/([A-Za-z]+)(?:\/([^/]+))?$/i
const REGISTRATIONS =
  /^(\/subscriptions\/[^/]+(?:\/resourceGroups\/[^/]+)?)\/providers\/Microsoft\.ManagedServices\/registration(Assignments|Definitions)(?:\/([^/]+))?$/i
const GROUPS = /^\/providers\/Microsoft\.Management\/managementGroups(?:\/([^/]+)(?:\/([a-z]+)(?:\/([^/]+))?)?)?$/i
const ACTIVITY_LOG =
  /^(?:\/providers\/Microsoft\.Management\/managementGroups\/([^/]+))?\/providers\/Microsoft\.Insights\/eventtypes\/management\/values$/i
const ENTITIES = /^\/providers\/Microsoft\.Management\/getEntities$/i
const RESOURCE_GRAPH = /^\/providers\/Microsoft\.ResourceGraph\/resources$/i
const IN_SUBSCRIPTION = /^\/subscriptions\/[^/]+(?:\/(.+))?$/i

/** Finds the answer for an address; null when nothing is imitated there. */
export function route(call: ArmCall, path: string, method: string): Response | null {
  // Only the next links of entities are followed by GET.
  if (ENTITIES.test(path) && (method === 'POST' || call.url.searchParams.has('$skipToken'))) return listEntities(call)
  if (method === 'POST') return RESOURCE_GRAPH.test(path) ? queryResources(call) : null
  if (/^\/subscriptions$/i.test(path)) return listSubscriptions(call)
  if (/^\/tenants$/i.test(path)) return listTenants(call)
  const authorization = AUTHORIZATION.exec(path)
  if (authorization) return routeAuthorization(call, authorization[1] || '/', authorization[2] ?? '', authorization[3])
  const registrations = REGISTRATIONS.exec(path)
  if (registrations) return routeRegistrations(call, registrations[1] ?? '', registrations[2] ?? '', registrations[3])
  const log = ACTIVITY_LOG.exec(path)
  if (log) return log[1] ? listGroupActivityLog(call, log[1]) : listTenantActivityLog(call)
  const group = GROUPS.exec(path)
  if (group) return routeManagementGroups(call, group[1], group[2], group[3])
  const rest = IN_SUBSCRIPTION.exec(path)
  return rest ? routeInSubscription(call, rest[1] ?? '') : null
}

function routeAuthorization(call: ArmCall, scope: string, type: string, name: string | undefined): Response | null {
  const group = managementGroupIdIn(scope)
  if (group !== null && !findManagementGroup(call.tenant, group))
    return refuseAction(call, `Microsoft.Authorization/${type}/read`, scope)
  const schedules = findScheduleKind(type)
  if (schedules) return name ? getSchedule(call, scope, schedules, name) : listSchedules(call, scope, schedules)
  const requests = findRequestKind(type)
  if (requests)
    return name ? getScheduleRequest(call, scope, requests, name) : listScheduleRequests(call, scope, requests)
  switch (type.toLowerCase()) {
    case 'roleassignments':
      return name ? getRoleAssignment(call, scope, name) : listRoleAssignments(call, scope)
    case 'roleassignmentsusagemetrics':
      return name ? null : countRoleAssignments(call, scope)
    case 'roledefinitions':
      return name ? getRoleDefinition(call, scope, name) : listRoleDefinitions(call, scope)
    case 'denyassignments':
      return name ? getDenyAssignment(call, scope, name) : listDenyAssignments(call, scope)
    case 'permissions':
      return name ? null : listPermissions(call, scope)
    case 'rolemanagementpolicies':
      return name ? getPolicy(call, scope, name) : listPolicies(call, scope)
    case 'rolemanagementpolicyassignments':
      return name ? getPolicyAssignment(call, scope, name) : listPolicyAssignments(call, scope)
    case 'provideroperations':
      if (scope !== '/') return null
      return name ? getProviderOperations(call, name) : listProviderOperations(call)
    case 'classicadministrators':
      // Azure has retired classic administrators.
      return name ? null : Response.json({ value: [] })
    default:
      return null
  }
}

function routeRegistrations(call: ArmCall, scope: string, kind: string, name: string | undefined): Response {
  if (kind.toLowerCase() === 'assignments')
    return name ? getRegistrationAssignment(call, scope, name) : listRegistrationAssignments(call, scope)
  return name ? getRegistrationDefinition(call, scope, name) : listRegistrationDefinitions(call, scope)
}

function routeManagementGroups(
  call: ArmCall,
  id: string | undefined,
  part: string | undefined,
  name: string | undefined,
) {
  if (!id) return listManagementGroups(call)
  if (!part) return getManagementGroup(call, id)
  if (/^descendants$/i.test(part) && !name) return listDescendants(call, id)
  if (!/^subscriptions$/i.test(part)) return null
  return name ? getGroupSubscription(call, id, name) : listGroupSubscriptions(call, id)
}

function routeInSubscription(call: ArmCall, rest: string): Response | null {
  const { subscription } = call
  if (!subscription) return null
  if (rest === '') return getSubscription(call, subscription)
  if (/^locations$/i.test(rest)) return listLocations(call, subscription)
  if (/^providers$/i.test(rest)) return listProviders(call, subscription)
  if (/^resources$/i.test(rest)) return listResources(call, subscription)
  if (/^resourceGroups$/i.test(rest)) return listResourceGroups(call, subscription)
  if (/^providers\/Microsoft\.Insights\/eventtypes\/management\/values$/i.test(rest))
    return listActivityLog(call, subscription)
  const [, group = '', listed] = /^resourceGroups\/([^/]+)(\/resources)?$/i.exec(rest) ?? []
  if (group) return listed ? listResources(call, subscription, { group }) : getResourceGroup(call, subscription, group)
  const type = /^providers\/([^/]+\.[^/]+\/[^/]+)$/i.exec(rest)?.[1]
  return type && isKnownNamespace(type) ? listResources(call, subscription, { type }) : null
}

/**
 * The providers that occur in built-in roles. For any other provider the sandbox does not answer an empty list, which would
 * claim that it has no resources.
 */
const NAMESPACES = new Set(
  [...BUILT_IN_ROLES.values()].flatMap(({ permissions }) =>
    permissions.flatMap(({ actions, dataActions }) =>
      [...actions, ...dataActions].map((action) => action.split('/')[0]?.toLowerCase()),
    ),
  ),
)

function isKnownNamespace(type: string): boolean {
  const namespace = type.split('/')[0]?.toLowerCase()
  return namespace !== 'microsoft.authorization' && NAMESPACES.has(namespace)
}
