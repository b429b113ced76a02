import { deleteUser, touchUser } from './build'
import type { ChangeHandlers } from './change-handlers'
import { personOf, tenantOf, type Who } from './named-in-change'
import type { Traits } from './types'
import { UnknownThing } from './unknown-thing'
import type { World } from './world'

export type PeopleChange =
  | ({ type: 'disable' } & Who)
  | ({ type: 'enable' } & Who)
  | ({ type: 'delete'; permanently?: boolean } & Who)
  | ({ type: 'restore' } & Who)
  | ({ type: 'rename'; displayName?: string; mail?: string | null; userPrincipalName?: string } & Who)
  | ({ type: 'set_traits'; traits: Traits } & Who)
  | ({ type: 'set_sign_in'; lastSignInDateTime: string | null } & Who)
  | { type: 'revoke_sessions'; user?: string; tenantId?: string }

function setEnabled(world: World, who: Who, enabled: boolean): void {
  const { user, tenant } = personOf(world, who)
  user.accountEnabled = enabled
  touchUser(tenant, user)
}

function restore(world: World, who: Who): void {
  for (const tenant of who.tenantId ? [tenantOf(world, who.tenantId)] : world.tenants.values()) {
    const user = tenant.deletedUsers.get(String(who.user).toLowerCase())
    if (!user) continue
    tenant.deletedUsers.delete(user.id)
    user.deletedDateTime = null
    tenant.users.add(user)
    touchUser(tenant, user)
    return
  }
  throw new UnknownThing(`There is no deleted person ${who.user}.`)
}

/** What can happen to people. Whoever is deleted keeps their assignments, as in Azure. */
export const changePeople: ChangeHandlers<PeopleChange> = {
  disable: (world, change) => setEnabled(world, change, false),
  enable: (world, change) => setEnabled(world, change, true),
  delete(world, change) {
    const { user, tenant } = personOf(world, change)
    deleteUser(tenant, user, `${new Date(world.now()).toISOString().slice(0, 19)}Z`, change.permanently)
  },
  restore,
  rename(world, change) {
    const { user, tenant } = personOf(world, change)
    if (change.displayName !== undefined) user.displayName = change.displayName
    if (change.mail !== undefined) user.mail = change.mail
    if (change.userPrincipalName !== undefined) user.userPrincipalName = change.userPrincipalName
    touchUser(tenant, user)
  },
  set_traits(world, change) {
    const { user, tenant } = personOf(world, change)
    user.traits = change.traits
    touchUser(tenant, user)
    return null
  },
  set_sign_in(world, change) {
    const { user, tenant } = personOf(world, change)
    const at = change.lastSignInDateTime
    if (at !== null && Number.isNaN(Date.parse(at))) throw new UnknownThing('lastSignInDateTime is not a time.')
    user.lastSignInDateTime = at
    touchUser(tenant, user)
  },
  revoke_sessions(world, change) {
    const at = world.now()
    const people = change.user
      ? [personOf(world, { user: change.user, ...(change.tenantId ? { tenantId: change.tenantId } : {}) }).user]
      : tenantOf(world, change.tenantId ?? '').users.list()
    for (const user of people) user.tokensValidFrom = at
  },
}
