import { endSchedules, forgetGroupAccess, resumeGroupAccess, scheduleAccess } from './group-schedules'
import {
  type ChangeHandlers,
  type GroupName,
  type HolderName,
  type PersonName,
  requireGroup,
  requireHolder,
  requirePerson,
  requireTenant,
  WorldRefusal,
} from './lookups'
import { createRandom } from './random'
import { addGroup, addUser, deleteUser, graphTime, markUserChanged } from './tenant'
import type { Tenant, Traits, User } from './types'
import type { World } from './world'

export type PeopleChange =
  | ({ type: 'disable' } & PersonName)
  | ({ type: 'enable' } & PersonName)
  | ({ type: 'delete'; permanently?: boolean } & PersonName)
  | ({ type: 'restore' } & PersonName)
  | ({ type: 'rename'; displayName?: string; mail?: string | null; userPrincipalName?: string } & PersonName)
  | ({ type: 'set_traits'; traits: Traits } & PersonName)
  | ({ type: 'set_sign_in'; lastSignInDateTime: string | null } & PersonName)
  | { type: 'revoke_sessions'; user?: string; tenantId?: string }
  | ({ type: 'add_person' } & NewPerson)
  | ({ type: 'lag'; seconds?: number; lookups?: number } & HolderName)

type NewPerson = {
  tenantId: string
  displayName: string
  id?: string
  userPrincipalName?: string
  mail?: string | null
  otherMails?: string[]
  userType?: User['userType']
}

/** The changes of people. Deleted people keep their assignments, as in Azure. */
export const changePeople: ChangeHandlers<PeopleChange> = {
  disable: (world, change) => setEnabled(world, change, false),
  enable: (world, change) => setEnabled(world, change, true),
  delete(world, change) {
    const { user, tenant } = requirePerson(world, change)
    deleteUser(tenant, user, graphTime(world.now()), change.permanently)
  },
  restore,
  rename(world, change) {
    const { user, tenant } = requirePerson(world, change)
    if (change.displayName !== undefined) user.displayName = change.displayName
    if (change.mail !== undefined) user.mail = change.mail
    if (change.userPrincipalName !== undefined) user.userPrincipalName = change.userPrincipalName
    markUserChanged(tenant, user)
  },
  set_traits(world, change) {
    const { user, tenant } = requirePerson(world, change)
    user.traits = change.traits
    markUserChanged(tenant, user)
    return null
  },
  set_sign_in(world, change) {
    const { user, tenant } = requirePerson(world, change)
    const at = change.lastSignInDateTime
    if (at !== null && Number.isNaN(Date.parse(at))) throw new WorldRefusal('lastSignInDateTime is not a time.')
    user.lastSignInDateTime = at
    markUserChanged(tenant, user)
  },
  revoke_sessions(world, change) {
    const at = world.now()
    const people = change.user
      ? [requirePerson(world, { user: change.user, ...(change.tenantId ? { tenantId: change.tenantId } : {}) }).user]
      : requireTenant(world, change.tenantId ?? '').users.list()
    for (const user of people) user.tokensValidFrom = at
  },
  add_person: addPerson,
  lag(world, change) {
    const { tenant, principalId } = requireHolder(world, change)
    if (
      !tenant.users.has(principalId) &&
      !tenant.deletedUsers.has(principalId) &&
      !tenant.servicePrincipals.has(principalId)
    )
      throw new WorldRefusal(`There is neither a person nor a service principal with the id ${principalId}.`)
    const { seconds, lookups } = change
    if ((seconds === undefined) === (lookups === undefined)) throw new WorldRefusal('Give either seconds or lookups.')
    tenant.lagging.set(
      principalId,
      lookups === undefined ? { until: world.now() + (seconds ?? 0) * 1_000 } : { lookups },
    )
  },
}

/** Creates a person now, without roles and memberships. Returns the id and the user principal name. */
function addPerson(world: World, change: NewPerson): { id: string; userPrincipalName: string } {
  const tenant = requireTenant(world, change.tenantId)
  const random = createRandom(`${tenant.id}/people/${tenant.users.revision}`)
  const { displayName, mail, otherMails, userType = 'Member' } = change
  const id = change.id?.toLowerCase() ?? random.guid()
  const userPrincipalName = change.userPrincipalName ?? `person-${id.slice(0, 8)}@${tenant.domain}`
  if (isKnownObject(tenant, id) || tenant.deletedUsers.has(id)) throw new WorldRefusal(`${id} exists already.`)
  if (tenant.users.indexBy('name', (one) => one.userPrincipalName).has(userPrincipalName.toLowerCase()))
    throw new WorldRefusal(`${userPrincipalName} exists already.`)
  addUser(tenant, random, {
    id,
    displayName,
    userPrincipalName,
    userType,
    externalUserState: userType === 'Guest' ? 'Accepted' : null,
    createdDateTime: graphTime(world.now()),
    ...(mail === undefined ? {} : { mail }),
    ...(otherMails === undefined ? {} : { otherMails }),
  })
  return { id, userPrincipalName }
}

function setEnabled(world: World, person: PersonName, enabled: boolean): void {
  const { user, tenant } = requirePerson(world, person)
  user.accountEnabled = enabled
  markUserChanged(tenant, user)
}

