import { setImmediate } from 'node:timers/promises'
import { parse } from 'csv-parse/sync'
import { DrizzleQueryError } from 'drizzle-orm'
import type { Actor } from '@/db/actor'
import { getConnection } from '@/db/queries/connections'
import { ALL_PEOPLE, countHolders, listHolders } from '@/db/queries/holders'
import { getPersonAccess } from '@/db/queries/person-access'
import { countFacets } from '@/db/queries/result'
import { listRolesHeld } from '@/db/queries/roles'
import type { Snapshot } from '@/db/queries/snapshot'
import { tellsOfCut } from '@/db/server-statements'
import { explainAccess } from '@/lib/domain/access-paths'
import { accessTable } from '@/lib/exports/access'
import { toCsvFile } from '@/lib/exports/csv'
import { cellsOf } from '@/lib/exports/table'
import { armedWork } from './armed-work'

const ALL_ROWS = 1_000

/** What readers see of a connection at one moment, without names, which are not versioned. `text` is all of it. */
export type Reading = { publishedAt: string | null; state: string; text: string; disagreements: string[] }

/**
 * Reads a connection as its pages do: facts first, then lists, counts, roles, one person's own page and the export as of
 * what the facts say. Null when the connection is not there, or was ended while it was read.
 */
export async function readAsPagesDo(actor: Actor, connectionId: string, turn = 0): Promise<Reading | null> {
  const connection = await getConnection(actor, connectionId)
  if (!connection) return null
  const [people, others, groups] = await Promise.all(
    (['people', 'others', 'groups'] as const).map((who) =>
      listHolders(actor, connection, { ...ALL_PEOPLE, who }, ALL_ROWS),
    ),
  )
  const [counted, facets, roles] = await Promise.all([
    countHolders(actor, connection, ALL_PEOPLE),
    countFacets(actor, connection),
    listRolesHeld(actor, connection),
  ])
  const rows = [people, others, groups].flatMap((page) => page?.rows ?? [])
  const disagreements: string[] = []
  const listed = people?.rows.length ?? 0
  if (listed !== counted) disagreements.push(`${listed} people are listed, and ${counted} are counted.`)
  const one = rows.length > 0 ? rows[turn % rows.length] : undefined
  if (one && one.kind !== 'group') {
    const access = await getPersonAccess(actor, connection, one.principalId)
    const explained = access ? explainAccess(access).length : null
    if (explained !== one.grants)
      disagreements.push(`${one.principalId} is listed with ${one.grants} roles, and the own page has ${explained}.`)
  }
  const exported = await readExport(actor, connection)
  const withRoles = new Set(
    (people?.rows ?? []).filter(({ grants }) => grants > 0).map(({ principalId }) => principalId),
  )
  for (const id of withRoles.symmetricDifference(exported.people))
    disagreements.push(`${id} is either listed or exported, and not both.`)

  const after = await getConnection(actor, connectionId)
  if (after?.state !== connection.state) return null
  const text = JSON.stringify([
    rows.map(({ principalId, kind, status, grants }) => [principalId, kind, status, grants]).sort(),
    roles.map((role) => [role.id, role.people, role.others]).sort(),
    facets,
    exported.rows,
  ])
  return { publishedAt: connection.publishedAt?.toISOString() ?? null, state: connection.state, text, disagreements }
}

/** Few enough that an export of a small world is read in more than one piece. */
const EXPORT_BATCH = 6

/** The export of all people, read to its end: how many rows it has, and whom it names. */
export async function readExport(actor: Actor, snapshot: Snapshot): Promise<{ rows: number; people: Set<string> }> {
  const table = accessTable(actor, { snapshot, coverage: [] }, ALL_PEOPLE, EXPORT_BATCH)
  const text = Buffer.concat(await Array.fromAsync(toCsvFile(cellsOf(table)))).toString()
  const rows = parse(text, { bom: true, columns: true }) as { object_id: string }[]
  return { rows: rows.length, people: new Set(rows.map((row) => row.object_id)) }
}

/** Readings that a reader makes in one step at most, so that they do not take the time of what they watch. */
const READINGS = 3

/** A connection that a fault broke may have gone back to the pool before that was noticed; whatever else fails is a find. */
function passLostConnection(error: unknown): null {
  if (tellsOfCut(error)) return null
  throw error
}

/**
 * Reads again and again while work goes on, and gives the readings. Only where the server crashes may the database refuse
 * a reading, which is then not counted: a page says so.
 */
export function watch(actor: Actor, connectionId: string, { serverCrashes }: { serverCrashes: boolean }) {
  if (armedWork()) throw new Error('Readers watch from outside of the work.')
  let watching = true
  const readings: Reading[] = []
  const reading = (async () => {
    for (let turn = 0; watching && turn < READINGS; turn++) {
      const found = await readAsPagesDo(actor, connectionId, turn).catch((error: unknown) => {
        if (serverCrashes && error instanceof DrizzleQueryError) return null
        return passLostConnection(error)
      })
      if (found) readings.push(found)
      await setImmediate() // the embedded engine never leaves the event loop by itself, so the network would wait
    }
  })()
  // It may fail long before anybody asks for it, and is thrown then.
  reading.catch(() => undefined)
  return {
    async stop(): Promise<Reading[]> {
      watching = false
      await reading
      return readings
    },
  }
}
