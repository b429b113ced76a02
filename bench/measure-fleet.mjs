import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { Client } from 'pg'
import { runCommand, stopChildren } from '../scripts/child-processes.mjs'
import { cleanEnvironment } from '../scripts/clean-environment.mjs'
import { freePort } from '../scripts/ports.mjs'
import { nodeBinary } from '../scripts/project.mjs'
import { startPostgres } from '../scripts/start-postgres.mjs'
import { readProcessorSeconds } from './processor-time.mjs'
import { readWhenWritten } from './read-when-written.mjs'
import { startQuietly } from './start-quietly.mjs'
import { temporaryFolder } from './temporary-folder.mjs'

const PORTAL = 'http://localhost:3000'

/** The company that the aims are for; `--size` makes it a share of that, for a first look. */
const COMPANY = { people: 30_000, groups: 2_000, assigned: 200, subscriptions: 100 }
/** The large one of `--large`, with two million assignments in its subscriptions. */
const LARGE = { people: 300_000, groups: 20_000, assigned: 200, subscriptions: 1_000 }
/** Assignments that apply to each subscription, which `--size` leaves as they are. */
const ASSIGNMENTS = { company: 10, large: 2_000 }

/** After so long Microsoft's links tell what has changed since a reading (`lib/directory/remembered.ts`). */
const LINKS_COUNT_MS = 5 * 60_000 + 5_000

/** How often it is told how far the syncs are: those of the large company take hours. */
const PROGRESS_MS = 60_000

/**
 * Many subscriptions of one tenant, read with one sign-in on PostgreSQL: what is stored, and what an unchanged sync of all costs.
 * `--workers` says how many processes sync them: one, or two in the large company. `--steady` waits five minutes after the first
 * sync, and then measures one more that only asks what has changed in the directory.
 */
export async function measureFleet(print) {
  const options = {
    size: { type: 'string', default: '1' },
    workers: { type: 'string' },
    large: { type: 'boolean' },
    steady: { type: 'boolean' },
  }
  const { values } = parseArgs({ options, strict: false, allowPositionals: true })
  const { large = false, workers = large ? '2' : '1' } = values
  const shared = Object.entries(large ? LARGE : COMPANY).map(([name, count]) => [name, Math.ceil(count * values.size)])
  const size = { ...Object.fromEntries(shared), assignments: large ? ASSIGNMENTS.large : ASSIGNMENTS.company }
  const fleet = await startFleet(size)
  try {
    const { made } = fleet
    print({ bench: 'fleet_world', ...size, workers: Number(workers), ...figuresOf(made.world) })
    await fleet.step('connect', JSON.stringify(made))
    const sync = () => syncAll(fleet, Number(workers), print)
    print({ bench: 'fleet_first', ...costOf(await sync()) })
    if (values.steady) await pause(LINKS_COUNT_MS)
    const unchanged = await sync()
    print({ bench: 'fleet_unchanged', ...costOf(unchanged) })
    printAims(print, unchanged, large)
    if (values.steady)
      print({ bench: 'fleet_steady', ...costOf(await syncAll(fleet, Number(workers), print, 'schedule')) })
    const addTo = async (groupId) => {
      const change = { type: 'add_member', tenantId: made.tenantId, groupId, principalId: made.newMemberId }
      const answer = await fetch(`${fleet.url}/_sandbox/changes`, { method: 'POST', body: JSON.stringify(change) })
      if (!answer.ok) throw new Error(await answer.text())
      const { written } = await sync()
      return { value: sum(written), ...written }
    }
    // The first one lies in no other group, the second in three that hold roles at other nodes.
    if (made.plainGroupId) print({ bench: 'fleet_member_added_rows', aim: 10, ...(await addTo(made.plainGroupId)) })
    print({ bench: 'fleet_nested_member_added_rows', ...(await addTo(made.groupId)) })
  } finally {
    await fleet.database.end()
    await stopChildren()
  }
}

