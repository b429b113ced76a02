import { createHash } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { World } from '../world/world'
import { dueRule } from './due-rule'
import { truePage } from './empty-page'
import type { FaultRule } from './fault-rule'
import { allRules, type NamedRule } from './fault-sets'
import { claimsChallenge, expiredToken, proxyPage, serverError, throttled } from './host-errors'
import type { Outcome } from './outcome'
import { repeatRows, reshapeList } from './reshape-list'
import { retryAfter } from './retry-after'
import { stateOf } from './rule-state'

type Behave = (request: Request) => Promise<Response>

const tokenHash = (request: Request): string | null => {
  const header = request.headers.get('authorization')
  return header ? createHash('sha256').update(header).digest('hex') : null
}

function given(rule: FaultRule): Response {
  const { status = 200, body, headers } = rule
  if (body === undefined) return new Response(null, { status, headers })
  const [text, type] =
    typeof body === 'string'
      ? [body, 'text/html; charset=utf-8']
      : [JSON.stringify(body), 'application/json; charset=utf-8']
  return new Response(text, { status, headers: { 'content-type': type, ...headers } })
}

/** The answer a rule puts in the place of the true one; null when it leaves the true one to be spoiled. */
function instead(world: World, rule: FaultRule, request: Request): Response | null {
  if (rule.drop || rule.dropItem) return new Response(null, { status: 504 })
  if (rule.redirectTo) return new Response(null, { status: rule.status ?? 302, headers: { location: rule.redirectTo } })
  if (rule.expireToken) {
    const hash = tokenHash(request)
    if (hash) stateOf(rule).expired.add(hash)
    return hash ? expiredToken(world, request) : null
  }
  if (rule.claimsChallenge)
    return claimsChallenge(world, request, rule.claimsChallenge === true ? null : rule.claimsChallenge)
  if (rule.html) return proxyPage(rule.status ?? 200)
  if (rule.errorIn200)
    return serverError(world, request, rule.status ?? 200, rule.errorIn200 === true ? null : rule.errorIn200)
  if (rule.retryAfter !== undefined && rule.body === undefined)
    return throttled(world, request, rule.status ?? 429, Number(rule.retryAfter) || 10)
  return rule.status !== undefined || rule.body !== undefined ? given(rule) : null
}

function withHeaders(rule: FaultRule, response: Response): void {
  for (const [name, value] of Object.entries(rule.headers ?? {})) response.headers.set(name, value)
  if (rule.retryAfter === undefined) return
  const value = retryAfter(rule.retryAfter)
  if (value === null) response.headers.delete('retry-after')
  else response.headers.set('retry-after', value)
}

async function corrupted(response: Response): Promise<Response> {
  const text = await response.text()
  if (text === '') return response
  return new Response(text.slice(0, text.length / 2), { status: response.status, headers: response.headers })
}

const reshapes = (rule: FaultRule) =>
  rule.nextLink !== undefined || rule.duplicateRows !== undefined || rule.emptyPage === true || rule.reorder === true

/** The answer as a rule wants it, and whether it found anything to spoil. */
async function spoil(world: World, rule: FaultRule, request: Request, behave: Behave, outcome: Outcome) {
  if (rule.delayMs) await sleep(rule.delayMs)
  const replaced = instead(world, rule, request)
  const honest = replaced ?? (await behave(request))
  let response = reshapes(rule) ? ((await reshapeList(rule, request, honest)) ?? honest) : honest
  if (rule.corruptJson) response = await corrupted(response)
  withHeaders(rule, response)
  const { drop, truncate, cutBody, trickle } = rule
  outcome.delivery = { drop, truncate, cutBody, trickle }
  outcome.leftOut = rule.drop === true || rule.dropItem === true
  const onTheWire = [truncate, cutBody, trickle, rule.delayMs, rule.headers].some((one) => one !== undefined)
  return { response, spoiled: replaced !== null || response !== honest || onTheWire }
}

/** 401 when a rule made this request's token expire; the rest of the world does not matter then. */
function refuseExpired(world: World, rules: readonly NamedRule[], request: Request, outcome: Outcome): Response | null {
  const expiring = rules.filter(({ rule }) => rule.expireToken && stateOf(rule).expired.size > 0)
  const hash = expiring.length > 0 ? tokenHash(request) : null
  const by = hash === null ? undefined : expiring.find(({ rule }) => stateOf(rule).expired.has(hash))
  if (!by) return null
  outcome.fault = by.label
  return expiredToken(world, request)
}

async function withRepeats(
  rules: readonly NamedRule[],
  request: Request,
  answered: Response,
  outcome: Outcome,
): Promise<Response> {
  let response = answered
  for (const { rule, label } of rules) {
    const repeated = rule.duplicateRows === undefined ? null : await repeatRows(rule, request, response)
    if (!repeated) continue
    response = repeated
    outcome.fault ??= label
  }
  return response
}

/** Answers as asked, unless a fault is due: then late, wrong, cut short or not at all. What it did is put into `outcome`. */
export async function misbehave(
  world: World,
  asked: Request,
  { inBatch, outcome }: { inBatch: boolean; outcome: Outcome },
  behave: Behave,
): Promise<Response> {
  const rules = allRules(world)
  const page = truePage(asked.url)
  const request = page === null ? asked : new Request(page, asked)
  if (rules.length === 0) return behave(request)
  const refused = refuseExpired(world, rules, request, outcome)
  if (refused) return refused
  // The page behind an empty one was counted with it.
  const due = page === null ? dueRule(world, rules, request, inBatch) : null
  if (!due) return withRepeats(rules, request, await behave(request), outcome)
  const { response, spoiled } = await spoil(world, due.rule, request, behave, outcome)
  if (spoiled) outcome.fault = due.label
  else due.rule.fired--
  return withRepeats(rules, request, response, outcome)
}
