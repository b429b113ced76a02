import { setImmediate } from 'node:timers/promises'
import { sql } from 'drizzle-orm'
import { getConnection } from '@/db/queries/connections'
import { parseAccessView } from '@/lib/domain/views'
import { EXPORT_FORMATS, type ExportFormat } from '@/lib/domain/vocabulary'
import { exportFile } from '@/lib/exports/export-file'
import { accessList } from '@/lib/exports/lists'
import { createTestDatabase } from '@/testing/database'
import { createLargeAccess } from '@/testing/large-access'
import { watchMemory } from './watch-memory'

// Exports the people of a subscription in which groups hold so many roles that everyone in them makes a million rows together,
// in a process of its own beside a PostgreSQL, and prints a line of JSON for each format.

const [people = 0, roles = 0] = process.argv.slice(2).map(Number)
const GROUPS = 100

const { db, close } = await createTestDatabase()
const { actor, connection: made } = await createLargeAccess(db, { people, groups: GROUPS, runs: 1, events: 0 })
await db.execute(sql`
  insert into role_definitions (organisation_id, tenant_id, id, name, privilege, sort_name)
  select organisation_id, tenant_id, 'role-' || n, 'Role ' || n, 'reads', 'role ' || n
  from connections, generate_series(1, ${roles - 1}::int) n where id = ${made.id}::uuid`)
await db.execute(sql`
  insert into assignments (organisation_id, node_id, key, tenant_id, principal_id, principal_kind, role_id, scope,
    scope_level, valid_from, from_run_id)
  select organisation_id, node_id, key || n, tenant_id, principal_id, principal_kind, 'role-' || n, scope, scope_level, valid_from,
    from_run_id
  from assignments, generate_series(1, ${roles - 1}::int) n
  where organisation_id = ${actor.organisationId}::uuid and principal_kind = 'group'`)
await db.execute(sql`analyze`)

/** Reads an export to its end as a browser would, and gives what it cost. */
async function measure(format: ExportFormat) {
  const connection = await getConnection(actor, made.id)
  if (!connection) throw new Error('There is no connection.')
  const list = accessList(actor, connection, parseAccessView({}), 'people')
  const began = performance.now()
  const since = () => Math.round(performance.now() - began)
  let [bytes, rows, firstByteMs, firstRowsMs] = [0, 0, 0, 0]
  async function* watchRows() {
    for await (const some of list.cells.rows) {
      firstRowsMs ||= since()
      yield some
    }
  }
  const file = exportFile(actor, { ...list, cells: { ...list.cells, rows: watchRows() }, format }, async (taken) => {
    rows = taken
  })
  for await (const chunk of file) {
    if (bytes === 0) firstByteMs = since()
    bytes += chunk.byteLength
    await setImmediate()
  }
  return { rows, megabytes: Math.round(bytes / 1e6), firstByteMs, firstRowsMs, seconds: Math.round(since() / 100) / 10 }
}

// The first one loads and compiles what all of them need.
await measure('csv')
const memory = await watchMemory()
for (const format of EXPORT_FORMATS) {
  globalThis.gc?.()
  const idle = process.memoryUsage.rss()
  memory.restart()
  const figures = await measure(format)
  const overIdle = Math.round((memory.peak() - idle) / 1e6)
  process.stdout.write(
    `${JSON.stringify({ bench: 'exports', format, ...figures, idle: Math.round(idle / 1e6), overIdle })}\n`,
  )
}
await memory.stop()
await close()
