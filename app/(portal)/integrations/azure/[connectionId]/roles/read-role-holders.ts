import type { Actor } from '@/db/actor'
import { listMatchingGrants } from '@/db/queries/grants'
import { listRoleHolders, type RoleHeld, type RoleHolder } from '@/db/queries/roles'
import type { Snapshot } from '@/db/queries/snapshot'

export type RoleHolders = {
  /** Who hold the role now, outright or activated. */
  held: RoleHolder[]
  /** Who could activate it, and do not hold it now. */
  eligible: RoleHolder[]
}

/** The first people of each role, by its ID: those who hold it apart from those who could only activate it. */
export async function readRoleHolders(actor: Actor, snapshot: Snapshot, roles: RoleHeld[]) {
  const people = await listRoleHolders(actor, snapshot)
  // Where nobody could only activate a role, all of its people hold it, and no grant has to be looked at.
  const mixed = new Set(roles.filter(({ eligible }) => eligible > 0).map(({ id }) => id))
  const asked = people.filter(({ roleId }) => mixed.has(roleId))
  const grants = await listMatchingGrants(actor, snapshot, [...new Set(asked.map(({ personId }) => personId))], {
    roleIds: [...mixed],
    held: 'held',
  })
  const holding = new Set(grants.map(({ roleId, principalId }) => `${roleId} ${principalId}`))
  const isHeld = ({ roleId, personId }: RoleHolder) => !mixed.has(roleId) || holding.has(`${roleId} ${personId}`)

  const byRole = new Map<string, RoleHolders>()
  for (const person of people) {
    const lists = byRole.get(person.roleId) ?? { held: [], eligible: [] }
    lists[isHeld(person) ? 'held' : 'eligible'].push(person)
    byRole.set(person.roleId, lists)
  }
  return byRole
}
