import { logOf } from '../world/activity-log'
import { findManagementGroup } from '../world/rbac'
import { managementGroupScope } from '../world/scopes'
import type { Subscription } from '../world/types'
import { type ShownEvent, showEvents } from './activity-events'
import { type ArmCall, isAllowed, refuseAction } from './arm-call'
import { armError, respondWithPage } from './protocol'

const READ = 'Microsoft.Insights/eventtypes/values/read'
const DAY_MS = 86_400_000
const KEPT_DAYS = 90

/**
 * `GET /subscriptions/{id}/providers/Microsoft.Insights/eventtypes/management/values`: what changes of the world did to role
 * assignments and custom roles, newest first (recalled), each as its start and its end. An event can be read after the delay that the tenant
 * has (`set_log_delays`). `$filter` is compulsory and takes only times and at most one other property; `$select` takes the
 * names of the specification (2015-04-01).
 */
export const listActivityLog = (call: ArmCall, { id }: Subscription): Response =>
  listLog(call, `/subscriptions/${id}`, `/subscriptions/${id}`)

/** The same of a management group (the address is recalled): what is logged at the group itself, not below it. */
export function listGroupActivityLog(call: ArmCall, id: string): Response {
  const group = findManagementGroup(call.tenant, id)
  const scope = managementGroupScope(group?.id ?? id)
  return group ? listLog(call, scope, scope) : refuseAction(call, READ, scope)
}

/**
 * The same of the tenant: who elevated their access. It takes a role at `/` or at `/providers/Microsoft.Insights`. Source:
 * MicrosoftDocs/azure-docs elevate-access-global-admin.md @015fa249.
 */
export const listTenantActivityLog = (call: ArmCall): Response => listLog(call, '/', '/providers/Microsoft.Insights')

function listLog(call: ArmCall, log: string, scope: string): Response {
  const { url, tenant, world } = call
  if (!isAllowed(call, READ, scope)) return refuseAction(call, READ, scope)
  const filter = readActivityFilter(url.searchParams.get('$filter') ?? '')
  if (typeof filter === 'string') return armError(400, 'BadRequest', filter)
  const now = world.now()
  if (filter.from < now - KEPT_DAYS * DAY_MS)
    return armError(400, 'BadRequest', `The start time cannot be more than ${KEPT_DAYS} days in the past.`)
  const selected = readSelect(url.searchParams.get('$select'))
  if (typeof selected === 'string') return armError(400, 'BadRequest', selected)
  const { activity: delay } = tenant.logDelays
  const items = tenant.activity
    .filter((one) => logOf(one) === log.toLowerCase())
    .toReversed()
    .flatMap((one) => showEvents(tenant, one, delay))
    .filter((event) => {
      const at = Date.parse(event.eventTimestamp)
      return at >= filter.from && at <= filter.to && at + delay <= now && filter.fits(event)
    })
    .sort((one, other) => Date.parse(other.eventTimestamp) - Date.parse(one.eventTimestamp))
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

type ActivityFilter = { from: number; to: number; fits(event: ShownEvent): boolean }

const TIME = /^eventTimestamp\s+(ge|le)\s+'([^']+)'$/i
const PROPERTY = /^(resourceGroupName|resourceUri|resourceProvider|correlationId)\s+eq\s+'([^']*)'$/i
// Old clients add this. Source: examples of the specification; every event here is of the channel Operation.
const CHANNELS = /^eventChannels\s+eq\s+'[^']*'$/i

/** What each property of a filter is compared with. */
const FILTERED: Record<string, (event: ShownEvent) => string> = {
  resourcegroupname: (event) => event.resourceGroupName,
  resourceuri: (event) => event.resourceId,
  resourceprovider: (event) => event.resourceProviderName.value,
  correlationid: (event) => event.correlationId,
}

/** Reads a filter; a sentence when it is not of the restricted form (its words are recalled). */
function readActivityFilter(text: string): ActivityFilter | string {
  let [from, to] = [Number.NaN, Number.POSITIVE_INFINITY]
  const properties: ((event: ShownEvent) => boolean)[] = []
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
