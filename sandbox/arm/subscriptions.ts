import { ancestorsOf, isDenied } from '../world/rbac'
import { managementGroupIdIn, subscriptionIdIn } from '../world/scopes'
import { findGuest } from '../world/tenant'
import type { Subscription, Tenant } from '../world/types'
import { type ArmCall, refuseAction } from './arm-call'
import { listManagedSubscriptions } from './managing-tenant'
import { armError, respondWithPage } from './protocol'

const READ = 'Microsoft.Resources/subscriptions/read'

/** `GET /subscriptions`: those of the token's tenant that the caller may read, then those that others delegate to it. */
export function listSubscriptions(call: ArmCall): Response {
  const { world, tenant, caller } = call
  const own = tenant.subscriptions.list().filter(createSubscriptionFilter(call))
  const items = [
    ...own.map((subscription) => ({ owner: tenant, subscription })),
    ...listManagedSubscriptions(world, tenant, caller.objectId),
  ]
  return respondWithPage(call.url, {
    items,
    size: tenant.pageSizes.subscriptions,
    keyOf: ({ subscription }) => subscription.id,
    show: ({ owner, subscription }) => showSubscription(owner, subscription),
  })
}

/**
 * `GET /subscriptions/{id}`. The undocumented `$expand=ancestors`, which Azure's portal sends, adds the ids of the management
 * groups above, nearest first, for everyone who sees the subscription (Azure/azure-rest-api-specs 15935).
 */
export function getSubscription(call: ArmCall, subscription: Subscription): Response {
  if (createSubscriptionFilter(call)(subscription)) {
    const isExpanded = /^ancestors$/i.test(call.url.searchParams.get('$expand') ?? '')
    const { id, authorizationSource, ...rest } = showSubscription(call.tenant, subscription)
    const above = ancestorsOf(call.tenant, subscription.managementGroupId)
    return Response.json({
      id,
      authorizationSource,
      ...(isExpanded ? { managementGroupAncestors: above } : {}),
      ...rest,
    })
  }
  if (call.tenant.powerless === 'empty')
    return armError(404, 'SubscriptionNotFound', `The subscription '${subscription.id}' could not be found.`)
  return refuseAction(call, 'Microsoft.Resources/subscriptions/read', `/subscriptions/${subscription.id}`)
}

/**
 * Returns a test whether the caller sees a subscription: any role at, above or below it shows it (recalled), unless a deny
 * assignment forbids reading it. What the test needs is computed once, because it is used on lists of a thousand.
 */
export function createSubscriptionFilter({ tenant, caller }: ArmCall): (subscription: Subscription) => boolean {
  const places = new Set<string>()
  for (const { scope } of caller.assignments)
    places.add(subscriptionIdIn(scope) ?? managementGroupIdIn(scope)?.toLowerCase() ?? scope)
  const groups = new Map<string, boolean>()
  const isUnderHeldGroup = (groupId: string): boolean => {
    const known = groups.get(groupId)
    if (known !== undefined) return known
    const held = ancestorsOf(tenant, groupId).some((id) => places.has(id.toLowerCase()))
    groups.set(groupId, held)
    return held
  }
  return ({ id, managementGroupId }) =>
    (places.has('/') || places.has(id.toLowerCase()) || isUnderHeldGroup(managementGroupId)) &&
    !isDenied(tenant, caller.principals, READ, `/subscriptions/${id}`)
}

function showSubscription(tenant: Tenant, subscription: Subscription) {
  return {
    id: `/subscriptions/${subscription.id}`,
    authorizationSource: 'RoleBased',
    managedByTenants: listManagingTenants(tenant, subscription).map((tenantId) => ({ tenantId })),
    ...(Object.keys(subscription.tags).length > 0 ? { tags: subscription.tags } : {}),
    subscriptionId: subscription.id,
    tenantId: subscription.tenantId,
    displayName: subscription.name,
    state: subscription.state,
    subscriptionPolicies: {
      locationPlacementId: 'Public_2014-09-01',
      quotaId: subscription.quotaId,
      spendingLimit: 'Off',
    },
  }
}

/** The tenants to which the subscription is delegated; not those that manage only a resource group of it (recalled). */
function listManagingTenants({ delegations }: Tenant, { id }: Subscription): string[] {
  if (delegations.size === 0) return []
  const own = delegations.list().filter(({ scope }) => scope.toLowerCase() === `/subscriptions/${id}`)
  return [...new Set(own.map((one) => one.managedByTenantId))]
}

const REGIONS = [
  ['westeurope', 'West Europe', 'Europe'],
  ['northeurope', 'North Europe', 'Europe'],
  ['norwayeast', 'Norway East', 'Norway'],
] as const

/** `GET /subscriptions/{id}/locations`: three regions, for every caller who sees the subscription. */
export function listLocations(call: ArmCall, subscription: Subscription): Response {
  if (!createSubscriptionFilter(call)(subscription))
    return refuseAction(call, 'Microsoft.Resources/subscriptions/locations/read', `/subscriptions/${subscription.id}`)
  const items = REGIONS.map(([name, displayName, geography]) => ({
    id: `/subscriptions/${subscription.id}/locations/${name}`,
    name,
    type: 'Region',
    displayName,
    regionalDisplayName: `(Europe) ${displayName}`,
    metadata: { regionType: 'Physical', regionCategory: 'Recommended', geography, geographyGroup: 'Europe' },
  }))
  return respondWithPage(call.url, { items, size: items.length, keyOf: (one) => one.name, show: (one) => one })
}

/** `GET /tenants`: the caller's own, and those where the caller is a guest. */
export function listTenants(call: ArmCall): Response {
  const { world, tenant, caller } = call
  const self = tenant.users.get(caller.objectId)
  const home = self?.home ?? { tenantId: tenant.id, objectId: caller.objectId }
  const known = [...world.tenants.values()].filter(
    (one) => one.id === home.tenantId || one.id === tenant.id || findGuest(one, home) !== undefined,
  )
  const show = (one: Tenant) => ({
    id: `/tenants/${one.id}`,
    tenantId: one.id,
    countryCode: 'NO',
    displayName: one.name,
    domains: [one.domain],
    tenantCategory: one.id === home.tenantId ? 'Home' : 'ProjectedBy',
    defaultDomain: one.domain,
    tenantType: 'AAD',
  })
  return respondWithPage(call.url, { items: known, size: tenant.pageSizes.subscriptions, keyOf: (one) => one.id, show })
}
