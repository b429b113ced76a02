import { createRandom, type Random } from '@/sandbox/world/random'
import { drawDatabaseFault, drawMicrosoftFault, drawRequestFault, type Engine, type Fault, nameOf } from './faults'

/**
 * What is done in a step.
 *
 * - `sync` asks for a sync and carries it out; `two_workers` lets a worker freeze in the middle of it, longer than its
 *   lease, while another takes the run over, and then wakes it.
 * - `revoke` ends the sign-in at Microsoft, so that the sync finds it refused.
 * - `restart` closes the queue and the database and opens them again.
 */
export const ACTIONS = [
  'sync',
  'two_workers',
  'rename',
  'set_schedule',
  'disconnect',
  'delete',
  'reconnect',
  'export',
  'revoke',
  'restart',
] as const
export type Action = (typeof ACTIONS)[number]

/** What may go on at the same time as another action. */
export const BESIDE = ['sync', 'export', 'due_runs'] as const
export type Beside = (typeof BESIDE)[number]

/** `changes`: how many changes are made at Microsoft before the step. `faults` happen to the action and not to what is beside it. */
export type Step = { action: Action; beside: Beside | null; changes: number; faults: Fault[] }

export type Schedule = { seed: number; optional: number; steps: Step[] }

/** How often each action is drawn, compared with the others. */
const WEIGHTS: Record<Action, number> = {
  sync: 12,
  two_workers: 4,
  rename: 2,
  set_schedule: 2,
  disconnect: 2,
  delete: 3,
  reconnect: 4,
  export: 2,
  revoke: 2,
  restart: 1,
}
const WEIGHTED = ACTIONS.flatMap((action) => Array.from({ length: WEIGHTS[action] }, () => action))

/** The schedule of a seed: the same on every machine. `tenantId` is the tenant that Microsoft misbehaves towards. */
export function drawSchedule(seed: number, engine: Engine, tenantId: string): Schedule {
  const random = createRandom(`chaos schedule ${seed}`)
  const optional = random.below(64)
  const length = 2 + random.below(4)
  const steps = Array.from({ length }, () => drawStep(random, engine, tenantId))
  return { seed, optional, steps }
}

const ASKS_MICROSOFT: ReadonlySet<Action> = new Set(['sync', 'two_workers', 'reconnect', 'revoke'])

function drawStep(random: Random, engine: Engine, tenantId: string): Step {
  const action = random.pick(WEIGHTED)
  const isAlone = action === 'restart' || random.below(3) > 0
  return {
    action,
    beside: isAlone ? null : random.pick(BESIDE),
    changes: random.below(3) === 0 ? 0 : 1 + random.below(8),
    faults: action === 'restart' ? [] : drawFaults(random, engine, ASKS_MICROSOFT.has(action) ? tenantId : null),
  }
}

/** `tenantId` is null for an action that sends no request to Microsoft, and only a few statements to the database. */
function drawFaults(random: Random, engine: Engine, tenantId: string | null): Fault[] {
  const faults: Fault[] = []
  const microsoft = tenantId ? random.pick([0, 1, 1, 2, 3]) : 0
  for (let drawn = 0; tenantId && drawn < microsoft; drawn++) faults.push(drawMicrosoftFault(random, tenantId))
  // At most one fault counts statements and one counts requests, so that a step can be told in a line.
  if (!tenantId || random.below(2) === 0) faults.push(drawDatabaseFault(random, engine, tenantId !== null))
  if (tenantId && random.below(3) === 0) faults.push(drawRequestFault(random))
  if (random.below(6) === 0)
    faults.push({ on: 'clock', kind: random.pick(['ten_minutes_ahead', 'ten_minutes_behind'] as const) })
  return faults
}

/** A step in words, for whoever looks for what went wrong. */
export function describeStep({ action, beside, changes, faults }: Step): string {
  const place = (fault: Fault) => {
    if (fault.on === 'request') return ` at request ${fault.at}`
    if (fault.on === 'statement') return ` at statement ${fault.at}, for ${fault.lasts}`
    if (fault.on === 'microsoft') return ` ${JSON.stringify(fault.rule)}`
    return ''
  }
  return [
    `${action}${beside ? ` beside ${beside}` : ''}${changes ? ` after ${changes} changes` : ''}`,
    ...faults.map((fault) => `${nameOf(fault)}${place(fault)}`),
  ].join('; ')
}
