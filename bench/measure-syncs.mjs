import { runCommand, stopChildren } from '../scripts/child-processes.mjs'
import { cleanEnvironment } from '../scripts/clean-environment.mjs'
import { freePort } from '../scripts/ports.mjs'
import { nodeBinary } from '../scripts/project.mjs'
import { longestChain } from './longest-chain.mjs'
import { roundTrips } from './round-trips.mjs'
import { startQuietly } from './start-quietly.mjs'
import { temporaryFolder } from './temporary-folder.mjs'

const ASSIGNMENTS = 4_000
const PEOPLE = 2_500
const PAGE_SIZE = 1_000
const LATENCY_MS = 100
const PORTAL = 'http://localhost:3000'

/** Syncs a large subscription without and with latency, each in a process of its own; the sandbox is in a third. */
export async function measureSyncs(print) {
  const port = await freePort()
  const args = ['--import', 'tsx', 'sandbox/serve.ts', '--port', String(port), '--portal', PORTAL]
  const url = `http://localhost:${port}`
  try {
    await startQuietly('sandbox', `${url}/_sandbox/info`, args, cleanEnvironment())
    const near = await syncInOwnProcess(url, 0)
    const of = { assignments: near.first.assignments, people: near.first.people, pageSize: PAGE_SIZE }
    const kinds = Object.fromEntries(
      Object.entries(Object.groupBy(near.first.log, kindOf)).map(([k, v]) => [k, v.length]),
    )
    print({
      bench: 'calls of a first sync',
      ...of,
      calls: near.first.calls,
      seenByTheSandbox: near.first.log.length,
      kinds,
      aim: 20,
    })
    print({
      bench: 'first sync',
      latencyMs: 0,
      seconds: round(near.first.seconds),
      cpuSeconds: round(near.first.cpuSeconds),
      aim: 2,
    })
    const far = await syncInOwnProcess(url, LATENCY_MS)
    const chain = longestChain(far.first.log)
    const chainSeconds = (chain.calls * LATENCY_MS) / 1000
    print({
      bench: 'first sync',
      latencyMs: LATENCY_MS,
      seconds: round(far.first.seconds),
      cpuSeconds: round(far.first.cpuSeconds),
      chain: chain.calls,
      links: chain.links,
      roundTrips: roundTrips(far.first.log),
      chainSeconds,
      ratio: round(far.first.seconds / chainSeconds),
      aim: 1.3,
    })
    print({
      bench: 'unchanged second sync',
      seconds: round(near.second.seconds),
      calls: near.second.calls,
      rowsStored: near.stored,
      rowsWritten: near.written,
      aim: 0,
    })
    print({ bench: 'rows written after ten assignments were made', rowsStored: near.stored, ...near.writtenByTen })
    const megabytes = (bytes) => Math.round(bytes / 1e6)
    print({
      bench: 'memory of a first sync',
      idleMB: megabytes(near.idle),
      peakMB: megabytes(near.peak),
      overIdleMB: megabytes(near.peak - near.idle),
      aim: 100,
    })
  } finally {
    await stopChildren()
  }
}

async function syncInOwnProcess(url, latencyMs) {
  const dataDir = temporaryFolder()
  const settings = { SANDBOX_URL: url, PORTAL_URL: PORTAL, DATA_DIR: dataDir, LOG_LEVEL: 'silent' }
  const env = cleanEnvironment(settings)
  const run = async (step) => {
    const args = ['--expose-gc', '--import', 'tsx', 'bench/sync-process.ts', JSON.stringify(step)]
    return JSON.parse(await runCommand(nodeBinary(), args, { env }))
  }
  const tiny = await makeWorld(url, { people: 5, assignments: 15 })
  const connected = await run({ step: 'prepare', tiny, large: await largeWorld(url) })
  return run({ step: 'measure', ...connected, latencyMs })
}

/** The accounts of a made tenant hold roles too, so they count among the people who hold one. */
async function largeWorld(url) {
  const bare = await makeWorld(url, { people: 0, assignments: 0 })
  const truth = await (await fetch(`${url}/_sandbox/truth/${bare.subscriptions[0].id}?of=assignments`)).json()
  const holders = new Set(truth.map(({ principalId }) => principalId)).size
  return makeWorld(url, { people: PEOPLE - holders, assignments: ASSIGNMENTS, pageSize: { assignments: PAGE_SIZE } })
}

async function makeWorld(url, spec) {
  const body = JSON.stringify({ seed: crypto.randomUUID(), ...spec })
  return (await fetch(`${url}/_sandbox/worlds`, { method: 'POST', body })).json()
}

const kindOf = ({ path }) =>
  path
    .split('/')
    .at(-1)
    .replace(/^[0-9a-f-]{36}$/, 'subscription')

const round = (seconds) => Math.round(seconds * 100) / 100
