import { eq, inArray, sql } from 'drizzle-orm'
import { closeDb, getDb, getDbOfEveryOrganisation } from '@/db/client'
import { connections } from '@/db/schema/connections'
import { syncRuns } from '@/db/schema/runs'
import { addSubscriptions } from '@/lib/connections/add-subscriptions'
import { confirmAttempt } from '@/lib/connections/confirm'
import { FRESH_MINUTES } from '@/lib/domain/coverage'
import { stopQueue } from '@/lib/runs/queue'
import { openRuns } from '@/lib/runs/runs'
import { runSync } from '@/lib/sync/run-sync'
import { CONCURRENT_SYNCS } from '@/lib/worker/worker'
import { signInForAttempt } from '@/testing/rolecall'
import { signInAs } from '@/testing/sign-in-as'

// One step of the fleet's bench in a process of its own, which prints JSON: `connect` connects all subscriptions with one
// sign-in; `open` opens a run of each; `work` carries out those that no other such process has taken, as many at a time as a
// worker does; `tell` tells what came of them.

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

/**
 * Opens a run of every connection that has none, as if somebody had asked for it: that reads the directory anew. Or by schedule, as if
 * what was read last were older than what such runs still take. Gives the mark after which everything was written by these runs.
 */
async function open(trigger: 'manual' | 'schedule') {
  const db = await getDbOfEveryOrganisation()
  const all = await db
    .select({ organisationId: connections.organisationId, id: connections.id })
    .from(connections)
    .orderBy(connections.label)
  const organisationId = all[0]?.organisationId ?? ''
  const connectionIds = all.map(({ id }) => id)
  const organisation = await getDb({ organisationId })
  await organisation.transaction((tx) => openRuns(tx, { organisationId, connectionIds, trigger, by: null }))
  if (trigger === 'schedule')
    await db.execute(sql`update shared_readings set began_at = began_at - make_interval(mins => ${FRESH_MINUTES + 1})`)
  await log('DELETE')
  return { mark: await markNow(), runs: connectionIds.length }
}

async function work() {
  const db = await getDbOfEveryOrganisation()
  const waiting = await db
    .select({ organisationId: syncRuns.organisationId, runId: syncRuns.id })
    .from(syncRuns)
    .where(inArray(syncRuns.state, ['queued', 'running']))
    .orderBy(syncRuns.requestedAt, syncRuns.id)
  const beganAt = Date.now()
  const worked = process.cpuUsage()
  // A run that another process has taken is not carried out again.
  const carryOut = async () => {
    for (let run = waiting.shift(); run; run = waiting.shift()) await runSync(run, new AbortController().signal)
  }
  await Promise.all(Array.from({ length: CONCURRENT_SYNCS }, carryOut))
  const { user, system } = process.cpuUsage(worked)
  return {
    ...{ beganAt, endedAt: Date.now(), cpuSeconds: (user + system) / 1e6 },
    peakBytes: process.resourceUsage().maxRSS * 1_024,
  }
}

/** The most entries that the sandbox keeps of its log. */
const WHOLE_LOG = 20_000

async function tell(mark: string) {
  const db = await getDbOfEveryOrganisation()
  const runs = await db
    .select({ state: syncRuns.state, problem: syncRuns.problem, calls: syncRuns.calls })
    .from(syncRuns)
    .where(sql`xmin::text::bigint >= ${mark}::bigint`)
  const failed = runs.flatMap(({ state, problem }) => (state === 'succeeded' ? [] : [problem?.code ?? state]))
  const entries = await log('GET')
  const isWhole = entries.length < WHOLE_LOG
  const { rows } = await db.execute<{ bytes: string }>(sql`select pg_database_size(current_database())::text as bytes`)
  return {
    failed,
    calls: isWhole ? entries.length : runs.reduce((sum, { calls }) => sum + calls, 0),
    graphCalls: isWhole ? entries.filter(({ host }) => host === 'graph.microsoft.com').length : null,
    bytes: isWhole ? entries.reduce((sum, entry) => sum + entry.bytes, 0) : null,
    written: await countRows(mark),
    rows: await countRows(),
    databaseBytes: Number(rows[0]?.bytes),
  }
}

const STEPS: Record<string, (word: string) => Promise<unknown>> = {
  connect: (made) => connect(JSON.parse(made)),
  open: (trigger) => open(trigger === 'schedule' ? trigger : 'manual'),
  work,
  tell,
}
const [step = '', word = ''] = process.argv.slice(2)
const result = await STEPS[step]?.(word)
await stopQueue()
await closeDb()
process.stdout.write(JSON.stringify(result))
