import { eq, inArray, sql } from 'drizzle-orm'
import { closeDb, getDb, getDbOfEveryOrganisation } from '@/db/client'
import { connections } from '@/db/schema/connections'
import { syncRuns } from '@/db/schema/runs'
import { addSubscriptions } from '@/lib/connections/add-subscriptions'
import { confirmAttempt } from '@/lib/connections/confirm'
import type { RunTrigger } from '@/lib/domain/vocabulary'
import { type SyncJob, stopQueue } from '@/lib/runs/queue'
import { openRuns } from '@/lib/runs/runs'
import { runSync } from '@/lib/sync/run-sync'
import { CONCURRENT_SYNCS } from '@/lib/worker/worker'
import { signInForAttempt } from '@/testing/rolecall'
import { signInAs } from '@/testing/sign-in-as'

// One step of the fleet's bench in a process of its own, which prints JSON: `connect` connects all subscriptions with one
// sign-in; `sync` syncs all of them, as many at a time as a worker does, and tells what it cost. For throttling
// `first_half` and `second_half` sync a half by hand, `tally` tells how the syncs ended, and `drop_budgets` takes away the table
// through which workers share their budgets, which leaves each to its own 429s.

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

async function listConnections() {
  const db = await getDbOfEveryOrganisation()
  return db
    .select({ organisationId: connections.organisationId, id: connections.id })
    .from(connections)
    .orderBy(connections.label)
}

/** Opens a run of each of these subscriptions. */
async function open(trigger: RunTrigger, all: Awaited<ReturnType<typeof listConnections>>): Promise<SyncJob[]> {
  const organisationId = all[0]?.organisationId ?? ''
  const connectionIds = all.map(({ id }) => id)
  const db = await getDb({ organisationId })
  return db.transaction((tx) => openRuns(tx, { organisationId, connectionIds, trigger, by: null }))
}

async function listOpen(): Promise<SyncJob[]> {
  const db = await getDbOfEveryOrganisation()
  return db
    .select({ organisationId: syncRuns.organisationId, runId: syncRuns.id })
    .from(syncRuns)
    .where(inArray(syncRuns.state, ['queued', 'running']))
    .orderBy(syncRuns.id)
}

/** Syncs every second subscription by hand, one after the other, so that each run reads its groups anew. */
async function syncHalf(which: number) {
  for (const [index, connection] of (await listConnections()).entries())
    if (index % 2 === which) await carryOut(await open('manual', [connection]))
  return {}
}

/** Carries out these runs, as many at a time as a worker does. */
async function carryOut(runs: SyncJob[]) {
  const waiting = [...runs]
  const work = async () => {
    for (let run = waiting.shift(); run; run = waiting.shift()) await runSync(run, new AbortController().signal)
  }
  await Promise.all(Array.from({ length: CONCURRENT_SYNCS }, work))
}

/** How the last run of each subscription ended, and how often anybody wrote to the shared budgets so far. */
async function tally() {
  const db = await getDbOfEveryOrganisation()
  const { rows: ended } = await db.execute<{ state: string; runs: number }>(sql`
    select coalesce(problem->>'code', state) as state, count(*)::int as runs
    from (select distinct on (connection_id) state, problem from sync_runs
      order by connection_id, requested_at desc) as latest group by 1`)
  const { rows: draws } = await db.execute<{ statements: number }>(sql`
    select coalesce(sum(n_tup_ins + n_tup_upd), 0)::int as statements
    from pg_stat_user_tables where relname = 'request_budgets'`)
  return { ended: Object.fromEntries(ended.map(({ state, runs }) => [state, runs])), ...draws[0] }
}

async function dropBudgets() {
  const db = await getDbOfEveryOrganisation()
  await db.execute(sql`drop table request_budgets`)
  return {}
}

async function sync() {
  const db = await getDbOfEveryOrganisation()
  await open('schedule', await listConnections())
  const runs = await listOpen()
  const mark = await markNow()
  await log('DELETE')
  const began = performance.now()
  const worked = process.cpuUsage()
  await carryOut(runs)
  const seconds = (performance.now() - began) / 1000
  const { user, system } = process.cpuUsage(worked)
  const failed = await db
    .select({ problem: syncRuns.problem })
    .from(syncRuns)
    .where(
      inArray(
        syncRuns.id,
        runs.map(({ runId }) => runId),
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
const steps: Record<string, () => Promise<object>> = {
  connect: () => connect(JSON.parse(made)),
  first_half: () => syncHalf(0),
  second_half: () => syncHalf(1),
  tally,
  drop_budgets: dropBudgets,
  sync,
}
const result = await steps[step]?.()
await stopQueue()
await closeDb()
process.stdout.write(JSON.stringify(result))
