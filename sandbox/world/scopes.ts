export type ScopeLevel = 'root' | 'management_group' | 'subscription' | 'resource_group' | 'resource'

const MANAGEMENT_GROUP = '/providers/microsoft.management/managementgroups/'

/**
 * Whether `scope` is `ancestor` or begins with it. This does not see what is below a management group, whose children do
 * not have it in their names.
 */
export function isAtOrUnder(scope: string, ancestor: string): boolean {
  const [low, high] = [scope.toLowerCase(), ancestor.toLowerCase()]
  return high === '/' || low === high || low.startsWith(`${high}/`)
}

/** The id of the subscription that a scope is in, in lower case; null above subscriptions. */
export function subscriptionIdIn(scope: string): string | null {
  return /^\/subscriptions\/([^/]+)/i.exec(scope)?.[1]?.toLowerCase() ?? null
}

/** The id of the management group that a scope names; null for other scopes. */
export function managementGroupIdIn(scope: string): string | null {
  return scope.toLowerCase().startsWith(MANAGEMENT_GROUP) ? scope.slice(MANAGEMENT_GROUP.length) : null
}

/** Whether a scope is a provider of the tenant, which lies beside the management groups. Roles at it give nothing in subscriptions. */
export const isProviderScope = (scope: string): boolean => /^\/providers\/Microsoft\.Insights$/i.test(scope)

/** The scope of a management group. */
export function managementGroupScope(id: string): string {
  return `/providers/Microsoft.Management/managementGroups/${id}`
}

/** The level of a scope. */
export function levelOf(scope: string): ScopeLevel {
  if (scope === '/') return 'root'
  if (managementGroupIdIn(scope) !== null) return 'management_group'
  const parts = scope.split('/').length - 1
  if (parts <= 2) return 'subscription'
  return parts <= 4 ? 'resource_group' : 'resource'
}

/** The scope of the subscription that a scope begins with, as it is written there; empty above subscriptions. */
export const subscriptionPrefixOf = (scope: string): string => /^\/subscriptions\/[^/]+/i.exec(scope)?.[0] ?? ''
