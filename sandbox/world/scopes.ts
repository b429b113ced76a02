import type { ManagementGroup, Subscription, Tenant } from './types'

export type ScopeLevel = 'root' | 'management_group' | 'subscription' | 'resource_group' | 'resource'

const MANAGEMENT_GROUP = '/providers/microsoft.management/managementgroups/'

/** Whether `scope` is `ancestor` or lies under it by its spelling alone (management groups hold no spelling of their children). */
export function isAtOrUnder(scope: string, ancestor: string): boolean {
  const [low, high] = [scope.toLowerCase(), ancestor.toLowerCase()]
  return high === '/' || low === high || low.startsWith(`${high}/`)
}

/** The subscription a scope lies in, in lower case, or null above subscriptions. */
export function subscriptionOf(scope: string): string | null {
  return /^\/subscriptions\/([^/]+)/i.exec(scope)?.[1]?.toLowerCase() ?? null
}

/** The management group a scope names, or null. */
export function managementGroupOf(scope: string): string | null {
  return scope.toLowerCase().startsWith(MANAGEMENT_GROUP) ? scope.slice(MANAGEMENT_GROUP.length) : null
}

export function managementGroupScope(id: string): string {
  return `/providers/Microsoft.Management/managementGroups/${id}`
}

/** A management group by its id, in any case. */
export function findManagementGroup(tenant: Tenant, id: string): ManagementGroup | undefined {
  return tenant.managementGroups.get(id) ?? tenant.managementGroups.by('id', (one) => one.id).get(id.toLowerCase())
}

/** A management group and those above it, from the nearest to the tenant root. */
export function ancestorsOf(tenant: Tenant, managementGroupId: string): string[] {
  const ids: string[] = []
  let id: string | null = findManagementGroup(tenant, managementGroupId)?.id ?? managementGroupId
  while (id !== null && !ids.includes(id)) {
    ids.push(id)
    id = findManagementGroup(tenant, id)?.parentId ?? null
  }
  return ids
}

/** The scopes above a scope and the scope itself, in lower case, as Azure inherits them. */
export function lineageOf(tenant: Tenant, scope: string): Set<string> {
  const lineage = new Set(['/'])
  const addGroups = (id: string) => {
    for (const ancestor of ancestorsOf(tenant, id)) lineage.add(managementGroupScope(ancestor).toLowerCase())
  }
  const group = managementGroupOf(scope)
  if (group !== null) addGroups(group)
  const subscription: Subscription | undefined = tenant.subscriptions.get(subscriptionOf(scope) ?? '')
  if (!subscription) return lineage
  addGroups(subscription.managementGroupId)
  const parts = scope.toLowerCase().split('/').slice(1)
  // Every pair of segments may be a scope of its own; the odd ones in between are harmless.
  for (let length = 2; length <= parts.length; length++) lineage.add(`/${parts.slice(0, length).join('/')}`)
  return lineage
}

/** How high a scope stands. */
export function levelOf(scope: string): ScopeLevel {
  if (scope === '/') return 'root'
  if (managementGroupOf(scope) !== null) return 'management_group'
  const parts = scope.split('/').length - 1
  if (parts <= 2) return 'subscription'
  return parts <= 4 ? 'resource_group' : 'resource'
}

/** The subscription a scope begins with, as it is spelt there; empty above subscriptions. */
export const subscriptionPrefix = (scope: string): string => /^\/subscriptions\/[^/]+/i.exec(scope)?.[0] ?? ''
