import type { World } from '../world/world'
import { decodedPath } from './decoded-path'
import type { FaultRule } from './fault-rule'
import type { NamedRule } from './fault-sets'
import { stateOf } from './rule-state'
import { tenantOfRequest } from './tenant-of-request'

const decodedQuery = (url: URL) => [...url.searchParams].map(([name, value]) => `${name}=${value}`).join('&')

function matchesQuery(rule: FaultRule, url: URL): boolean {
  const { whole, each } = stateOf(rule).query
  if (whole && !whole.test(decodedQuery(url))) return false
  return each.every(([name, pattern]) => {
    const value = url.searchParams.get(name)
    return value !== null && pattern.test(value)
  })
}

type Asked = { request: Request; url: URL; decoded: string; inBatch: boolean }

function matches(world: World, rule: FaultRule, { request, url, decoded, inBatch }: Asked): boolean {
  const { host, method, tenantId, subscriptionId } = rule.match
  if (rule.match.inBatch !== undefined && rule.match.inBatch !== inBatch) return false
  if (rule.dropItem && !inBatch) return false
  // An item of a batch has no bytes of its own to cut or to slow down.
  if (inBatch && (rule.truncate !== undefined || rule.cutBody !== undefined || rule.trickle)) return false
  if (host && host.toLowerCase() !== url.hostname) return false
  if (method && method.toUpperCase() !== request.method) return false
  const { path } = stateOf(rule)
  if (path && !path.test(decoded)) return false
  if (subscriptionId && !url.pathname.toLowerCase().includes(subscriptionId.toLowerCase())) return false
  return matchesQuery(rule, url) && (!tenantId || tenantOfRequest(world, request) === tenantId.toLowerCase())
}

/** A token expires once unless a rule says how often: the client must get on with the next one. */
function limitOf(rule: FaultRule): number {
  const open = rule.nth === undefined && rule.every === undefined && rule.probability === undefined
  return rule.times ?? (rule.expireToken && open ? 1 : Number.POSITIVE_INFINITY)
}

/** Counts a matching request and says whether the rule wants it; chance is drawn whatever else decides. */
function isDue(rule: FaultRule): boolean {
  rule.seen++
  const call = rule.seen - (rule.skip ?? 0)
  if (call <= 0) return false
  const lucky = rule.probability === undefined || stateOf(rule).random.next() < rule.probability
  const { nth, every } = rule
  if (!lucky || (nth !== undefined && ![nth].flat().includes(call))) return false
  return (every === undefined || call % every === 0) && rule.fired < limitOf(rule)
}

/** The first rule that wants this request. Every rule that matches counts it, so that none depends on the others. */
export function dueRule(
  world: World,
  rules: readonly NamedRule[],
  request: Request,
  inBatch: boolean,
): NamedRule | null {
  const url = new URL(request.url)
  const asked = { request, url, decoded: decodedPath(url), inBatch }
  let first: NamedRule | null = null
  for (const named of rules) if (matches(world, named.rule, asked) && isDue(named.rule)) first ??= named
  if (first) first.rule.fired++
  return first
}
