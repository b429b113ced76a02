import { getConnection } from '@/db/queries/connections'
import { applyChange } from '@/sandbox/world/changes'
import { createRandom } from '@/sandbox/world/random'
import { findDishonesty } from '@/testing/honest-coverage'
import { connect, type TestTenant } from '@/testing/rolecall'
import { carryOpenRuns, perform, type Scene } from './actions'
import { ArmedWork } from './armed-work'
import { type ChaosWorld, createTenantOf, forget, untilAnswering } from './chaos-world'
import { findLeaks, readNeighbour } from './check-neighbour'
import { shiftClock } from './clock'
import { Expectations, findConnectionRow, readFacts } from './expectations'
import { nameOf } from './faults'
import { findSecrets, listLeftovers } from './find-secrets'
import { type Reading, readAsPagesDo, watch } from './readers'
import { describeStep, drawSchedule, type Schedule, type Step } from './schedule'
import { settle, TICKS_TO_SETTLE } from './settle'

/** What a schedule did: every step in words with what became of it, the faults that fired, and what must never be. */
export type Outcome = {
  seed: number
  steps: string[]
  fired: string[]
  violations: string[]
  readings: number
  ms: number
}

type Options = {
  /** What the log has held since the last call. */
  takeLog: () => string
}

const CLOCK_MS = 10 * 60_000

/** Carries out the schedule of a seed in a world, checks after each step and at the end, and leaves nothing behind. */
export async function runSchedule(world: ChaosWorld, seed: number, { takeLog }: Options): Promise<Outcome> {
  const began = performance.now()
  const known = new Set(world.sandbox.world.tenants.keys())
  const neighbourBefore = await readNeighbour(world.neighbour)
  const { optional: bits } = drawSchedule(seed, world.engine, '')
  const { tenant, optional } = await createTenantOf(world.rolecall, seed, bits)
  const schedule = drawSchedule(seed, world.engine, tenant.tenantId)
  const random = createRandom(`chaos draws ${seed}`)
  const expectations = new Expectations(tenant.subscription.name)
  const scene: Scene = { world, tenant, optional, expectations, random }
  const running = new RunningSchedule(scene, schedule)
  try {
    await running.begin()
    for (const step of schedule.steps) await running.take(step)
    await running.end(neighbourBefore, takeLog)
  } catch (error) {
    running.note('harness', `It could not go on: ${error instanceof Error ? error.stack : String(error)}`)
  } finally {
    shiftClock(0)
    world.sandbox.world.faults = []
  }
  await forget(world, tenant, known)
  world.network.secrets.clear()
  return { seed, ...running.result(), ms: Math.round(performance.now() - began) }
}

class RunningSchedule {
  readonly #steps: string[] = []
  readonly #fired: string[] = []
  readonly #violations: string[] = []
  /** The first reading of each published result: every later one must be the same. */
  readonly #readings = new Map<string, string>()
  #readingCount = 0
  #comparedAt: string | null = null

  constructor(
    private readonly scene: Scene,
    private readonly schedule: Schedule,
  ) {}

  result() {
    return {
      steps: this.#steps,
      fired: this.#fired,
      violations: this.#violations,
      readings: this.#readingCount,
    }
  }

  note(place: string, ...sentences: string[]): void {
    this.#violations.push(...sentences.map((sentence) => `${place}: ${sentence}`))
  }

  /** Connects and syncs once without faults, so that every schedule has a result that can be spoilt. */
  async begin(): Promise<void> {
    const { tenant, optional, expectations } = this.scene
    await connect(tenant, tenant.subscription.id, { optional })
    expectations.expectBeing('connected', true)
    await carryOpenRuns(tenant, new AbortController().signal)
    const row = await findConnectionRow(tenant)
    // Other tests compare what is read without faults with the world.
    this.#comparedAt = row?.publishedAt?.toISOString() ?? null
  }

  async take(step: Step): Promise<void> {
    const { tenant, random, world } = this.scene
    const place = `step ${this.#steps.length + 1}`
    if (step.changes > 0)
      applyChange(tenant.world, {
        random: step.changes,
        seed: `${this.schedule.seed} ${random.below(1e9)}`,
        tenantId: tenant.tenantId,
      })
    // A result that was published before the changes is no longer compared with the world.
    const before = await findConnectionRow(tenant)
    this.#comparedAt = before?.publishedAt?.toISOString() ?? null

    const rules = step.faults.flatMap((fault) =>
      fault.on === 'microsoft' ? [{ ...fault.rule, seen: 0, fired: 0 }] : [],
    )
    const clock = step.faults.find((fault) => fault.on === 'clock')
    const work = new ArmedWork(step.faults)
    const beside = new ArmedWork([])
    const serverCrashes = step.faults.some(({ kind }) => kind === 'crashed')
    const watching = before && step.action !== 'restart' ? watch(tenant.owner, before.id, { serverCrashes }) : null
    world.sandbox.world.faults = rules
    if (clock) shiftClock(clock.kind === 'ten_minutes_ahead' ? CLOCK_MS : -CLOCK_MS)
    const acts = [work.run(() => perform(step.action, this.scene, work))]
    const other = step.beside
    if (other) acts.push(beside.run(() => perform(other, this.scene, beside)))
    const results = await Promise.allSettled(acts)
    shiftClock(0)
    world.sandbox.world.faults = []
    this.#fired.push(...work.fired, ...rules.filter(({ fired }) => fired > 0).map(({ name }) => `microsoft ${name}`))
    if (clock) this.#fired.push(nameOf(clock))
    this.#steps.push(`${describeStep(step)} -> ${results.map(describeResult).join(' | ')}`)
    this.#compare(place, (await watching?.stop()) ?? [])
    await this.#checkStep(place)
  }

