import { managementGroupScope } from '../world/scopes'
import type { ArmCall } from './arm-call'
import { ManagementGroupTree } from './management-group-tree'
import { readManagementGroup } from './management-groups'
import { pageSize } from './page-size'
import { paged } from './paged'

type Descendant = {
  id: string
  type: string
  name: string
  properties: { displayName: string; parent: { id: string } }
}

/** `GET …/managementGroups/{id}/descendants`: everything below, nearest first. */
export function listDescendants(call: ArmCall, id: string): Response {
  const group = readManagementGroup(call, id)
  if (group instanceof Response) return group
  const tree = new ManagementGroupTree(call.tenant)
  const items: Descendant[] = []
  const edge = [group.id]
  for (const parentId of edge) {
    const { groups, subscriptions } = tree.childrenOf(parentId)
    const parent = { id: managementGroupScope(parentId) }
    for (const child of groups) {
      edge.push(child.id)
      items.push({
        id: managementGroupScope(child.id),
        type: 'Microsoft.Management/managementGroups',
        name: child.id,
        properties: { displayName: child.displayName, parent },
      })
    }
    for (const child of subscriptions)
      items.push({
        id: `/subscriptions/${child.id}`,
        type: 'Microsoft.Management/managementGroups/subscriptions',
        name: child.id,
        properties: { displayName: child.name, parent },
      })
  }
  const size = pageSize(call.url, call.tenant.pageSizes.subscriptions)
  return paged(call.url, { items, size, keyOf: (one) => one.id, show: (one) => one })
}
