import { ancestorsOf, findManagementGroup } from '../world/rbac'
import { managementGroupScope } from '../world/scopes'
import type { ManagementGroup, Subscription, SubscriptionState, Tenant } from '../world/types'
import { type ArmCall, isAllowed, refuseAction } from './arm-call'
import { armError, readFilter, readPageSize, respondWithPage, unsupportedFilter } from './protocol'
import { createSubscriptionFilter } from './subscriptions'

const READ_MANAGEMENT_GROUP = 'Microsoft.Management/managementGroups/read'
const TYPE = 'Microsoft.Management/managementGroups'

/** `GET /providers/Microsoft.Management/managementGroups`: those that the caller may read. */
export function listManagementGroups(call: ArmCall): Response {
  const { tenant, url } = call
  const items = tenant.managementGroups
    .list()
    .filter((group) => isAllowed(call, READ_MANAGEMENT_GROUP, managementGroupScope(group.id)))
  const show = ({ id, displayName }: ManagementGroup) => ({
    id: managementGroupScope(id),
    type: TYPE,
    name: id,
    properties: { tenantId: tenant.id, displayName },
  })
  return respondWithPage(url, { items, size: tenant.pageSizes.subscriptions, keyOf: (one) => one.id, show })
}

const UPDATED = { version: 1, updatedTime: '2025-06-01T08:30:00.0000000Z', updatedBy: 'sandbox' }

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
        parent: parent ? { id: managementGroupScope(parent.id), ...nameFields(parent) } : null,
        ...(expand.has('path') ? { path: chain.map(nameFields) } : {}),
        ...(expand.has('ancestors')
          ? {
              managementGroupAncestors: above.map((one) => one.id),
              managementGroupAncestorsChain: above.map(nameFields),
            }
          : {}),
      },
      ...(expand.has('children') ? { children: childrenOf(tree, group.id, recurse) } : {}),
    },
  })
}

function childrenOf(tree: ManagementGroupTree, id: string, recurse: boolean): object[] {
  const { groups, subscriptions } = tree.childrenOf(id)
  return [
    ...groups.map((group) => {
      const children = recurse ? childrenOf(tree, group.id, true) : []
      const below = children.length > 0 ? { children } : {}
      return { id: managementGroupScope(group.id), type: TYPE, ...nameFields(group), ...below }
    }),
    ...subscriptions.map(({ id: subscriptionId, name }) => ({
      id: `/subscriptions/${subscriptionId}`,
      type: '/subscriptions',
      name: subscriptionId,
      displayName: name,
    })),
  ]
}

const nameFields = ({ id, displayName }: ManagementGroup) => ({ name: id, displayName })

type Descendant = {
  id: string
  type: string
  name: string
  properties: { displayName: string; parent: { id: string } }
}

/** `GET …/managementGroups/{id}/descendants`: every group and subscription below, nearest first. */
export function listDescendants(call: ArmCall, id: string): Response {
  const group = readManagementGroup(call, id)
  if (group instanceof Response) return group
  const tree = new ManagementGroupTree(call.tenant)
  const items: Descendant[] = []
  const waiting = [group.id]
  for (const parentId of waiting) {
    const { groups, subscriptions } = tree.childrenOf(parentId)
    const parent = { id: managementGroupScope(parentId) }
    for (const child of groups) {
      waiting.push(child.id)
      items.push({
        id: managementGroupScope(child.id),
        type: TYPE,
        name: child.id,
        properties: { displayName: child.displayName, parent },
      })
    }
    for (const child of subscriptions)
      items.push({
        id: `/subscriptions/${child.id}`,
        type: `${TYPE}/subscriptions`,
        name: child.id,
        properties: { displayName: child.name, parent },
      })
  }
  const size = readPageSize(call.url, call.tenant.pageSizes.subscriptions)
  return respondWithPage(call.url, { items, size, keyOf: (one) => one.id, show: (one) => one })
}

/** `GET …/managementGroups/{id}/subscriptions`: those directly under the group. */
export function listGroupSubscriptions(call: ArmCall, id: string): Response {
  const group = readManagementGroup(call, id)
  if (group instanceof Response) return group
  const { subscriptions: items } = new ManagementGroupTree(call.tenant).childrenOf(group.id)
  const size = call.tenant.pageSizes.subscriptions
  return respondWithPage(call.url, {
    items,
    size,
    keyOf: (one) => one.id,
    show: (one) => showGroupSubscription(group, one),
  })
}

/** `GET …/managementGroups/{id}/subscriptions/{subscriptionId}`: 404 unless it is directly under the group. */
export function getGroupSubscription(call: ArmCall, id: string, subscriptionId: string): Response {
  const group = readManagementGroup(call, id)
  if (group instanceof Response) return group
  const found = call.tenant.subscriptions.get(subscriptionId.toLowerCase())
  if (found?.managementGroupId.toLowerCase() === group.id.toLowerCase())
    return Response.json(showGroupSubscription(group, found))
  return armError(404, 'NotFound', `'${managementGroupScope(group.id)}/subscriptions/${subscriptionId}' not found`)
}

function showGroupSubscription(group: ManagementGroup, { id, name, state, tenantId }: Subscription) {
  return {
    name: id,
    id: `${managementGroupScope(group.id)}/subscriptions/${id}`,
    type: `${TYPE}/subscriptions`,
    properties: {
      displayName: name,
      parent: { id: managementGroupScope(group.id) },
      state: stateOf(state),
      tenant: tenantId,
    },
  }
}

