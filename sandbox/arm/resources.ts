import { subscriptionIdIn } from '../world/scopes'
import type { Subscription, Tenant } from '../world/types'
import { type ArmCall, isAllowed, refuseAction } from './arm-call'
import { armError, readFilter, readPageSize, respondWithPage, unsupportedFilter } from './protocol'
import { createSubscriptionFilter } from './subscriptions'

const READ = 'Microsoft.Resources/subscriptions/resourceGroups/read'

/** `GET /subscriptions/{id}/resourcegroups`: those that the caller may read; an empty list when there are none. */
export function listResourceGroups(call: ArmCall, subscription: Subscription): Response {
  const { url, tenant } = call
  const all = [...listResourcesInUse(tenant, subscription).groups.values()]
  const items = isAllowed(call, READ, `/subscriptions/${subscription.id}`)
    ? all
    : all.filter((name) => isAllowed(call, READ, scopeOf(subscription, name)))
  const size = readPageSize(url, tenant.pageSizes.subscriptions)
  return respondWithPage(url, {
    items,
    size,
    keyOf: (name) => name,
    show: (name) => showResourceGroup(subscription, name),
  })
}

/** `GET /subscriptions/{id}/resourcegroups/{name}`. */
export function getResourceGroup(call: ArmCall, subscription: Subscription, name: string): Response {
  if (!isAllowed(call, READ, scopeOf(subscription, name))) return refuseAction(call, READ, scopeOf(subscription, name))
  const found = listResourcesInUse(call.tenant, subscription).groups.get(name.toLowerCase())
  if (found === undefined) return armError(404, 'ResourceGroupNotFound', `Resource group '${name}' could not be found.`)
  return Response.json(showResourceGroup(subscription, found))
}

function showResourceGroup(subscription: Subscription, name: string) {
  return {
    id: scopeOf(subscription, name),
    name,
    type: 'Microsoft.Resources/resourceGroups',
    location: 'westeurope',
    properties: { provisioningState: 'Succeeded' },
  }
}

const scopeOf = (subscription: Subscription, name: string) => `/subscriptions/${subscription.id}/resourceGroups/${name}`

type Among = { group?: string; type?: string }

/**
 * `GET /subscriptions/{id}/resources`, `…/resourceGroups/{name}/resources` and, with `among.type`, the list of one type
 * under its own provider: the resources that occur in scopes and that the caller may read, without any properties.
 */
export function listResources(call: ArmCall, subscription: Subscription, among: Among = {}): Response {
  const { url, tenant } = call
  const filter = readFilter(url, ['resourceType', 'resourceGroup', 'name'])
  if (!filter)
    return unsupportedFilter(url, "'resourceType eq '{value}'', 'resourceGroup eq '{value}'' or 'name eq '{value}''")
  const is = (wanted: string | undefined, value: string) =>
    wanted === undefined || wanted.toLowerCase() === value.toLowerCase()
  const items = [...listResourcesInUse(tenant, subscription).resources.values()].filter(
    (one) =>
      is(among.type ?? filter.get('resourcetype'), one.type) &&
      is(among.group ?? filter.get('resourcegroup'), one.group) &&
      is(filter.get('name'), one.name) &&
      isAllowed(call, `${one.type}/read`, one.id),
  )
  const show = ({ id, name, type }: Resource) => ({ id, name, type, location: 'westeurope', properties: {} })
  return respondWithPage(url, { items, size: tenant.pageSizes.subscriptions, keyOf: (one) => one.id, show })
}

/** The providers that are registered in every subscription. */
const ALWAYS_REGISTERED = ['Microsoft.Authorization', 'Microsoft.Management', 'Microsoft.Resources']

