import { setImmediate } from 'node:timers/promises'
import type { Actor } from '@/db/actor'
import type { ConnectionFacts } from '@/db/queries/connections'
import { ALL_PEOPLE, countHolders, listHolders } from '@/db/queries/holders'
import { listRolesHeld } from '@/db/queries/roles'
import type { Cursor } from '@/lib/domain/views'
import { accessLines } from './access-lines'
import { accessOf } from './shown-access'

/** What readers see of one result. */
export type ResultSeen = {
  /** Each with how many roles they have. */
  people: string[]
  roles: string[]
  counts: { people: number; ofRun: number; assignments: number }
  /** How somebody has what they have, by person: of those whose pages were opened. */
  access: Record<string, string[]>
}

/** Several pages for the people of a test, one after another. */
const ROWS_OF_PAGE = 6

/**
 * Reads a result as the requests of its readers do: page after page of people, what somebody on each page has, the roles and the
 * counts, all as of what the facts say that were read before.
 */
export async function readResult(actor: Actor, connection: ConnectionFacts): Promise<ResultSeen> {
  const people: string[] = []
  const access: ResultSeen['access'] = {}
  let cursor: Cursor | null = null
  do {
    const page = await listHolders(actor, connection, { ...ALL_PEOPLE, cursor }, ROWS_OF_PAGE)
    for (const { principalId, grants } of page.rows) people.push(`${principalId}: ${grants}`)
    const somebody = page.rows[Math.floor(Math.random() * page.rows.length)]?.principalId
    if (somebody) access[somebody] = accessLines((await accessOf(actor, connection, somebody)).access)
    cursor = page.next
    await setImmediate() // the embedded engine never leaves the event loop by itself, so the network would wait
  } while (cursor)
  const roles = await listRolesHeld(actor, connection)
  return {
    people: people.sort(),
    roles: roles
      .filter((role) => role.people + role.eligible > 0)
      .map((role) => `${role.id}: ${role.people} hold it, ${role.eligible} can activate it`)
      .sort(),
    counts: {
      people: await countHolders(actor, connection, ALL_PEOPLE),
      ofRun: connection.publishedRun?.people ?? 0,
      assignments: connection.publishedRun?.assignments ?? 0,
    },
    access,
  }
}