/** The API of management groups calls an enabled subscription active. Source: the example of the 2020-05-01 specification. */
const stateOf = (state: SubscriptionState) => (state === 'Enabled' ? 'Active' : state)

/**
 * `POST /providers/Microsoft.Management/getEntities`: the management groups and subscriptions that the caller sees, each
 * with the chain of groups from the root down to it. Supports `$filter=name eq 'id'`, `$skip` and `$top`. SDKs follow its next
 * links by GET.
 */
export function listEntities(call: ArmCall): Response {
  const { tenant, url } = call
  const filter = readFilter(url, ['name'])
  if (!filter) return unsupportedFilter(url, "'name eq '{value}''")
  const name = filter.get('name')?.toLowerCase()
  const groups = tenant.managementGroups
    .list()
    .filter((group) => isAllowed(call, READ_MANAGEMENT_GROUP, managementGroupScope(group.id)))
  const entities = [
    ...groups.map(groupEntity),
    ...tenant.subscriptions.list().filter(createSubscriptionFilter(call)).map(subscriptionEntity),
  ].filter((one) => name === undefined || one.name.toLowerCase() === name)
  const items = entities.slice(Math.max(0, Number(url.searchParams.get('$skip')) || 0))
  const size = readPageSize(url, tenant.pageSizes.subscriptions)
  const tree = new ManagementGroupTree(tenant)
  return respondWithPage(url, { items, size, keyOf: (one) => one.id, show: (one) => showEntity(call, tree, one) })
}

type Entity = { id: string; name: string; displayName: string; parentId: string | null; isGroup: boolean }

const groupEntity = ({ id, displayName, parentId }: ManagementGroup): Entity => ({
  id: managementGroupScope(id),
  name: id,
  displayName,
  parentId,
  isGroup: true,
})

const subscriptionEntity = ({ id, name, managementGroupId }: Subscription): Entity => ({
  id: `/subscriptions/${id}`,
  name: id,
  displayName: name,
  parentId: managementGroupId,
  isGroup: false,
})

function showEntity(call: ArmCall, tree: ManagementGroupTree, entity: Entity) {
  const above = entity.parentId === null ? [] : tree.chainTo(entity.parentId)
  const { groups, subscriptions } = entity.isGroup ? tree.childrenOf(entity.name) : { groups: [], subscriptions: [] }
  const parentScope = entity.parentId === null ? null : managementGroupScope(entity.parentId)
  return {
    id: entity.id,
    type: entity.isGroup ? TYPE : '/subscriptions',
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

/** What the caller may do with a management group, in the words of getEntities. */
function permissionsAt(call: ArmCall, scope: string): string {
  if (isAllowed(call, 'Microsoft.Management/managementGroups/delete', scope)) return 'delete'
  if (isAllowed(call, 'Microsoft.Management/managementGroups/write', scope)) return 'edit'
  return isAllowed(call, READ_MANAGEMENT_GROUP, scope) ? 'view' : 'noaccess'
}

/** A management group that the caller may read, or the refusal: 403 when they may not, 404 when there is none (words recalled). */
function readManagementGroup(call: ArmCall, id: string): ManagementGroup | Response {
  const group = findManagementGroup(call.tenant, id)
  const scope = managementGroupScope(group?.id ?? id)
  if (!isAllowed(call, READ_MANAGEMENT_GROUP, group ? scope : '/'))
    return refuseAction(call, READ_MANAGEMENT_GROUP, scope)
  return group ?? armError(404, 'NotFound', `'${scope}' not found`)
}

type Children = { groups: ManagementGroup[]; subscriptions: Subscription[] }

const NO_CHILDREN: Children = { groups: [], subscriptions: [] }

/** The management groups and subscriptions of a tenant, by their parent. */
class ManagementGroupTree {
  readonly #children = new Map<string, Children>()
  readonly #descendants = new Map<string, number>()

  constructor(readonly tenant: Tenant) {
    for (const group of tenant.managementGroups.list())
      if (group.parentId !== null) this.#listUnder(group.parentId).groups.push(group)
    for (const subscription of tenant.subscriptions.list())
      this.#listUnder(subscription.managementGroupId).subscriptions.push(subscription)
  }

  #listUnder(id: string): Children {
    const key = id.toLowerCase()
    const known = this.#children.get(key)
    if (known) return known
    const made: Children = { groups: [], subscriptions: [] }
    this.#children.set(key, made)
    return made
  }

  childrenOf(id: string): Children {
    return this.#children.get(id.toLowerCase()) ?? NO_CHILDREN
  }

  /** The number of groups and subscriptions below a group, at any depth. */
  countBelow(id: string): number {
    const known = this.#descendants.get(id)
    if (known !== undefined) return known
    this.#descendants.set(id, 0)
    const { groups, subscriptions } = this.childrenOf(id)
    const count = groups.reduce((sum, group) => sum + 1 + this.countBelow(group.id), subscriptions.length)
    this.#descendants.set(id, count)
    return count
  }

  /** The groups from the tenant's root down to this one. */
  chainTo(id: string): ManagementGroup[] {
    return ancestorsOf(this.tenant, id)
      .map((one) => findManagementGroup(this.tenant, one))
      .filter((one) => one !== undefined)
      .reverse()
  }
}
