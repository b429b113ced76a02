import { createRandom, type Random } from '../world/random'
import type { FaultRule } from './fault-rule'

/** What a rule remembers between requests. */
type RuleState = {
  path: RegExp | null
  query: { whole: RegExp | null; each: readonly (readonly [string, RegExp])[] }
  random: Random
  /** Hashes of the Authorization headers that are expired by the rule. */
  expired: Set<string>
  /** The rows to repeat, by the address of the page to put them on. */
  repeats: Map<string, unknown[]>
}

const states = new WeakMap<FaultRule, RuleState>()

function createState({ match, seed }: FaultRule): RuleState {
  const { path, query } = match
  return {
    path: path ? new RegExp(path, 'i') : null,
    query: {
      whole: typeof query === 'string' ? new RegExp(query, 'i') : null,
      each: typeof query === 'object' ? Object.entries(query).map(([name, text]) => [name, new RegExp(text, 'i')]) : [],
    },
    random: createRandom(String(seed ?? 0)),
    expired: new Set(),
    repeats: new Map(),
  }
}

/** The memory of a rule: made at its first use, gone with the rule. */
export function stateOf(rule: FaultRule): RuleState {
  const known = states.get(rule) ?? createState(rule)
  states.set(rule, known)
  return known
}
