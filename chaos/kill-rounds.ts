import { setTimeout as sleep } from 'node:timers/promises'
import { createRandom, type Random } from '@/sandbox/world/random'
import { createChangingTenant } from '@/testing/changing-tenant'
import type { Published } from '@/testing/read-published'
import { connect } from '@/testing/rolecall'
import type { SharedRolecall } from '@/testing/shared-rolecall'
import { Expectations, type StoredFacts } from './expectations'
import type { Wanted } from './portal-process'
import type { Outcome } from './run-schedule'
import { startPortal, type ToldProcess } from './told-process'

/** A publish of this many people takes long enough to be hit. */
const PEOPLE = 80

type Report = {
  facts: StoredFacts
  published: Published | null
  leftovers: string[]
  leaks: string[]
  secrets: string[]
}

/** Milliseconds within which everything must have ended once nobody kills any more. */
const SETTLES_WITHIN_MS = 60_000
const LOOK_EVERY_MS = 200

/**
 * Kills, freezes and restarts real processes while they work for one connection, and looks after each time whether what
 * they acknowledged is there, readers see a whole result, and everything comes to its end.
 */
export async function startKillRounds(rolecall: SharedRolecall, program: string, seed: number) {
  const onServer = rolecall.settings.DATABASE_URL !== ''
  const random = createRandom(`chaos kills ${seed}`)
  const changing = await createChangingTenant(rolecall, PEOPLE)
  const { tenant } = changing
  await connect(tenant)
  const expectations = new Expectations(tenant.subscription.name)
  expectations.expectBeing('connected', true)
  const truths = new Map<string, Published>()
  const keepTruth = () => {
    const truth = changing.truth()
    truths.set(truth.rows.join(), truth)
  }
  keepTruth()
  await rolecall.release()
  const { organisationId, memberId, role, name, sessionId, signedInFreshly } = tenant.owner
  const place = JSON.stringify({
    owner: { organisationId, memberId, role, name, sessionId, signedInFreshly },
    subscription: { id: tenant.subscription.id },
    username: tenant.account('owner').username,
  })
  const start = (as: 'portal' | 'worker') =>
    startPortal(program, [as, place], { ...rolecall.settings, LOG_LEVEL: 'debug' })

  /** On a server the portal and the worker are processes of their own; embedded, one process is both. */
  let worker = await start('worker')
  let portal = onServer ? await start('portal') : worker
  const secrets = new Set<string>()
  let usualMs = 2_000

  async function report(violations: string[]): Promise<Report | null> {
    const { result, error } = await portal.tell({ verb: 'report' })
    if (error) violations.push(`It could not be read: ${error}`)
    const found = result as Report | undefined
    for (const secret of found?.secrets ?? []) secrets.add(secret)
    return found ?? null
  }

  function check({ facts, published, leftovers, leaks }: Report, settled: boolean): string[] {
    const found = [...expectations.check(facts, settled), ...leaks]
    const truth = published && truths.get(published.rows.join())
    if (published && !truth) found.push('Readers see rows that never were so at one time.')
    if (published && truth && JSON.stringify(published) !== JSON.stringify(truth))
      found.push(
        `Readers see rows of one result and counts of another: ${JSON.stringify([published.tabs, truth.tabs])}`,
      )
    if (!facts.row && leftovers.length > 0) found.push(`What is deleted has left ${leftovers.join(', ')}.`)
    return found
  }

  /** Waits until nothing is open, with ticks in between, and gives what was found then. */
  async function settle(violations: string[]): Promise<void> {
    const until = performance.now() + SETTLES_WITHIN_MS
    for (;;) {
      await portal.tell({ verb: 'tick' })
      const found = await report(violations)
      const isOpen = found === null || found.facts.openRuns.length > 0 || found.facts.row?.state === 'deleting'
      if (isOpen && performance.now() < until) {
        await sleep(LOOK_EVERY_MS)
        continue
      }
      if (isOpen) violations.push(`Runs or a deletion are open after ${SETTLES_WITHIN_MS / 1000} seconds.`)
      if (found) violations.push(...check(found, !isOpen))
      return
    }
  }

  async function endAndStart(which: 'portal' | 'worker', signal: NodeJS.Signals, violations: string[]): Promise<void> {
    const target = which === 'portal' ? portal : worker
    await target.end(signal)
    for (const secret of secrets) if (target.log().includes(secret)) violations.push(`A log holds ${secret.slice(-6)}.`)
    const next = await start(which === 'portal' && onServer ? 'portal' : 'worker')
    if (which === 'portal' || !onServer) portal = next
    if (which === 'worker' || !onServer) worker = next
  }

  return {
    async round(number: number): Promise<Outcome> {
      const began = performance.now()
      const violations: string[] = []
      if (random.below(3) > 0) changing.turnOver()
      keepTruth()
      const being = expectations.being
      const commands = drawCommands(random, being === 'connected', number)
      const fate = drawFate(random, onServer)
      const told = commands.map((command) => note(command, expectations, portal))
      const after = Math.round(usualMs * random.next())
      await sleep(after)
      if (fate.signal === 'SIGSTOP') await freezeAndWake(worker, start, portal)
      else await endAndStart(fate.which, fate.signal, violations)
      await Promise.all(told)
      const found = await report(violations)
      if (found) violations.push(...check(found, false))
      const mending = performance.now()
      await settle(violations)
      usualMs = Math.max(300, Math.min(4_000, (usualMs + performance.now() - mending) / 2))
      const step = `${commands.map(({ verb }) => verb).join(', ')}; ${fate.signal} to the ${fate.which} after ${after} ms`
      return {
        seed,
        steps: [`kill ${number}: ${step}`],
        fired: [`process ${fate.which} ${fate.signal}`],
        violations,
        readings: found?.published ? 2 : 1,
        ms: Math.round(performance.now() - began),
      }
    },
    async close(): Promise<void> {
      await Promise.all([portal.end(), worker.end()])
    },
  }
}

