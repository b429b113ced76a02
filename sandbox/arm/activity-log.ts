import { findRole } from '../world/rbac'
import { subscriptionIdIn } from '../world/scopes'
import { armTime } from '../world/tenant'
import type { RoleAssignmentEvent, Subscription, Tenant } from '../world/types'
import { type Actor, findDefaultActor } from './actors'
import { type ArmCall, isAllowed, refuseAction } from './arm-call'
import { armError, authorizationAt, respondWithPage } from './protocol'

const READ = 'Microsoft.Insights/eventtypes/values/read'
const DAY_MS = 86_400_000
const KEPT_DAYS = 90
const DELAY_MS = 4_000 // between an event and its appearance; Azure promises no figure

/**
 * `GET /subscriptions/{id}/providers/Microsoft.Insights/eventtypes/management/values`: the writes and deletes of role
 * assignments that changes of the world made, newest first, each as its start and its end. `$filter` is compulsory and takes
 * only times and at most one other property; `$select` takes the names of the specification (2015-04-01).
 */
export function listActivityLog(call: ArmCall, subscription: Subscription): Response {
  const { url, tenant, world } = call
  const scope = `/subscriptions/${subscription.id}`
  if (!isAllowed(call, READ, scope)) return refuseAction(call, READ, scope)
  const filter = readActivityFilter(url.searchParams.get('$filter') ?? '')
  if (typeof filter === 'string') return armError(400, 'BadRequest', filter)
  const now = world.now()
  if (filter.from < now - KEPT_DAYS * DAY_MS)
    return armError(400, 'BadRequest', `The start time cannot be more than ${KEPT_DAYS} days in the past.`)
  const selected = readSelect(url.searchParams.get('$select'))
  if (typeof selected === 'string') return armError(400, 'BadRequest', selected)
  const actor = findDefaultActor(tenant)
  const items = tenant.activity
    .filter((one) => subscriptionIdIn(one.assignment.scope) === subscription.id)
    .toReversed()
    .flatMap((one) => [
      toEvent(tenant, subscription, one, actor, 'end'),
      toEvent(tenant, subscription, one, actor, 'start'),
    ])
    .filter((event) => {
      const at = Date.parse(event.eventTimestamp)
      return at >= filter.from && at <= filter.to && at + DELAY_MS <= now && filter.fits(event)
    })
  return respondWithPage(url, {
    items,
    size: tenant.pageSizes.instances,
    keyOf: (one) => one.eventDataId,
    show: (event) =>
      selected === null
        ? event
        : Object.fromEntries(Object.entries(event).filter(([name]) => selected.has(name.toLowerCase()))),
  })
}

type Event = ReturnType<typeof toEvent>
type ActivityFilter = { from: number; to: number; fits(event: Event): boolean }

const TIME = /^eventTimestamp\s+(ge|le)\s+'([^']+)'$/i
const PROPERTY = /^(resourceGroupName|resourceUri|resourceProvider|correlationId)\s+eq\s+'([^']*)'$/i
// Old clients add this. Source: examples of the specification; every event here is of the channel Operation.
const CHANNELS = /^eventChannels\s+eq\s+'[^']*'$/i

/** What each property of a filter is compared with. */
const FILTERED: Record<string, (event: Event) => string> = {
  resourcegroupname: (event) => event.resourceGroupName,
  resourceuri: (event) => event.resourceId,
  resourceprovider: (event) => event.resourceProviderName.value,
  correlationid: (event) => event.correlationId,
}

/** Reads a filter; a sentence when it is not of the restricted form (its words are recalled). */
function readActivityFilter(text: string): ActivityFilter | string {
  let [from, to] = [Number.NaN, Number.POSITIVE_INFINITY]
  const properties: ((event: Event) => boolean)[] = []
  for (const clause of text.trim().split(/\s+and\s+/i)) {
    const [, bound, time = ''] = TIME.exec(clause) ?? []
    const [, name = '', value = ''] = PROPERTY.exec(clause) ?? []
    const read = FILTERED[name.toLowerCase()]
    if (bound && Number.isNaN(Date.parse(time))) return `The time '${time}' in the $filter is not valid.`
    if (bound?.toLowerCase() === 'ge') from = Date.parse(time)
    else if (bound) to = Date.parse(time)
    else if (read) properties.push((event) => read(event).toLowerCase() === value.toLowerCase())
    else if (!CHANNELS.test(clause)) return `The $filter clause '${clause}' is not supported.`
  }
  if (Number.isNaN(from)) return 'The $filter needs a start time: eventTimestamp ge.'
  if (to < from) return 'The start time of the $filter is after its end time.'
  if (properties.length > 1) return 'The $filter may name one property besides the times.'
  return { from, to, fits: (event) => properties.every((test) => test(event)) }
}

/** The properties that `$select` knows. The caller of an event is not among them. */
const SELECTABLE = new Set(
  'authorization claims correlationId description eventDataId eventName eventTimestamp httpRequest level operationId operationName properties resourceGroupName resourceProviderName resourceId status submissionTimestamp subStatus subscriptionId'
    .toLowerCase()
    .split(' '),
)