  /** Lets everything settle without faults, heals what needs a person, and looks at all that is left. */
  async end(neighbourBefore: string, takeLog: () => string): Promise<void> {
    const { tenant, world, expectations, random } = this.scene
    const place = 'end'
    if ((await settle(tenant)) === null) this.note(place, `Runs are still open after ${TICKS_TO_SETTLE} ticks.`)
    await this.#checkStep(place)
    this.note(place, ...expectations.check(await readFacts(tenant), true), ...(await this.#findUnfinishedDeletion()))
    if (random.below(8) === 0) {
      await world.restart()
      this.note('after a restart', ...expectations.check(await readFacts(tenant), true))
      await this.#checkStep('after a restart')
    }
    await this.#heal()
    const row = await findConnectionRow(tenant)
    this.note(place, ...(await findLeaks(tenant, row?.id ?? null, world.neighbour)))
    if ((await readNeighbour(world.neighbour)) !== neighbourBefore)
      this.note(place, 'The other organisation sees something else.')
    this.note(place, ...(await findSecrets(world.network.secrets, takeLog())))
  }

  /** After the faults a person signs in again where that is asked for, and then a sync must succeed and show the truth. */
  async #heal(): Promise<void> {
    const { tenant } = this.scene
    const calm = new ArmedWork([])
    const row = await findConnectionRow(tenant)
    if (!row || row.state === 'disconnected' || row.state === 'deleting') return
    if (row.state !== 'active') {
      await perform('reconnect', this.scene, calm)
    } else await perform('sync', this.scene, calm)
    await settle(tenant)
    const healed = await findConnectionRow(tenant)
    // The times of runs do not tell which is the newest: the clock was off, and so may be that of an embedded database.
    if (healed?.state !== 'active' || healed.publishedAt?.getTime() === row.publishedAt?.getTime())
      this.note('healing', `The connection is ${healed?.state} (${healed?.stateReason}), and nothing new is published.`)
    await this.#checkStep('healing')
  }

  /** A deletion that was begun comes to its end. */
  async #findUnfinishedDeletion(): Promise<string[]> {
    const row = await findConnectionRow(this.scene.tenant)
    if (row?.state !== 'deleting') return []
    return [`A deletion is stuck: there is ${(await listLeftovers(row.id)).join(', ')}.`]
  }

  async #checkStep(place: string): Promise<void> {
    const { tenant, expectations } = this.scene
    await untilAnswering()
    this.note(place, ...expectations.check(await readFacts(tenant), false))
    const row = await findConnectionRow(tenant)
    if (!row) return
    const reading = await readAsPagesDo(tenant.owner, row.id, this.scene.random.below(20))
    if (reading) this.#compare(place, [reading])
    await this.#checkPublished(place, tenant, row.id)
  }

  #compare(place: string, readings: Reading[]): void {
    for (const { publishedAt, text, disagreements } of readings) {
      this.#readingCount += 1
      this.note(place, ...disagreements.map((one) => `A reader saw no whole result: ${one}`))
      const key = publishedAt ?? 'nothing'
      const first = this.#readings.get(key)
      if (first === undefined) this.#readings.set(key, text)
      else if (first !== text)
        this.note(place, `Two readings of the result of ${key} differ: ${difference(first, text)}`)
    }
  }

  /** A result belongs to a run that succeeded, and is honest about the world that it was read from. */
  async #checkPublished(place: string, tenant: TestTenant, connectionId: string): Promise<void> {
    const connection = await getConnection(tenant.owner, connectionId)
    const publishedAt = connection?.publishedAt?.toISOString() ?? null
    if (!connection || publishedAt === null || publishedAt === this.#comparedAt) return
    this.#comparedAt = publishedAt
    const run = connection.publishedRun
    if (run?.finishedAt?.toISOString() !== publishedAt)
      this.note(place, 'What is shown belongs to no run that succeeded.')
    if (run) this.note(place, ...(await findDishonesty(tenant, connectionId, run.coverage)))
  }
}

function describeResult(result: PromiseSettledResult<unknown>): string {
  if (result.status === 'fulfilled') return 'done'
  const { reason } = result
  const cause = reason?.cause instanceof Error ? ` (${reason.cause.message})` : ''
  return `${reason?.name}: ${String(reason?.message).split('\n')[0]?.slice(0, 120)}${cause}`
}

/** Where two long texts part. */
function difference(one: string, other: string): string {
  const at = [...one].findIndex((letter, place) => letter !== other[place])
  const from = Math.max(0, at - 80)
  return `${one.slice(from, at + 120)} and then ${other.slice(from, at + 120)}`
}
