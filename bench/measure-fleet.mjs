import { randomBytes } from 'node:crypto'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { runCommand, stopChildren } from '../scripts/child-processes.mjs'
import { cleanEnvironment } from '../scripts/clean-environment.mjs'
import { freePort } from '../scripts/ports.mjs'
import { nodeBinary } from '../scripts/project.mjs'
import { startPostgres } from '../scripts/start-postgres.mjs'
import { readWhenWritten } from './read-when-written.mjs'
import { startQuietly } from './start-quietly.mjs'
import { temporaryFolder } from './temporary-folder.mjs'

const PORTAL = 'http://localhost:3000'

/** The company that the aims are for; `--size` makes it a share of that, for a first look. */
const COMPANY = { people: 30_000, groups: 2_000, assigned: 200, subscriptions: 100 }

/** Many subscriptions of one tenant, read with one sign-in on PostgreSQL: what is stored, and what an unchanged sync of all costs. */
export async function measureFleet(print) {
  const { values } = parseArgs({ options: { size: { type: 'string', default: '1' } }, strict: false })
  const share = Number(values.size)
  const size = Object.fromEntries(Object.entries(COMPANY).map(([name, count]) => [name, Math.ceil(count * share)]))
  const port = await freePort()
  const url = `http://localhost:${port}`
  const file = join(temporaryFolder(), 'fleet.json')
  try {
    const database = await startPostgres()
    const args = ['--import', 'tsx', 'bench/fleet-sandbox.ts', String(port), PORTAL, file, JSON.stringify(size)]
    await startQuietly('sandbox', `${url}/_sandbox/info`, args, cleanEnvironment())
    const made = await readWhenWritten(file)
    const env = cleanEnvironment({
      ...{ SANDBOX_URL: url, PORTAL_URL: PORTAL, DATABASE_URL: database, LOG_LEVEL: 'silent' },
      ...{ AUTH_SECRET: randomBytes(32).toString('hex'), ENCRYPTION_KEYS: `k1:${randomBytes(32).toString('base64')}` },
      DATA_DIR: temporaryFolder(),
    })
    const run = async (step) => {
      const before = readPostgresCpu()
      const words = ['--import', 'tsx', 'bench/fleet-process.ts', step, JSON.stringify(made)]
      const result = JSON.parse(await runCommand(nodeBinary(), words, { env }))
      return { ...result, databaseCpuSeconds: readPostgresCpu() - before }
    }
    await run('connect')
    const first = await run('sync')
    print({ bench: 'fleet_first', ...size, calls: first.calls, seconds: round(first.seconds), cpu_s: cpuOf(first) })
    const before = await run('tally')
    const unchanged = await run('sync')
    const { statements } = await run('tally')
    print({ bench: 'fleet_rows', value: sum(unchanged.rows), aim: 60_000, ...unchanged.rows })
    print({ bench: 'fleet_db_mb', value: round(unchanged.databaseBytes / 1e6), aim: 80 })
    print({ bench: 'fleet_unchanged_calls', value: unchanged.calls, aim: 750 })
    print({ bench: 'fleet_unchanged_graph_calls', value: unchanged.graphCalls, aim: 50 })
    print({ bench: 'fleet_unchanged_mb', value: round(unchanged.bytes / 1e6), aim: 140 })
    print({ bench: 'fleet_unchanged_cpu_s', value: cpuOf(unchanged), aim: 25, seconds: round(unchanged.seconds) })
    print({ bench: 'fleet_unchanged_rows_written', value: sum(unchanged.written), aim: 0 })
    print({ bench: 'fleet_unchanged_budget_statements', value: statements - before.statements })
    const change = { type: 'add_member', tenantId: made.tenantId, groupId: made.groupId, principalId: made.newMemberId }
    const answer = await fetch(`${url}/_sandbox/changes`, { method: 'POST', body: JSON.stringify(change) })
    if (!answer.ok) throw new Error(await answer.text())
    const added = await run('sync')
    print({ bench: 'fleet_member_added_rows', value: sum(added.written), aim: 10, ...added.written })
  } finally {
    await stopChildren()
  }
}

const sum = (counts) => Object.values(counts).reduce((total, count) => total + count, 0)
const round = (value) => Math.round(value * 10) / 10
const cpuOf = ({ cpuSeconds, databaseCpuSeconds }) => round(cpuSeconds + databaseCpuSeconds)

/** Clock ticks in a second, as Linux counts them in /proc. */
const TICKS = 100

/** Seconds of CPU that all PostgreSQL processes of this machine have used, those that ended included. Linux only; else 0. */
function readPostgresCpu() {
  let ticks = 0
  for (const pid of (existsSync('/proc') ? readdirSync('/proc') : []).filter((name) => /^\d+$/.test(name))) {
    try {
      const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
      if (!stat.includes('(postgres)')) continue
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
      // utime, stime, and those of the children that have ended.
      ticks += fields.slice(11, 15).reduce((sum, field) => sum + Number(field), 0)
    } catch (error) {
      if (error.code !== 'ENOENT' && error.code !== 'ESRCH') throw error
    }
  }
  return ticks / TICKS
}
