import { managementGroupScope } from '../world/scopes'
import type { ManagementGroup, Subscription } from '../world/types'
import type { ArmCall } from './arm-call'
import { ManagementGroupTree } from './management-group-tree'
import { READ_MANAGEMENT_GROUP } from './management-groups'
import { may } from './may'
import { pageSize } from './page-size'
import { paged } from './paged'
import { readFilter } from './read-filter'
import { subscriptionVisibility } from './subscription-visibility'
import { unsupportedFilter } from './unsupported-filter'

type Entity = { id: string; name: string; displayName: string; parentId: string | null; isGroup: boolean }

const ofGroup = ({ id, displayName, parentId }: ManagementGroup): Entity => ({
  id: managementGroupScope(id),
  name: id,
  displayName,
  parentId,
  isGroup: true,
})

const ofSubscription = ({ id, name, managementGroupId }: Subscription): Entity => ({
  id: `/subscriptions/${id}`,
  name: id,
  displayName: name,
  parentId: managementGroupId,
  isGroup: false,
})

function permissionsAt(call: ArmCall, scope: string): string {
  if (may(call, 'Microsoft.Management/managementGroups/delete', scope)) return 'delete'
  if (may(call, 'Microsoft.Management/managementGroups/write', scope)) return 'edit'
  return may(call, READ_MANAGEMENT_GROUP, scope) ? 'view' : 'noaccess'
}

function shown(call: ArmCall, tree: ManagementGroupTree, entity: Entity) {
  const above = entity.parentId === null ? [] : tree.chainTo(entity.parentId)
  const { groups, subscriptions } = entity.isGroup ? tree.childrenOf(entity.name) : { groups: [], subscriptions: [] }
  const parentScope = entity.parentId === null ? null : managementGroupScope(entity.parentId)
  return {
    id: entity.id,
    type: entity.isGroup ? 'Microsoft.Management/managementGroups' : '/subscriptions',
    name: entity.name,
    properties: {
      tenantId: call.tenant.id,
      displayName: entity.displayName,
      parent: { id: parentScope },
      permissions: permissionsAt(call, entity.id),
      inheritedPermissions: parentScope === null ? 'noaccess' : permissionsAt(call, parentScope),
      parentDisplayNameChain: above.map((one) => one.displayName),
      parentNameChain: above.map((one) => one.id),
      numberOfDescendants: entity.isGroup ? tree.countBelow(entity.name) : 0,
      numberOfChildren: groups.length + subscriptions.length,
      numberOfChildGroups: groups.length,
    },
  }
}

/**
 * `POST /providers/Microsoft.Management/getEntities`: the management groups and subscriptions the caller sees, each with
 * the chain above it from the root down. Knows `$filter=name eq 'id'`, `$skip` and `$top`.
 */
export function listEntities(call: ArmCall): Response {
  const { tenant, url } = call
  const filter = readFilter(url, ['name'])
  if (!filter) return unsupportedFilter(url, "'name eq '{value}''")
  const name = filter.get('name')?.toLowerCase()
  const groups = tenant.managementGroups
    .list()
    .filter((group) => may(call, READ_MANAGEMENT_GROUP, managementGroupScope(group.id)))
  const entities = [
    ...groups.map(ofGroup),
    ...tenant.subscriptions.list().filter(subscriptionVisibility(call)).map(ofSubscription),
  ].filter((one) => name === undefined || one.name.toLowerCase() === name)
  const items = entities.slice(Math.max(0, Number(url.searchParams.get('$skip')) || 0))
  const size = pageSize(url, tenant.pageSizes.subscriptions)
  const tree = new ManagementGroupTree(tenant)
  return paged(url, { items, size, keyOf: (one) => one.id, show: (one) => shown(call, tree, one) })
}
