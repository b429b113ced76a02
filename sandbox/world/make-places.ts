import { addSubscription } from './build'
import type { Random } from './random'
import type { TenantSpec } from './tenant-spec'
import type { Tenant } from './types'

/**
 * Management groups in chains from the tenant root down, each `depth` long but perhaps the last; gives those without
 * children, which is where subscriptions go.
 */
function addManagementGroups(tenant: Tenant, slug: string, depth: number, count: number): string[] {
  const parents = new Set<string>()
  const ids: string[] = []
  for (let index = 0; index < count; index++) {
    const parentId = index % depth === 0 ? tenant.id : (ids.at(-1) ?? tenant.id)
    const id = `${slug}-mg-${index + 1}`
    tenant.managementGroups.add({ id, displayName: `${tenant.name} ${index + 1}`, parentId })
    parents.add(parentId)
    ids.push(id)
  }
  return ids.filter((id) => !parents.has(id))
}

/** The management groups and subscriptions of a made tenant. */
export function addPlaces(tenant: Tenant, random: Random, slug: string, spec: TenantSpec): void {
  const depth = spec.managementGroupDepth ?? 0
  const leaves = depth > 0 ? addManagementGroups(tenant, slug, depth, spec.managementGroups ?? depth * 2) : [tenant.id]
  const resourceGroups = Array.from({ length: spec.resourceGroups ?? 0 }, (_, index) => `rg-${index}`)
  for (let index = 0; index < (spec.subscriptions ?? 1); index++) {
    addSubscription(tenant, {
      id: random.guid(),
      name: index === 0 ? `${tenant.name} Production` : `${tenant.name} ${index + 1}`,
      managementGroupId: leaves[index % leaves.length] ?? tenant.id,
      resourceGroups: [...resourceGroups],
    })
  }
}
