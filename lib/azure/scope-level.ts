import type { ScopeLevel } from '@/lib/domain/vocabulary'

const MANAGEMENT_GROUP = /^\/providers\/microsoft\.management\/managementgroups\/[^/]+$/i
const SUBSCRIPTION = /^\/subscriptions\/[^/]+$/i
const RESOURCE_GROUP = /^\/subscriptions\/[^/]+\/resourcegroups\/[^/]+$/i

/** Where in Azure's tree a scope lies. Whatever is neither root, group, subscription nor resource group is a resource. */
export function scopeLevel(scope: string): ScopeLevel {
  const path = scope.replace(/\/+$/, '')
  if (path === '') return 'root'
  if (MANAGEMENT_GROUP.test(path)) return 'management_group'
  if (SUBSCRIPTION.test(path)) return 'subscription'
  return RESOURCE_GROUP.test(path) ? 'resource_group' : 'resource'
}
