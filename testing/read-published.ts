import type { Actor } from '@/db/actor'
import { getConnection } from '@/db/queries/connections'
import { listMatchingGrants } from '@/db/queries/grants'
import { ALL_PEOPLE, countHolders, listHolders } from '@/db/queries/holders'
import { listRolesHeld } from '@/db/queries/roles'

/** What readers see of a connection: the rows, and how many its other parts speak of. */
export type Published = {
  rows: string[]
  tabs: { assignments: number; people: number; roles: number }
  run: { assignments: number | null; people: number | null }
  roles: string[]
}

const ALL_ROWS = 100_000

/** Reads a connection as its page does: the facts first, then list, grants, counts and roles as of what the facts say. */
export async function readPublished(actor: Actor, connectionId: string): Promise<Published> {
  const connection = await getConnection(actor, connectionId)
  if (!connection) throw new Error('There is no such connection.')
  const [page, people, roles] = await Promise.all([
    listHolders(actor, connection, ALL_PEOPLE, ALL_ROWS),
    countHolders(actor, connection, ALL_PEOPLE),
    listRolesHeld(actor, connection),
  ])
  const ids = page.rows.map(({ principalId }) => principalId)
  const grants = await listMatchingGrants(actor, connection, ids)
  return {
    rows: grants.map(({ principalId, roleName, scope }) => `${principalId}|${roleName}|${scope.toLowerCase()}`).sort(),
    tabs: { assignments: page.rows.reduce((sum, row) => sum + row.grants, 0), people, roles: roles.length },
    run: { assignments: connection.publishedRun?.assignments ?? 0, people: connection.publishedRun?.people ?? 0 },
    roles: roles.map((role) => `${role.name}: ${role.people}`).sort(),
  }
}