/** The selected properties in lower case, null for all; a sentence when one is unknown. */
function readSelect(text: string | null): ReadonlySet<string> | string | null {
  if (text === null) return null
  const names = text
    .toLowerCase()
    .split(',')
    .map((name) => name.trim())
  const unknown = names.find((name) => !SELECTABLE.has(name))
  return unknown === undefined ? new Set(names) : `The property '${unknown}' cannot be selected.`
}

/** The application id that Privileged Identity Management acts with (recalled, as is that it is the caller of activations). */
const MS_PIM = '01fc33a7-78ba-4d2f-a4b7-768e336e890e'

function callerOf(tenant: Tenant, by: RoleAssignmentEvent['by'], actor: Actor): Actor {
  if (by === null) return actor
  if (by === 'pim') return { name: MS_PIM, objectId: MS_PIM }
  const user = tenant.users.get(by) ?? tenant.deletedUsers.get(by)
  return { name: user?.userPrincipalName ?? by, objectId: by }
}

const named = (value: string, localizedValue = value) => ({ value, localizedValue })

/**
 * One event as Azure writes it: the start of an operation carries what was asked for, as JSON in a text, the end its outcome.
 * The principal of a delete stands only in the answer of its end (recalled).
 */
function toEvent(
  tenant: Tenant,
  subscription: Subscription,
  { at, operation, by, assignment, operationId, eventIds }: RoleAssignmentEvent,
  actor: Actor,
  phase: 'start' | 'end',
) {
  const isWrite = operation === 'write'
  const resourceId = `${authorizationAt(assignment.scope)}/roleAssignments/${assignment.id}`
  const action = `Microsoft.Authorization/roleAssignments/${operation}`
  const caller = callerOf(tenant, by, actor)
  const eventDataId = eventIds[phase === 'start' ? 0 : 1]
  const time = armTime(at + (phase === 'start' ? 0 : 800))
  const succeeded = isWrite ? 'Created' : 'OK'
  const resourceGroupName = /\/resourceGroups\/([^/]+)/i.exec(assignment.scope)?.[1] ?? ''
  return {
    authorization: { action, role: findRole(tenant, assignment.roleId)?.name ?? '', scope: resourceId },
    caller: caller.name,
    channels: 'Operation',
    claims: {
      'http://schemas.microsoft.com/identity/claims/objectidentifier': caller.objectId,
      'http://schemas.xmlsoap.org/ws/2005/05/identity/claims/upn': caller.name,
    },
    correlationId: operationId,
    description: '',
    eventDataId,
    eventName: phase === 'start' ? named('BeginRequest', 'Begin request') : named('EndRequest', 'End request'),
    category: named('Administrative'),
    httpRequest: {
      clientRequestId: operationId,
      clientIpAddress: '203.0.113.7',
      method: isWrite ? 'PUT' : 'DELETE',
      uri: `https://management.azure.com${resourceId}?api-version=2022-04-01`,
    },
    id: `${resourceId}/events/${eventDataId}/ticks/${at}`,
    level: 'Informational',
    resourceGroupName,
    resourceProviderName: named('Microsoft.Authorization'),
    resourceId,
    resourceType: named('Microsoft.Authorization/roleAssignments'),
    operationId,
    operationName: named(action, isWrite ? 'Create role assignment' : 'Delete role assignment'),
    properties:
      phase === 'start' ? startProperties(assignment, isWrite) : endProperties(assignment, resourceId, isWrite),
    status: named(phase === 'start' ? 'Started' : 'Succeeded'),
    subStatus:
      phase === 'start' ? named('') : named(succeeded, `${succeeded} (HTTP Status Code: ${isWrite ? 201 : 200})`),
    eventTimestamp: time,
    submissionTimestamp: armTime(at + DELAY_MS),
    subscriptionId: subscription.id,
    tenantId: tenant.id,
  }
}

const roleIdOf = ({ roleId, scope }: RoleAssignmentEvent['assignment']) =>
  `/subscriptions/${subscriptionIdIn(scope)}/providers/Microsoft.Authorization/roleDefinitions/${roleId}`

/** Source of the request's form: MicrosoftDocs/azure-docs change-history-report.md @04349cda. */
function startProperties(assignment: RoleAssignmentEvent['assignment'], isWrite: boolean): Record<string, string> {
  if (!isWrite) return {}
  const { id, principalId, principalType, scope } = assignment
  const Properties = {
    PrincipalId: principalId,
    PrincipalType: principalType,
    RoleDefinitionId: roleIdOf(assignment),
    Scope: scope,
  }
  return { requestbody: JSON.stringify({ Id: id, Properties }) }
}

function endProperties(
  assignment: RoleAssignmentEvent['assignment'],
  resourceId: string,
  isWrite: boolean,
): Record<string, string> {
  if (isWrite) return { statusCode: 'Created', serviceRequestId: assignment.id }
  const { id, principalId, principalType, scope } = assignment
  const properties = { roleDefinitionId: roleIdOf(assignment), principalId, principalType, scope }
  const type = 'Microsoft.Authorization/roleAssignments'
  return { statusCode: 'OK', responseBody: JSON.stringify({ properties, id: resourceId, type, name: id }) }
}
