import { addGroup } from './build'
import type { ChangeHandlers } from './change-handlers'
import { groupOf, namedHolderOf, tenantOf, type WhichGroup } from './named-in-change'
import { createRandom } from './random'
import type { Tenant } from './types'
import { UnknownThing } from './unknown-thing'
import type { World } from './world'

type Membership = WhichGroup & { user?: string; principalId?: string }

export type GroupChange =
  | ({ type: 'add_member' } & Membership)
  | ({ type: 'remove_member' } & Membership)
  | { type: 'add_group'; tenantId: string; displayName: string; id?: string; isAssignableToRole?: boolean }
  | ({ type: 'delete_group' } & WhichGroup)
  | ({ type: 'rename_group'; displayName: string } & WhichGroup)

function exists(tenant: Tenant, id: string): boolean {
  return tenant.users.has(id) || tenant.groups.has(id) || tenant.servicePrincipals.has(id) || tenant.devices.has(id)
}

function membershipOf(world: World, change: Membership): { tenant: Tenant; groupId: string; memberId: string } {
  const { group, tenant } = groupOf(world, change)
  const { principalId } = namedHolderOf(world, {
    tenantId: tenant.id,
    ...(change.user === undefined ? {} : { user: change.user }),
    ...(change.principalId === undefined ? {} : { principalId: change.principalId }),
  })
  return { tenant, groupId: group.id, memberId: principalId }
}

/** What can happen to groups. One that is deleted keeps its assignments, as in Azure. */
export const changeGroups: ChangeHandlers<GroupChange> = {
  add_member(world, change) {
    const { tenant, groupId, memberId } = membershipOf(world, change)
    if (!exists(tenant, memberId)) throw new UnknownThing(`There is nobody with the id ${memberId}.`)
    if (memberId === groupId) throw new UnknownThing('A group cannot be a member of itself.')
    tenant.memberships.add(groupId, memberId)
  },
  remove_member(world, change) {
    const { tenant, groupId, memberId } = membershipOf(world, change)
    if (!tenant.memberships.remove(groupId, memberId)) throw new UnknownThing(`${memberId} is not in that group.`)
  },
  add_group(world, change) {
    const tenant = tenantOf(world, change.tenantId)
    if (!change.displayName) throw new UnknownThing('The change lacks displayName.')
    const id = change.id?.toLowerCase() ?? createRandom(`${tenant.id}/groups/${tenant.groups.revision}`).guid()
    if (exists(tenant, id)) throw new UnknownThing(`${id} exists already.`)
    const { displayName, isAssignableToRole = false } = change
    return addGroup(tenant, { id, displayName, isAssignableToRole })
  },
  delete_group(world, change) {
    const { group, tenant } = groupOf(world, change)
    tenant.memberships.forget(group.id)
    tenant.groups.delete(group.id)
    tenant.deletedGroups.add({ ...group, deletedDateTime: `${new Date(world.now()).toISOString().slice(0, 19)}Z` })
  },
  rename_group(world, change) {
    const { group, tenant } = groupOf(world, change)
    if (!change.displayName) throw new UnknownThing('The change lacks displayName.')
    group.displayName = change.displayName
    tenant.groups.touch()
  },
}