/** `GET /subscriptions/{id}/providers`: those of existing resources, without details of their types. */
export function listProviders(call: ArmCall, subscription: Subscription): Response {
  const { url, tenant } = call
  if (!createSubscriptionFilter(call)(subscription))
    return refuseAction(call, 'Microsoft.Resources/subscriptions/providers/read', `/subscriptions/${subscription.id}`)
  const types = new Map<string, Set<string>>(ALWAYS_REGISTERED.map((namespace) => [namespace, new Set()]))
  for (const { type } of listResourcesInUse(tenant, subscription).resources.values()) {
    const [namespace = '', ...rest] = type.split('/')
    types.set(namespace, (types.get(namespace) ?? new Set()).add(rest.join('/')))
  }
  const show = ([namespace, names]: [string, Set<string>]) => ({
    id: `/subscriptions/${subscription.id}/providers/${namespace}`,
    namespace,
    registrationState: 'Registered',
    registrationPolicy: ALWAYS_REGISTERED.includes(namespace) ? 'RegistrationFree' : 'RegistrationRequired',
    resourceTypes: [...names].map((resourceType) => ({ resourceType, locations: [], apiVersions: [] })),
  })
  return respondWithPage(url, {
    items: [...types],
    size: tenant.pageSizes.subscriptions,
    keyOf: ([namespace]) => namespace,
    show,
  })
}

type Resource = { id: string; name: string; type: string; group: string }
/** The resource groups and resources of a subscription, by name or id in lower case, each in the spelling found first. */
type ResourcesInUse = { groups: ReadonlyMap<string, string>; resources: ReadonlyMap<string, Resource> }

type Cached = { revisions: string; found: ResourcesInUse }
const cache = new WeakMap<Subscription, Cached>()

/** The resource groups and resources of a subscription: its own, and those that occur in scopes. Kept until these change. */
function listResourcesInUse(tenant: Tenant, subscription: Subscription): ResourcesInUse {
  const { assignments, eligibilities, denyAssignments } = tenant
  const revisions = [assignments, eligibilities, denyAssignments].map((one) => one.revision)
  const key = [...revisions, ...subscription.resourceGroups].join('/')
  const earlier = cache.get(subscription)
  if (earlier?.revisions === key) return earlier.found
  const found = collectResources(tenant, subscription)
  cache.set(subscription, { revisions: key, found })
  return found
}

/** Collects them from the subscription itself and from the scopes of assignments, eligibilities and deny assignments. */
function collectResources(tenant: Tenant, subscription: Subscription): ResourcesInUse {
  const groups = new Map<string, string>()
  const resources = new Map<string, Resource>()
  for (const name of subscription.resourceGroups)
    if (!groups.has(name.toLowerCase())) groups.set(name.toLowerCase(), name)
  const denied = tenant.denyAssignments.list().filter((one) => subscriptionIdIn(one.scope) === subscription.id)
  for (const list of [
    tenant.assignments.inSubscription(subscription.id),
    tenant.eligibilities.inSubscription(subscription.id),
    denied,
  ])
    for (const { scope } of list) {
      const name = /^\/subscriptions\/[^/]+\/resourceGroups\/([^/]+)/i.exec(scope)?.[1]
      if (name && !groups.has(name.toLowerCase())) groups.set(name.toLowerCase(), name)
      const resource = resourceOf(scope)
      if (resource && !resources.has(scope.toLowerCase())) resources.set(scope.toLowerCase(), resource)
    }
  return { groups, resources }
}

/** The resource that a scope names, with a type like `Microsoft.Sql/servers/databases`; null for a resource group. */
function resourceOf(scope: string): Resource | null {
  const [, id, group = '', namespace, rest] =
    /^(\/subscriptions\/[^/]+\/resourceGroups\/([^/]+)\/providers\/([^/]+)\/(.+))$/i.exec(scope) ?? []
  if (!id || !namespace || !rest) return null
  const parts = rest.split('/')
  if (parts.length % 2 === 1) return null
  const types = parts.filter((_, index) => index % 2 === 0)
  return { id, name: parts.at(-1) ?? '', type: [namespace, ...types].join('/'), group }
}
