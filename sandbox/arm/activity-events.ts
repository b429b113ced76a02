import { logOf } from '../world/activity-log'
import { findRole } from '../world/rbac'
import { subscriptionIdIn, subscriptionPrefixOf } from '../world/scopes'
import { armTime } from '../world/tenant'
import type { ActivityEvent, Tenant } from '../world/types'
import { findDefaultActor } from './actors'
import { authorizationAt } from './protocol'

/** An event as Azure writes it. */
export type ShownEvent = ReturnType<typeof showEvent>

/** The end and the start of an operation, newest first. Azure writes at least these two of each. */
export const showEvents = (tenant: Tenant, event: ActivityEvent, delayMs: number): ShownEvent[] =>
  (['end', 'start'] as const).map((phase) => showEvent(tenant, event, phase, delayMs))

type Phase = 'start' | 'end'

const OPERATION_MS = 800 // between its start and its end

function showEvent(tenant: Tenant, event: ActivityEvent, phase: Phase, delayMs: number) {
  const what = explain(tenant, event)
  const { name, claims } = callerOf(tenant, event)
  const isStart = phase === 'start'
  const at = event.at + (isStart ? 0 : OPERATION_MS)
  const eventDataId = event.eventIds[isStart ? 0 : 1]
  const { operationId } = event
  return {
    authorization: { action: what.action, role: what.role, scope: what.scope },
    caller: name,
    channels: 'Operation',
    claims,
    correlationId: operationId,
    description: '',
    eventDataId,
    eventName: isStart ? named('BeginRequest', 'Begin request') : named('EndRequest', 'End request'),
    category: named('Administrative'),
    httpRequest: {
      clientRequestId: operationId,
      clientIpAddress: '203.0.113.7',
      method: what.method,
      uri: `https://management.azure.com${what.resourceId}?api-version=${what.apiVersion}`,
    },
    id: `${what.resourceId}/events/${eventDataId}/ticks/${event.at}`,
    level: 'Informational',
    resourceGroupName: /\/resourceGroups\/([^/]+)/i.exec(what.scope)?.[1] ?? '',
    resourceProviderName: named('Microsoft.Authorization'),
    resourceId: what.resourceId,
    resourceType: named(what.resourceType),
    operationId,
    operationName: named(what.action, what.localizedAction),
    properties: isStart ? what.start : what.end,
    status: named(isStart ? 'Started' : 'Succeeded'),
    subStatus: isStart ? named('') : named(what.succeeded, `${what.succeeded} (HTTP Status Code: ${what.status})`),
    eventTimestamp: armTime(at),
    submissionTimestamp: armTime(at + delayMs),
    subscriptionId: subscriptionIdIn(logOf(event)) ?? '',
    tenantId: tenant.id,
  }
}

const named = (value: string, localizedValue = value) => ({ value, localizedValue })

/** The application id that Privileged Identity Management acts with (recalled, as is that it is the caller of activations). */
const MS_PIM = '01fc33a7-78ba-4d2f-a4b7-768e336e890e'

const OBJECT_ID = 'http://schemas.microsoft.com/identity/claims/objectidentifier'
const UPN = 'http://schemas.xmlsoap.org/ws/2005/05/identity/claims/upn'

/**
 * Who is named as the caller, and the claims of their token. The specification calls it the "UPN claim or SPN claim": which of its
 * two ids names an application is recalled, so both occur, by turns.
 */
function callerOf(tenant: Tenant, { by, turn }: ActivityEvent): { name: string; claims: Record<string, string> } {
  if (by === 'pim') return { name: MS_PIM, claims: { appid: MS_PIM } }
  if (by === null) {
    const { name, objectId } = findDefaultActor(tenant)
    return { name, claims: { [OBJECT_ID]: objectId, [UPN]: name } }
  }
  const service = tenant.servicePrincipals.get(by)
  if (service)
    return {
      name: turn % 2 === 0 ? service.appId : by,
      claims: { [OBJECT_ID]: by, appid: service.appId, idtyp: 'app' },
    }
  const user = tenant.users.get(by) ?? tenant.deletedUsers.get(by)
  const name = user?.userPrincipalName ?? by
  return { name, claims: { [OBJECT_ID]: by, [UPN]: name, name: user?.displayName ?? '', appid: AZURE_PORTAL } }
}