/** Tells a process what to do, and writes down what must be so from its answer on; without one, what may be so. */
async function note(command: Wanted, expectations: Expectations, portal: ToldProcess): Promise<void> {
  const outcome = await portal.tell(command)
  const acknowledged = outcome.error === undefined && !outcome.killed
  if (command.verb === 'rename') expectations.expectLabel(command.label, acknowledged)
  if (command.verb === 'set_schedule') expectations.expectSchedule(command.schedule, acknowledged)
  if (command.verb === 'connect') expectations.expectBeing('connected', acknowledged)
  if (command.verb === 'end') expectations.expectBeing(command.data === 'keep' ? 'disconnected' : 'gone', acknowledged)
  if (command.verb === 'sync' && acknowledged) expectations.expectRun((outcome.result as { runId: string }).runId)
}

function drawCommands(random: Random, isConnected: boolean, number: number): Wanted[] {
  if (!isConnected) return [{ verb: 'connect' }]
  const also = random.below(6)
  if (also === 0) return [{ verb: 'end', data: random.pick(['keep', 'delete'] as const) }]
  if (also === 1) return [{ verb: 'connect' }]
  return [
    { verb: 'sync' },
    { verb: 'rename', label: `Renamed ${number}` },
    ...(also === 2
      ? [{ verb: 'set_schedule' as const, schedule: random.pick(['hourly', 'daily', 'off'] as const) }]
      : []),
  ]
}

type Fate = { which: 'portal' | 'worker'; signal: 'SIGKILL' | 'SIGTERM' | 'SIGSTOP' }

function drawFate(random: Random, onServer: boolean): Fate {
  const drawn = random.below(12)
  if (drawn === 0) return { which: 'worker', signal: 'SIGTERM' }
  // Embedded there is no second process that could take over from one that is frozen.
  if (onServer && drawn < 3) return { which: 'worker', signal: 'SIGSTOP' }
  return { which: onServer && random.below(3) === 0 ? 'portal' : 'worker', signal: 'SIGKILL' }
}

/** A worker freezes; another finds its run without a heartbeat and ends it; then the first one wakes. */
async function freezeAndWake(
  frozen: ToldProcess,
  start: (as: 'worker') => Promise<ToldProcess>,
  portal: ToldProcess,
): Promise<void> {
  frozen.signal('SIGSTOP')
  const other = await start('worker')
  await portal.tell({ verb: 'tick' })
  frozen.signal('SIGCONT')
  await other.end('SIGTERM')
}
