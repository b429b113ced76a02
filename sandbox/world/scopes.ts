export type ScopeLevel = 'root' | 'management_group' | 'subscription' | 'resource_group' | 'resource'

const MANAGEMENT_GROUP = '/providers/microsoft.management/managementgroups/'

/** Whether `scope` is `ancestor` or lies under it by its spelling alone (management groups hold no spelling of their children). */
export function isAtOrUnder(scope: string, ancestor: string): boolean {
  const [low, high] = [scope.toLowerCase(), ancestor.toLowerCase()]
  return high === '/' || low === high || low.startsWith(`${high}/`)
}

/** The subscription a scope lies in, in lower case, or null above subscriptions. */
export function subscriptionIdIn(scope: string): string | null {
  return /^\/subscriptions\/([^/]+)/i.exec(scope)?.[1]?.toLowerCase() ?? null
}

/** The management group a scope names, or null. */
export function managementGroupIdIn(scope: string): string | null {
  return scope.toLowerCase().startsWith(MANAGEMENT_GROUP) ? scope.slice(MANAGEMENT_GROUP.length) : null
}

export function managementGroupScope(id: string): string {
  return `/providers/Microsoft.Management/managementGroups/${id}`
}

/** How high a scope stands. */
export function levelOf(scope: string): ScopeLevel {
  if (scope === '/') return 'root'
  if (managementGroupIdIn(scope) !== null) return 'management_group'
  const parts = scope.split('/').length - 1
  if (parts <= 2) return 'subscription'
  return parts <= 4 ? 'resource_group' : 'resource'
}

/** The subscription a scope begins with, as it is spelt there; empty above subscriptions. */
export const subscriptionPrefixOf = (scope: string): string => /^\/subscriptions\/[^/]+/i.exec(scope)?.[0] ?? ''
