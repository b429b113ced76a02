import { subscriptionOf } from '../world/scopes'
import type { Subscription, Tenant } from '../world/types'

export type Resource = { id: string; name: string; type: string; group: string }
/** What a subscription holds as far as the world knows: by name in lower case, each in the spelling met first. */
type ResourcesInUse = { groups: ReadonlyMap<string, string>; resources: ReadonlyMap<string, Resource> }

type Known = { revisions: string; found: ResourcesInUse }
const known = new WeakMap<Subscription, Known>()

/** The resource a scope names, its parents' types joined: `Microsoft.Sql/servers/databases`. Null for a group. */
function resourceOf(scope: string): Resource | null {
  const [, id, group = '', namespace, rest] =
    /^(\/subscriptions\/[^/]+\/resourceGroups\/([^/]+)\/providers\/([^/]+)\/(.+))$/i.exec(scope) ?? []
  if (!id || !namespace || !rest) return null
  const parts = rest.split('/')
  if (parts.length % 2 === 1) return null
  const types = parts.filter((_, index) => index % 2 === 0)
  return { id, name: parts.at(-1) ?? '', type: [namespace, ...types].join('/'), group }
}

function collect(tenant: Tenant, subscription: Subscription): ResourcesInUse {
  const groups = new Map<string, string>()
  const resources = new Map<string, Resource>()
  for (const name of subscription.resourceGroups)
    if (!groups.has(name.toLowerCase())) groups.set(name.toLowerCase(), name)
  const denied = tenant.denyAssignments.list().filter((one) => subscriptionOf(one.scope) === subscription.id)
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

/** The resource groups and resources of a subscription: its own, and those that occur in scopes. */
export function resourcesInUse(tenant: Tenant, subscription: Subscription): ResourcesInUse {
  const { assignments, eligibilities, denyAssignments } = tenant
  const revisions = [assignments, eligibilities, denyAssignments].map((one) => one.revision)
  const key = [...revisions, ...subscription.resourceGroups].join('/')
  const earlier = known.get(subscription)
  if (earlier?.revisions === key) return earlier.found
  const found = collect(tenant, subscription)
  known.set(subscription, { revisions: key, found })
  return found
}