/** A sandbox with the company, a database, and a way to run a step of `fleet-process.ts` on both. */
async function startFleet(size) {
  const port = await freePort()
  const url = `http://localhost:${port}`
  const file = join(temporaryFolder(), 'fleet.json')
  const connectionString = await startPostgres()
  const database = new Client({ connectionString })
  await database.connect()
  const { rows } = await database.query(`select split_part(pg_read_file('postmaster.pid'), e'\\n', 1)::int as pid`)
  const args = ['--import', 'tsx', 'bench/fleet-sandbox.ts', String(port), PORTAL, file, JSON.stringify(size)]
  await startQuietly('sandbox', `${url}/_sandbox/info`, args, cleanEnvironment())
  const made = await readWhenWritten(file)
  const env = cleanEnvironment({
    ...{ SANDBOX_URL: url, PORTAL_URL: PORTAL, DATABASE_URL: connectionString, LOG_LEVEL: 'silent' },
    ...{ AUTH_SECRET: randomBytes(32).toString('hex'), ENCRYPTION_KEYS: `k1:${randomBytes(32).toString('base64')}` },
    DATA_DIR: temporaryFolder(),
  })
  const step = async (...words) =>
    JSON.parse(await runCommand(nodeBinary(), ['--import', 'tsx', 'bench/fleet-process.ts', ...words], { env }))
  return { url, made, database, databasePid: rows[0].pid, step }
}

/** Syncs all subscriptions, each once, with so many processes at a time, and gives what it cost. */
async function syncAll({ made, database, databasePid, step }, workers, print, trigger = 'manual') {
  const { mark, runs } = await step('open', trigger)
  const telling = setInterval(async () => {
    const { rows } = await database.query(
      `select count(*)::int as left from sync_runs where state in ('queued', 'running')`,
    )
    print({ bench: 'fleet_progress', of: runs, ...rows[0] })
  }, PROGRESS_MS)
  const before = [made.pid, databasePid].map(readProcessorSeconds)
  const worked = await Promise.all(Array.from({ length: workers }, () => step('work')))
  clearInterval(telling)
  const [sandboxCpu, databaseCpu] = [made.pid, databasePid].map(
    (pid, index) => readProcessorSeconds(pid) - before[index],
  )
  const ended = Math.max(...worked.map(({ endedAt }) => endedAt))
  return {
    ...(await step('tell', mark)),
    seconds: (ended - Math.min(...worked.map(({ beganAt }) => beganAt))) / 1_000,
    workerCpu: worked.reduce((total, { cpuSeconds }) => total + cpuSeconds, 0),
    ...{ sandboxCpu, databaseCpu },
    peakBytes: worked.map(({ peakBytes }) => peakBytes),
  }
}

const sum = (counts) => Object.values(counts).reduce((total, count) => total + count, 0)
const round = (value) => Math.round(value * 10) / 10
const megabytes = (bytes) => (bytes === null ? null : round(bytes / 1e6))

const figuresOf = ({ bytes, seconds, ...figures }) => ({ ...figures, made_in_s: round(seconds), mb: megabytes(bytes) })

/** Where the time went, and the memory: of the workers, each at its peak. Syncs that failed are named by their problem. */
const costOf = ({
  failed,
  calls,
  graphCalls,
  seconds,
  workerCpu,
  databaseCpu,
  sandboxCpu,
  peakBytes,
  bytes,
  written,
}) => ({
  ...(failed.length > 0 ? { failed } : {}),
  ...{ calls, graph_calls: graphCalls, seconds: round(seconds), mb_read: megabytes(bytes), rows_written: sum(written) },
  ...{ worker_cpu_s: round(workerCpu), database_cpu_s: round(databaseCpu), sandbox_cpu_s: round(sandboxCpu) },
  worker_peak_mb: peakBytes.map(megabytes),
})

/** The figures that have aims; those are for the company, not for the large one. */
function printAims(print, { rows, databaseBytes, calls, graphCalls, bytes, workerCpu, databaseCpu, written }, large) {
  const aim = (value) => (large ? {} : { aim: value })
  print({ bench: 'fleet_rows', value: sum(rows), ...aim(60_000), ...rows })
  print({ bench: 'fleet_db_mb', value: megabytes(databaseBytes), ...aim(80) })
  print({ bench: 'fleet_unchanged_calls', value: calls, ...aim(750) })
  print({ bench: 'fleet_unchanged_graph_calls', value: graphCalls, ...aim(50) })
  print({ bench: 'fleet_unchanged_mb', value: megabytes(bytes), ...aim(140) })
  print({ bench: 'fleet_unchanged_cpu_s', value: round(workerCpu + databaseCpu), ...aim(25) })
  print({ bench: 'fleet_unchanged_rows_written', value: sum(written), aim: 0 })
}
