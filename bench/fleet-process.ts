import { eq, inArray, sql } from 'drizzle-orm'
import { closeDb, getDb, getDbOfEveryOrganisation } from '@/db/client'
import { connections } from '@/db/schema/connections'
import { syncRuns } from '@/db/schema/runs'
import { addSubscriptions } from '@/lib/connections/add-subscriptions'
import { confirmAttempt } from '@/lib/connections/confirm'
import { stopQueue } from '@/lib/runs/queue'
import { openRuns } from '@/lib/runs/runs'
import { runSync } from '@/lib/sync/run-sync'
import { CONCURRENT_SYNCS } from '@/lib/worker/worker'
import { signInForAttempt } from '@/testing/rolecall'
import { signInAs } from '@/testing/sign-in-as'

// One step of the fleet's bench in a process of its own, which prints JSON: `connect` connects all subscriptions with one
// sign-in; `sync` syncs all of them, as many at a time as a worker does, and tells what it cost.

type Made = {
  tenantId: string
  accounts: { username: string; kind: string }[]
  subscriptions: { id: string }[]
}

/** The tables whose rows are counted, all of which grow with what is read. */
const TABLES = [
  ...['assignments', 'deny_assignments', 'directory_groups', 'group_members', 'group_owners', 'group_nesting'],
  ...['holders', 'principals', 'role_definitions', 'nodes', 'connection_nodes'],
]

const log = async (method: 'GET' | 'DELETE') => {
  const answer = await fetch(`${process.env.SANDBOX_URL}/_sandbox/log`, { method })
  return (await answer.json()) as { host: string; bytes: number }[]
}

async function connect(made: Made) {
  const actor = await signInAs({ tenantId: made.tenantId })
  const owner = made.accounts.find(({ kind }) => kind === 'owner')
  const [first, ...rest] = made.subscriptions
  if (!owner || !first) throw new Error('The world lacks an owner or a subscription.')
  const optional = ['GroupMember.Read.All' as const]
  const attemptId = await signInForAttempt(actor, first.id, owner.username, { optional })
  const confirmed = await confirmAttempt(actor, attemptId, { alsoSubscriptionIds: [] })
  const [connectionId = ''] = confirmed.kind === 'connected' ? confirmed.connectionIds : []
  const db = await getDb(actor)
  const [connection] = await db.select().from(connections).where(eq(connections.id, connectionId))
  if (!connection) throw new Error(`Not connected: ${JSON.stringify(confirmed)}`)
  const ids = rest.map(({ id }) => id)
  const added = await addSubscriptions(actor, connection.accountId, ids)
  if (added.kind !== 'added' || added.connectionIds.length !== ids.length) throw new Error(JSON.stringify(added))
  return {}
}

/** Rows of each table; with a mark of {@link markNow} only those that were written since then, by whatever statement. */
async function countRows(mark?: string): Promise<Record<string, number>> {
  const db = await getDbOfEveryOrganisation()
  const isCounted = mark ? sql`xmin::text::bigint >= ${mark}::bigint` : sql`true`
  const counts = TABLES.map(
    (table) => sql`select ${table} as name, count(*)::int as rows from ${sql.identifier(table)} where ${isCounted}`,
  )
  const { rows } = await db.execute<{ name: string; rows: number }>(sql.join(counts, sql` union all `))
  return Object.fromEntries(rows.filter((one) => one.rows > 0).map((one) => [one.name, one.rows]))
}

async function markNow(): Promise<string> {
  const db = await getDbOfEveryOrganisation()
  const { rows } = await db.execute<{ mark: string }>(sql`select txid_current()::text as mark`)
  return rows[0]?.mark ?? '0'
}

async function sync() {
  const db = await getDbOfEveryOrganisation()
  const all = await db
    .select({ organisationId: connections.organisationId, id: connections.id })
    .from(connections)
    .orderBy(connections.label)
  const organisationId = all[0]?.organisationId ?? ''
  const connectionIds = all.map(({ id }) => id)
  const organisation = await getDb({ organisationId })
  await organisation.transaction((tx) => openRuns(tx, { organisationId, connectionIds, trigger: 'schedule', by: null }))
  const open = await db
    .select({ id: syncRuns.id })
    .from(syncRuns)
    .where(inArray(syncRuns.state, ['queued', 'running']))
  const mark = await markNow()
  await log('DELETE')
  const began = performance.now()
  const worked = process.cpuUsage()
  const waiting = open.map(({ id }) => id)
  const work = async () => {
    for (let runId = waiting.shift(); runId; runId = waiting.shift())
      await runSync({ organisationId, runId }, new AbortController().signal)
  }
  await Promise.all(Array.from({ length: CONCURRENT_SYNCS }, work))
  const seconds = (performance.now() - began) / 1000
  const { user, system } = process.cpuUsage(worked)
  const failed = await db
    .select({ problem: syncRuns.problem })
    .from(syncRuns)
    .where(
      inArray(
        syncRuns.id,
        open.map(({ id }) => id),
      ),
    )
  const problems = failed.flatMap(({ problem }) => (problem ? [problem.code] : []))
  if (problems.length > 0) throw new Error(`Syncs failed: ${problems.join(', ')}`)
  const entries = await log('GET')
  const { rows } = await db.execute<{ bytes: string }>(sql`select pg_database_size(current_database())::text as bytes`)
  return {
    seconds,
    cpuSeconds: (user + system) / 1e6,
    calls: entries.length,
    graphCalls: entries.filter(({ host }) => host === 'graph.microsoft.com').length,
    bytes: entries.reduce((sum, entry) => sum + entry.bytes, 0),
    written: await countRows(mark),
    rows: await countRows(),
    databaseBytes: Number(rows[0]?.bytes),
  }
}

const [step = '', made = '{}'] = process.argv.slice(2)
const result = step === 'connect' ? await connect(JSON.parse(made)) : await sync()
await stopQueue()
await closeDb()
process.stdout.write(JSON.stringify(result))
