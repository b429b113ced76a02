import { spawn } from 'node:child_process'
import { chmodSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { stopChildren } from '../scripts/child-processes.mjs'
import { cleanEnvironment } from '../scripts/clean-environment.mjs'
import { nodeBinary, projectRoot } from '../scripts/project.mjs'
import { startPostgres } from '../scripts/start-postgres.mjs'
import { Tally } from './tally.mjs'

// npm run chaos: seeded schedules of faults, in a process of their own for each engine, and processes that are killed.
// docs/chaos.md says what is checked and how to repeat a seed.

const { values: asked } = parseArgs({
  options: {
    seed: { type: 'string' },
    schedules: { type: 'string' },
    kills: { type: 'string' },
    engine: { type: 'string' },
    verbose: { type: 'boolean', default: false },
  },
})
const ENGINES = ['embedded', 'postgres']
const engines = asked.engine ? [asked.engine] : ENGINES
// A seed alone asks for its schedule; whoever asks for a number of one kind wants none of the other.
const isPlain = !asked.seed && !asked.schedules && !asked.kills
const schedules = Number(asked.schedules ?? (isPlain ? 50 : asked.kills ? 0 : 1))
const kills = Number(asked.kills ?? (isPlain ? 10 : 0))
// Without a seed one is drawn, so that each run tries other schedules. It is printed with each find.
const firstSeed = Number(asked.seed ?? 1 + Math.floor(Math.random() * 1_000_000_000))
const folder = mkdtempSync(join(tmpdir(), 'rolecall-chaos-'))
chmodSync(folder, 0o711) // PostgreSQL, whose files are in it, may run as another user

const print = (line) => process.stdout.write(`${line}\n`)

async function end(code) {
  await stopChildren()
  rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 })
  process.exit(code)
}

/** Runs one of our programs to its end; every message that it sends is taken by `take`. Its output goes to a file. */
function run(program, words, settings, take) {
  const log = join(folder, `${program}.log`)
  const file = openSync(log, 'w')
  const child = spawn(nodeBinary(), ['--import', 'tsx', join('chaos', program), ...words.map(String)], {
    cwd: projectRoot,
    // What a process leaves behind when it is cut short goes with our own folder.
    env: cleanEnvironment({ TMPDIR: folder, ...settings, CHAOS_LOG: log }),
    stdio: ['ignore', file, file, 'ipc'],
  })
  running.add(child)
  child.on('message', take)
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('exit', (code, signal) => {
      running.delete(child)
      if (code === 0) resolve()
      else reject(new Error(`${program} ended with ${code ?? signal}.\n${readFileSync(log, 'utf8').slice(-4000)}`))
    })
  })
}

const running = new Set()
/** Tells what was found until now; whoever cuts a long run short wants to know it. */
let tell = () => {}
let isCut = false
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'])
  process.on(signal, () => {
    if (isCut) return
    isCut = true
    for (const child of running) child.kill('SIGKILL')
    tell()
    void end(130)
  })

async function runEngine(engine) {
  const tally = new Tally(engine)
  let possible = []
  let next = firstSeed
  const take = (outcome) => {
    if (outcome.possible) {
      possible = outcome.possible
      return
    }
    next = outcome.seed + 1
    tally.add(outcome)
    if (asked.verbose || outcome.violations.length > 0) print(tally.describe(outcome))
  }
  tell = () => print(tally.summary(possible))
  // A process carries out so many schedules at most, and ends with one that hangs; the next one goes on after it.
  const beyond = firstSeed + schedules
  while (next < beyond) await run('schedules-process.ts', [next, beyond - next], { CHAOS_ENGINE: engine }, take)
  if (kills > 0) {
    const settings = engine === 'postgres' ? { TEST_DATABASE_URL: await startPostgres() } : {}
    await run('kills-process.ts', [firstSeed, kills], settings, take)
  }
  tell()
  return tally.violations
}

try {
  if (engines.some((engine) => !ENGINES.includes(engine))) throw new Error(`--engine is ${ENGINES.join(' or ')}.`)
  print(`chaos: ${schedules} schedules from seed ${firstSeed} and ${kills} kills on ${engines.join(' and ')}`)
  let violations = 0
  for (const engine of engines) violations += await runEngine(engine)
  await end(violations > 0 ? 1 : 0)
} catch (error) {
  // When a run is cut short its children fail, and that need not be told.
  if (!isCut) {
    process.stderr.write(`${error.stack}\n`)
    await end(1)
  }
}