function restore(world: World, person: PersonName): void {
  for (const tenant of person.tenantId ? [requireTenant(world, person.tenantId)] : world.tenants.values()) {
    const user = tenant.deletedUsers.get(String(person.user).toLowerCase())
    if (!user) continue
    tenant.deletedUsers.delete(user.id)
    user.deletedDateTime = null
    tenant.users.add(user)
    resumeGroupAccess(tenant, user.id)
    markUserChanged(tenant, user)
    return
  }
  throw new WorldRefusal(`There is no deleted person ${person.user}.`)
}

export type GroupChange =
  | ({ type: 'add_member'; scheduled?: boolean; endDateTime?: string | null } & Membership)
  | ({ type: 'remove_member' } & Membership)
  | ({ type: 'add_owner' } & Membership)
  | ({ type: 'remove_owner' } & Membership)
  | { type: 'add_group'; tenantId: string; displayName: string; id?: string; isAssignableToRole?: boolean }
  | ({ type: 'delete_group' } & GroupName)
  | ({ type: 'rename_group'; displayName: string } & GroupName)
  | ({ type: 'hide_members'; hidden?: boolean } & GroupName)

/** A group and a member or an owner of it. */
export type Membership = GroupName & { user?: string; principalId?: string }

/**
 * The changes of groups. Deleted groups keep their assignments, as in Azure. A member that is `scheduled`, or has an end, is
 * assigned by Privileged Identity Management.
 */
export const changeGroups: ChangeHandlers<GroupChange> = {
  add_member(world, change) {
    const { tenant, groupId, memberId } = requireMembership(world, change)
    if (!isKnownObject(tenant, memberId)) throw new WorldRefusal(`There is nobody with the id ${memberId}.`)
    if (memberId === groupId) throw new WorldRefusal('A group cannot be a member of itself.')
    const { scheduled = false, endDateTime = null } = change
    endSchedules(tenant, { groupId, principalId: memberId, accessId: 'member' }, ['assigned', 'activated'])
    if (!scheduled && endDateTime === null) return tenant.memberships.add(groupId, memberId)
    tenant.memberships.remove(groupId, memberId)
    scheduleAccess(world, tenant, { kind: 'assigned', groupId, principalId: memberId, endDateTime })
  },
  remove_member(world, change) {
    const { tenant, groupId, memberId } = requireMembership(world, change)
    if (!tenant.memberships.remove(groupId, memberId)) throw new WorldRefusal(`${memberId} is not in that group.`)
    endSchedules(tenant, { groupId, principalId: memberId, accessId: 'member' }, ['assigned', 'activated'])
  },
  add_owner(world, change) {
    const { tenant, groupId, memberId } = requireMembership(world, change)
    if (!tenant.users.has(memberId) && !tenant.servicePrincipals.has(memberId))
      throw new WorldRefusal(`${memberId} is neither a person nor a service principal, so it cannot own a group.`)
    tenant.owners.add(groupId, memberId)
  },
  remove_owner(world, change) {
    const { tenant, groupId, memberId } = requireMembership(world, change)
    if (!tenant.owners.remove(groupId, memberId)) throw new WorldRefusal(`${memberId} does not own that group.`)
    endSchedules(tenant, { groupId, principalId: memberId, accessId: 'owner' }, ['assigned', 'activated'])
  },
  add_group(world, change) {
    const tenant = requireTenant(world, change.tenantId)
    if (!change.displayName) throw new WorldRefusal('The change lacks displayName.')
    const id = change.id?.toLowerCase() ?? createRandom(`${tenant.id}/groups/${tenant.groups.revision}`).guid()
    if (isKnownObject(tenant, id)) throw new WorldRefusal(`${id} exists already.`)
    const { displayName, isAssignableToRole = false } = change
    return addGroup(tenant, { id, displayName, isAssignableToRole })
  },
  delete_group(world, change) {
    const { group, tenant } = requireGroup(world, change)
    forgetGroupAccess(tenant, group.id)
    tenant.groups.delete(group.id)
    tenant.deletedGroups.add({ ...group, deletedDateTime: graphTime(world.now()) })
  },
  rename_group(world, change) {
    const { group, tenant } = requireGroup(world, change)
    if (!change.displayName) throw new WorldRefusal('The change lacks displayName.')
    group.displayName = change.displayName
    tenant.groups.markChanged(group.id)
  },
  hide_members(world, change) {
    const { group, tenant } = requireGroup(world, change)
    group.hiddenMembership = change.hidden ?? true
    tenant.groups.markChanged()
  },
}

/** Finds the group and the principal that a change names. */
export function requireMembership(
  world: World,
  change: Membership,
): { tenant: Tenant; groupId: string; memberId: string } {
  const { group, tenant } = requireGroup(world, change)
  const { principalId } = requireHolder(world, {
    tenantId: tenant.id,
    ...(change.user === undefined ? {} : { user: change.user }),
    ...(change.principalId === undefined ? {} : { principalId: change.principalId }),
  })
  return { tenant, groupId: group.id, memberId: principalId }
}

/** Whether there is an object of any type with this id. */
export function isKnownObject(tenant: Tenant, id: string): boolean {
  return tenant.users.has(id) || tenant.groups.has(id) || tenant.servicePrincipals.has(id) || tenant.devices.has(id)
}