/** The application by which a person is shown to have worked. Source: Microsoft Learn, "Verify first-party Microsoft applications". */
const AZURE_PORTAL = 'c44b4083-3bb0-49c1-b47d-974e53cbdf3c'

type What = {
  action: string
  localizedAction: string
  role: string
  /** What was authorized. */
  scope: string
  resourceId: string
  resourceType: string
  method: string
  apiVersion: string
  succeeded: 'Created' | 'OK'
  status: 200 | 201
  start: Record<string, string>
  end: Record<string, string>
}

function explain(tenant: Tenant, event: ActivityEvent): What {
  if (event.of === 'assignment') return explainAssignment(tenant, event)
  return event.of === 'role' ? explainRole(event) : ELEVATION
}

/**
 * The start of a write carries what was asked for, as JSON in a text. The principal of a delete stands only in the answer of
 * its end (recalled): every fourth event has none, since the portal shows none (azure-docs 96729). Source of the request's
 * form: MicrosoftDocs/azure-docs change-history-report.md @04349cda.
 */
function explainAssignment(tenant: Tenant, event: Extract<ActivityEvent, { of: 'assignment' }>): What {
  const { assignment, operation, turn } = event
  const { id, principalId, principalType, scope, roleId } = assignment
  const isWrite = operation === 'write'
  const resourceId = `${authorizationAt(scope)}/roleAssignments/${id}`
  const roleDefinitionId = `${subscriptionPrefixOf(scope)}/providers/Microsoft.Authorization/roleDefinitions/${roleId}`
  const type = 'Microsoft.Authorization/roleAssignments'
  const request = {
    Id: id,
    Properties: {
      PrincipalId: principalId,
      PrincipalType: principalType,
      RoleDefinitionId: roleDefinitionId,
      Scope: scope,
    },
  }
  const gone = { properties: { roleDefinitionId, principalId, principalType, scope }, id: resourceId, type, name: id }
  const answered: Record<string, string> = turn % 4 === 3 ? {} : { responseBody: JSON.stringify(gone) }
  return {
    ...outcomeOf(type, operation, 'role assignment'),
    role: findRole(tenant, roleId)?.name ?? '',
    scope: resourceId,
    resourceId,
    succeeded: isWrite ? 'Created' : 'OK',
    status: isWrite ? 201 : 200,
    start: isWrite ? { requestbody: JSON.stringify(request) } : {},
    end: isWrite ? { statusCode: 'Created', serviceRequestId: id } : { statusCode: 'OK', ...answered },
  }
}

/** What the properties of these events carry is recalled. */
function explainRole({ role, operation }: Extract<ActivityEvent, { of: 'role' }>): What {
  const resourceId = `${authorizationAt(role.assignableScopes[0] ?? '/')}/roleDefinitions/${role.id}`
  const { name, description, assignableScopes, permissions } = role
  const request = { name: role.id, properties: { roleName: name, description, assignableScopes, permissions } }
  const isWrite = operation === 'write'
  return {
    ...outcomeOf('Microsoft.Authorization/roleDefinitions', operation, 'custom role definition'),
    role: '',
    scope: resourceId,
    resourceId,
    succeeded: isWrite ? 'Created' : 'OK',
    status: isWrite ? 201 : 200,
    start: isWrite ? { requestbody: JSON.stringify(request) } : {},
    end: { statusCode: isWrite ? 'Created' : 'OK' },
  }
}

const outcomeOf = (type: string, operation: 'write' | 'delete', noun: string) => ({
  action: `${type}/${operation}`,
  localizedAction: `${operation === 'write' ? 'Create' : 'Delete'} ${noun}`,
  resourceType: type,
  method: operation === 'write' ? 'PUT' : 'DELETE',
  apiVersion: '2022-04-01',
})

/** Source of its action and scope: MicrosoftDocs/azure-docs elevate-access-global-admin.md @015fa249. */
const ELEVATION: What = {
  action: 'Microsoft.Authorization/elevateAccess/action',
  localizedAction: 'Assigns the caller to User Access Administrator role',
  role: '',
  scope: '/providers/Microsoft.Authorization',
  resourceId: '/providers/Microsoft.Authorization',
  resourceType: 'Microsoft.Authorization',
  method: 'POST',
  apiVersion: '2016-07-01',
  succeeded: 'OK',
  status: 200,
  start: {},
  end: { statusCode: 'OK' },
}
