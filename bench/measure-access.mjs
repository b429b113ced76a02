import { join } from 'node:path'
import { runCommand, stopChildren } from '../scripts/child-processes.mjs'
import { cleanEnvironment } from '../scripts/clean-environment.mjs'
import { freePort } from '../scripts/ports.mjs'
import { nodeBinary } from '../scripts/project.mjs'
import { readWhenWritten } from './read-when-written.mjs'
import { startQuietly } from './start-quietly.mjs'
import { temporaryFolder } from './temporary-folder.mjs'

const PORTAL = 'http://localhost:3000'
const GROUPS = ['GroupMember.Read.All']

/** Opens groups: in a large directory, and a group of 50,000; what it costs in calls, time and memory, and what is stored. */
export async function measureAccess(print) {
  const port = await freePort()
  const url = `http://localhost:${port}`
  const file = join(temporaryFolder(), 'worlds.json')
  try {
    const args = ['--import', 'tsx', 'bench/access-sandbox.ts', String(port), PORTAL, file]
    await startQuietly('sandbox', `${url}/_sandbox/info`, args, cleanEnvironment())
    const worlds = await readWhenWritten(file)
    const tiny = await makeTiny(url)

    const wide = await sync(url, tiny, worlds.wide)
    print({
      bench: 'calls with 50 groups opened, in a tenant of 20,000 users and 3,000 groups',
      assignments: wide.first.assignments,
      calls: wide.first.calls,
      plan: wide.first.plan,
      seconds: round(wide.first.seconds),
      aim: 20,
    })
    for (const name of ['small', 'medium', 'large']) {
      const { first, second, idle, peak, rows, stored, written } = await sync(url, tiny, worlds[name])
      print({
        bench: `a group of ${worlds[name].figures?.largestGroup ?? first.people} members`,
        size: name,
        assignments: first.assignments,
        people: first.people,
        calls: first.calls,
        seconds: round(first.seconds),
        cpuSeconds: round(first.cpuSeconds),
        aimSeconds: 10,
        overIdleMB: Math.round((peak - idle) / 1e6),
        aimMB: 250,
        unchangedSeconds: round(second.seconds),
        longestStopOfAReaderMs: Math.round(first.longestStopMs),
        aimMs: 200,
        longestStopUnchangedMs: Math.round(second.longestStopMs),
        aimUnchangedMs: 100,
        rowsWritten: written,
      })
      const law = rows.assignments + rows.members + rows.nesting + rows.groups + rows.holders + rows.principals
      print({
        bench: 'rows stored',
        size: name,
        ...rows,
        stored,
        byTheLaw: law + (rows.roles ?? 0) + (rows.denials ?? 0),
      })
    }
  } finally {
    await stopChildren()
  }
}

async function sync(url, tiny, large) {
  const settings = { SANDBOX_URL: url, PORTAL_URL: PORTAL, DATA_DIR: temporaryFolder(), LOG_LEVEL: 'silent' }
  const env = cleanEnvironment(settings)
  const run = async (step) => {
    const args = ['--expose-gc', '--import', 'tsx', 'bench/sync-process.ts', JSON.stringify(step)]
    return JSON.parse(await runCommand(nodeBinary(), args, { env }))
  }
  const connected = await run({ step: 'prepare', tiny, large, optional: GROUPS })
  return run({ step: 'measure', ...connected, latencyMs: 0 })
}

async function makeTiny(url) {
  const body = JSON.stringify({ seed: crypto.randomUUID(), people: 5, assignments: 15 })
  return (await fetch(`${url}/_sandbox/worlds`, { method: 'POST', body })).json()
}

const round = (seconds) => Math.round(seconds * 100) / 100
