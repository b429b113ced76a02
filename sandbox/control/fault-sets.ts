import { createRandom, type Random } from '../world/random'
import type { World } from '../world/world'
import type { FaultRule } from './fault-rules'
import { tenantOfRequest } from './log'
import { pageTokenOf } from './page-tokens'
import { decodePath } from './requests'

/** The rules of a set; without a name those of `world.faults`. */
export function getFaultSet(world: World, name: string | null): FaultRule[] {
  return name === null ? world.faults : (world.faultSets.get(name) ?? [])
}

/** Replaces the rules of a set; without a name those of `world.faults`. */
export function putFaultSet(world: World, name: string | null, rules: FaultRule[]): void {
  if (name === null) world.faults = rules
  else world.faultSets.set(name, rules)
}

/** Removes a set; without a name every rule there is. */
export function clearFaults(world: World, name: string | null): void {
  if (name !== null) {
    world.faultSets.delete(name)
    return
  }
  world.faults = []
  world.faultSets.clear()
}

/** A rule with what the log calls it. */
export type NamedRule = { rule: FaultRule; label: string }

/** Lists every rule in the order they are tried, `world.faults` first. A rule without a name is called by its place. */
export function listRules(world: World): NamedRule[] {
  const label = (rule: FaultRule, place: number, set: string) => ({ rule, label: rule.name ?? `${set}${place + 1}` })
  const rules = world.faults.map((rule, place) => label(rule, place, 'rule '))
  for (const [set, members] of world.faultSets)
    rules.push(...members.map((rule, place) => label(rule, place, `${set} rule `)))
  return rules
}

/** Takes the first rule that fires for this request. Every rule that matches counts it, so that none depends on the others. */
export function takeDueRule(
  world: World,
  rules: readonly NamedRule[],
  request: Request,
  inBatch: boolean,
): NamedRule | null {
  const url = new URL(request.url)
  const asked = { request, url, decoded: decodePath(url), inBatch }
  let first: NamedRule | null = null
  for (const named of rules) if (matches(world, named.rule, asked) && countAndDecide(named.rule)) first ??= named
  if (first) first.rule.fired++
  return first
}

type MatchedRequest = { request: Request; url: URL; decoded: string; inBatch: boolean }

function matches(world: World, rule: FaultRule, { request, url, decoded, inBatch }: MatchedRequest): boolean {
  const { host, method, tenantId, subscriptionId } = rule.match
  if (rule.match.inBatch !== undefined && rule.match.inBatch !== inBatch) return false
  if (rule.dropItem && !inBatch) return false
  if (rule.expirePageToken && pageTokenOf(url) === null) return false
  // An item of a batch has no bytes of its own to cut or to slow down.
  if (inBatch && (rule.truncate !== undefined || rule.cutBody !== undefined || rule.trickle)) return false
  if (host && host.toLowerCase() !== url.hostname) return false
  if (method && method.toUpperCase() !== request.method) return false
  const { path } = memoryOf(rule)
  if (path && !path.test(decoded)) return false
  if (subscriptionId && !url.pathname.toLowerCase().includes(subscriptionId.toLowerCase())) return false
  return matchesQuery(rule, url) && (!tenantId || tenantOfRequest(world, request) === tenantId.toLowerCase())
}

function matchesQuery(rule: FaultRule, url: URL): boolean {
  const { whole, each } = memoryOf(rule).query
  if (whole && !whole.test(decodedQuery(url))) return false
  return each.every(([name, pattern]) => {
    const value = url.searchParams.get(name)
    return value !== null && pattern.test(value)
  })
}

const decodedQuery = (url: URL) => [...url.searchParams].map(([name, value]) => `${name}=${value}`).join('&')

/**
 * Counts the request and decides whether the rule fires. The random number is drawn in any case, so that other conditions
 * do not shift the sequence.
 */
function countAndDecide(rule: FaultRule): boolean {
  rule.seen++
  const call = rule.seen - (rule.skip ?? 0)
  if (call <= 0) return false
  const isDrawn = rule.probability === undefined || memoryOf(rule).random.next() < rule.probability
  const { nth, every } = rule
  if (!isDrawn || (nth !== undefined && ![nth].flat().includes(call))) return false
  return (every === undefined || call % every === 0) && rule.fired < limitOf(rule)
}

/** How often a rule may fire. `expireToken` fires once by default, so that the client can continue with a new token. */
function limitOf(rule: FaultRule): number {
  const isUnlimited = rule.nth === undefined && rule.every === undefined && rule.probability === undefined
  return rule.times ?? (rule.expireToken && isUnlimited ? 1 : Number.POSITIVE_INFINITY)
}

/** What a rule remembers between requests. */
type RuleMemory = {
  path: RegExp | null
  query: { whole: RegExp | null; each: readonly (readonly [string, RegExp])[] }
  random: Random
  /** Hashes of the Authorization headers that are expired by the rule. */
  expired: Set<string>
  /** The rows to repeat, by the address of the page that they are added to. */
  repeats: Map<string, unknown[]>
  /** The page tokens that are expired by the rule. */
  expiredPages: Set<string>
  /** How many rows of a list lie before a page, by the address of the page. */
  rowsBefore: Map<string, number>
}

const memories = new WeakMap<FaultRule, RuleMemory>()

/** The memory of a rule: created at its first use, and dropped with the rule. */
export function memoryOf(rule: FaultRule): RuleMemory {
  const known = memories.get(rule) ?? createMemory(rule)
  memories.set(rule, known)
  return known
}

function createMemory({ match, seed }: FaultRule): RuleMemory {
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
    expiredPages: new Set(),
    rowsBefore: new Map(),
  }
}
