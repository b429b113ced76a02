import type { Actor } from '@/db/actor'
import { countAccess } from '@/db/queries/count-access'
import { getConnection } from '@/db/queries/get-connection'
import { listAccess } from '@/db/queries/list-access'
import { listRolesHeld } from '@/db/queries/list-roles-held'

/** What readers see of a connection: the rows, and how many its other parts speak of. */
export type Published = {
  rows: string[]
  tabs: { assignments: number; people: number; roles: number }
  run: { assignments: number | null; people: number | null }
  roles: string[]
}

const EVERYTHING = { search: '', roleId: null, status: null, level: null, cursor: null } as const
const ALL_ROWS = 100_000

/** Reads a connection as its page does: the facts first, then list, counts and roles as of what the facts say. */
export async function readPublished(actor: Actor, connectionId: string): Promise<Published> {
  const connection = await getConnection(actor, connectionId)
  if (!connection) throw new Error('There is no such connection.')
  const [page, counts, roles] = await Promise.all([
    listAccess(actor, connection, { ...EVERYTHING, sort: 'name', direction: 'asc' }, ALL_ROWS),
    countAccess(actor, connection),
    listRolesHeld(actor, connection),
  ])
  return {
    rows: page.rows.map(({ personId, roleName, scope }) => `${personId}|${roleName}|${scope.toLowerCase()}`).sort(),
    tabs: { assignments: counts.assignments, people: counts.people, roles: counts.roles },
    run: { assignments: connection.publishedRun?.assignments ?? 0, people: connection.publishedRun?.people ?? 0 },
    roles: roles.map(({ name, people }) => `${name}: ${people}`).sort(),
  }
}
