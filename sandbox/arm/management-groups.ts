import { findManagementGroup, managementGroupScope } from '../world/scopes'
import type { ManagementGroup } from '../world/types'
import type { ArmCall } from './arm-call'
import { armError } from './arm-error'
import { forbidden } from './forbidden'
import { ManagementGroupTree } from './management-group-tree'
import { may } from './may'
import { paged } from './paged'

export const READ_MANAGEMENT_GROUP = 'Microsoft.Management/managementGroups/read'
const TYPE = 'Microsoft.Management/managementGroups'
const UPDATED = { version: 1, updatedTime: '2025-06-01T08:30:00.0000000Z', updatedBy: 'sandbox' }

const named = ({ id, displayName }: ManagementGroup) => ({ name: id, displayName })

/** A management group the caller may read, or the refusal: 403 for one they may not, 404 for one that is not there (its words recalled). */
export function readManagementGroup(call: ArmCall, id: string): ManagementGroup | Response {
  const group = findManagementGroup(call.tenant, id)
  const scope = managementGroupScope(group?.id ?? id)
  if (!may(call, READ_MANAGEMENT_GROUP, group ? scope : '/')) return forbidden(call, READ_MANAGEMENT_GROUP, scope)
  return group ?? armError(404, 'NotFound', `'${scope}' not found`)
}

/** `GET /providers/Microsoft.Management/managementGroups`: those the caller may read. */
export function listManagementGroups(call: ArmCall): Response {
  const { tenant, url } = call
  const items = tenant.managementGroups
    .list()
    .filter((group) => may(call, READ_MANAGEMENT_GROUP, managementGroupScope(group.id)))
  const show = ({ id, displayName }: ManagementGroup) => ({
    id: managementGroupScope(id),
    type: TYPE,
    name: id,
    properties: { tenantId: tenant.id, displayName },
  })
  return paged(url, { items, size: tenant.pageSizes.subscriptions, keyOf: (one) => one.id, show })
}

function childrenOf(tree: ManagementGroupTree, id: string, recurse: boolean): object[] {
  const { groups, subscriptions } = tree.childrenOf(id)
  return [
    ...groups.map((group) => {
      const children = recurse ? childrenOf(tree, group.id, true) : []
      const below = children.length > 0 ? { children } : {}
      return { id: managementGroupScope(group.id), type: TYPE, ...named(group), ...below }
    }),
    ...subscriptions.map(({ id: subscriptionId, name }) => ({
      id: `/subscriptions/${subscriptionId}`,
      type: '/subscriptions',
      name: subscriptionId,
      displayName: name,
    })),
  ]
}

/** `GET /providers/Microsoft.Management/managementGroups/{id}`, with `$expand` of children, path and ancestors, and `$recurse`. */
export function getManagementGroup(call: ArmCall, id: string): Response {
  const group = readManagementGroup(call, id)
  if (group instanceof Response) return group
  const query = call.url.searchParams
  const expand = new Set((query.get('$expand') ?? '').toLowerCase().split(',').filter(Boolean))
  const recurse = /^true$/i.test(query.get('$recurse') ?? '')
  if (
    [...expand].some((one) => !['children', 'path', 'ancestors'].includes(one)) ||
    (recurse && !expand.has('children'))
  )
    return armError(400, 'BadRequest', 'The value of $expand or $recurse is not valid.')
  const tree = new ManagementGroupTree(call.tenant)
  const chain = tree.chainTo(group.id)
  const above = chain.slice(0, -1).reverse()
  const parent = above[0]
  return Response.json({
    id: managementGroupScope(group.id),
    type: TYPE,
    name: group.id,
    properties: {
      tenantId: call.tenant.id,
      displayName: group.displayName,
      details: {
        ...UPDATED,
        parent: parent ? { id: managementGroupScope(parent.id), ...named(parent) } : null,
        ...(expand.has('path') ? { path: chain.map(named) } : {}),
        ...(expand.has('ancestors')
          ? { managementGroupAncestors: above.map((one) => one.id), managementGroupAncestorsChain: above.map(named) }
          : {}),
      },
      ...(expand.has('children') ? { children: childrenOf(tree, group.id, recurse) } : {}),
    },
  })
}
