import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import { startOwnPostgres } from '@/scripts/start-postgres.mjs'
import { startChaosWorld } from './chaos-world'
import { listFaultNames } from './faults'
import { type Outcome, runSchedule } from './run-schedule'

// A process that carries out schedules of one engine, one after another, and sends what became of each over the IPC
// channel. Its standard output and standard error go to the file CHAOS_LOG, in which it looks for secrets. With CHAOS_ENGINE
// `postgres` it has a PostgreSQL server of its own, which schedules crash.

/**
 * Schedules after which this process ends, whatever it was asked for, so that none gets slow by what others left. Whoever
 * wants more starts it again.
 */
const SCHEDULES_PER_WORLD = 100

const [from = 1, count = 1] = process.argv.slice(2).map(Number)
const logFile = process.env.CHAOS_LOG ?? ''

let taken = 0
/** What was written to the log since the last look. */
function takeLog(): string {
  const file = openSync(logFile, 'r')
  const { size } = fstatSync(file)
  const buffer = Buffer.alloc(size - taken)
  readSync(file, buffer, 0, buffer.length, taken)
  closeSync(file)
  taken = size
  return buffer.toString('utf8')
}

/** A schedule that takes this long hangs. Nothing that it waits for would end it, so its process ends. */
const HANGS_AFTER_MS = 180_000

const NOTHING: Omit<Outcome, 'seed' | 'violations'> = { steps: [], fired: [], readings: 0, ms: HANGS_AFTER_MS }

const send = (message: unknown) => new Promise<void>((resolve) => process.send?.(message, () => resolve()))

const server = process.env.CHAOS_ENGINE === 'postgres' ? await startOwnPostgres() : null
if (server) process.env.TEST_DATABASE_URL = server.url
const crashServer = server
  ? async () => {
      await server.crash()
      await server.start()
    }
  : undefined

await send({ possible: listFaultNames(process.env.TEST_DATABASE_URL ? 'postgres' : 'embedded') })
const world = await startChaosWorld({ logLevel: 'debug', crashServer })
for (let seed = from; seed < from + Math.min(count, SCHEDULES_PER_WORLD); seed++) {
  const hung = { ...NOTHING, seed, violations: [`It hangs: nothing came of it in ${HANGS_AFTER_MS / 1000} seconds.`] }
  const hanging = setTimeout(() => void send(hung).then(() => process.exit()), HANGS_AFTER_MS)
  await send(await runSchedule(world, seed, { takeLog }))
  clearTimeout(hanging)
}
await world.close()
await server?.end()
process.disconnect?.()
