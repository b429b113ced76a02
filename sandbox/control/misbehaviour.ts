import { createHash } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { World } from '../world/world'
import type { Outcome } from './delivery'
import type { FaultRule, NextLink } from './fault-rules'
import { listRules, memoryOf, type NamedRule, takeDueRule } from './fault-sets'
import { forgeIdToken } from './forge-id-token'
import { claimsChallenge, expiredPageToken, expiredToken, proxyPage, serverError, tooManyRequests } from './host-errors'
import { addressBehindEmptyPage, firstPageOf, pageBehindEmptyOne, pageTokenOf } from './page-tokens'
import { setFieldInRows } from './set-field'

type Answer = (request: Request) => Promise<Response>

/**
 * Answers honestly, unless a fault is due: then late, wrongly, cut short or not at all. What was done is written into
 * `outcome`.
 */
export async function answerWithFaults(
  world: World,
  asked: Request,
  { inBatch, outcome }: { inBatch: boolean; outcome: Outcome },
  answerHonestly: Answer,
): Promise<Response> {
  const rules = listRules(world)
  const page = pageBehindEmptyOne(asked.url)
  const request = page === null ? asked : new Request(page, asked)
  if (rules.length === 0) return answerHonestly(request)
  const refused = refuseExpired(world, rules, request, outcome) ?? refuseExpiredPage(rules, request, outcome)
  if (refused) return refused
  // An empty page and the page behind it count as one request.
  const due = page === null ? takeDueRule(world, rules, request, inBatch) : null
  if (!due) return addRepeatedRows(rules, request, await answerHonestly(request), outcome)
  const { response, changed } = await applyFault(world, due.rule, request, answerHonestly, outcome)
  if (changed) outcome.fault = due.label
  else due.rule.fired--
  return addRepeatedRows(rules, request, response, outcome)
}

/** 401 when a rule made this request's token expire, null otherwise; then the request is not looked at any further. */
function refuseExpired(world: World, rules: readonly NamedRule[], request: Request, outcome: Outcome): Response | null {
  const expiring = rules.filter(({ rule }) => rule.expireToken && memoryOf(rule).expired.size > 0)
  const hash = expiring.length > 0 ? tokenHash(request) : null
  const expiredBy = hash === null ? undefined : expiring.find(({ rule }) => memoryOf(rule).expired.has(hash))
  if (!expiredBy) return null
  outcome.fault = expiredBy.label
  return expiredToken(world, request)
}

/** 400 when a rule made this request's page token expire, null otherwise: the list must be read again from its first page. */
function refuseExpiredPage(rules: readonly NamedRule[], request: Request, outcome: Outcome): Response | null {
  const expiring = rules.filter(({ rule }) => rule.expirePageToken && memoryOf(rule).expiredPages.size > 0)
  const token = expiring.length > 0 ? pageTokenOf(new URL(request.url)) : null
  const expiredBy = token === null ? undefined : expiring.find(({ rule }) => memoryOf(rule).expiredPages.has(token))
  if (!expiredBy) return null
  outcome.fault = expiredBy.label
  return expiredPageToken(request)
}

/** The answer changed by the rule, and whether the rule changed anything. */
async function applyFault(world: World, rule: FaultRule, request: Request, answerHonestly: Answer, outcome: Outcome) {
  if (rule.delayMs) await sleep(rule.delayMs)
  const replaced = findReplacement(world, rule, request)
  const trueAnswer = replaced ?? (await answerHonestly(request))
  let response = changesList(rule) ? ((await reshapeList(rule, request, trueAnswer)) ?? trueAnswer) : trueAnswer
  if (rule.forgeIdToken) response = (await forgeIdToken(world, response, rule.forgeIdToken)) ?? response
  if (rule.corruptJson) response = await halveJson(response)
  withHeaders(rule, response)
  const { drop, truncate, cutBody, trickle } = rule
  outcome.delivery = { drop, truncate, cutBody, trickle }
  outcome.leftOut = rule.drop === true || rule.dropItem === true
  const changesDelivery = [truncate, cutBody, trickle, rule.delayMs, rule.headers].some((one) => one !== undefined)
  return { response, changed: replaced !== null || response !== trueAnswer || changesDelivery }
}

/** The answer that a rule gives instead of the true one; null when the rule only changes the true one. */
function findReplacement(world: World, rule: FaultRule, request: Request): Response | null {
  if (rule.drop || rule.dropItem) return new Response(null, { status: 504 })
  if (rule.redirectTo) return new Response(null, { status: rule.status ?? 302, headers: { location: rule.redirectTo } })
  if (rule.expireToken) {
    const hash = tokenHash(request)
    if (hash) memoryOf(rule).expired.add(hash)
    return hash ? expiredToken(world, request) : null
  }
  if (rule.expirePageToken) {
    const answer = expiredPageToken(request)
    const token = pageTokenOf(new URL(request.url))
    if (answer && token !== null) memoryOf(rule).expiredPages.add(token)
    return answer
  }
  if (rule.claimsChallenge)
    return claimsChallenge(world, request, rule.claimsChallenge === true ? null : rule.claimsChallenge)
  if (rule.html) return proxyPage(rule.status ?? 200)
  if (rule.errorIn200)
    return serverError(world, request, rule.status ?? 200, rule.errorIn200 === true ? null : rule.errorIn200)
  if (rule.retryAfter !== undefined && rule.body === undefined)
    return tooManyRequests(world, request, rule.status ?? 429, Number(rule.retryAfter) || 10)
  return rule.status !== undefined || rule.body !== undefined ? configuredAnswer(rule) : null
}

/** The answer made of a rule's own `status`, `headers` and `body`. */
function configuredAnswer(rule: FaultRule): Response {
  const { status = 200, body, headers } = rule
  if (body === undefined) return new Response(null, { status, headers })
  const [text, type] =
    typeof body === 'string'
      ? [body, 'text/html; charset=utf-8']
      : [JSON.stringify(body), 'application/json; charset=utf-8']
  return new Response(text, { status, headers: { 'content-type': type, ...headers } })
}

const tokenHash = (request: Request): string | null => {
  const header = request.headers.get('authorization')
  return header ? createHash('sha256').update(header).digest('hex') : null
}

function withHeaders(rule: FaultRule, response: Response): void {
  for (const [name, value] of Object.entries(rule.headers ?? {})) response.headers.set(name, value)
  if (rule.retryAfter === undefined) return
  const value = writeRetryAfter(rule.retryAfter)
  if (value === null) response.headers.delete('retry-after')
  else response.headers.set('retry-after', value)
}

const AHEAD_SECONDS = 30 // how far ahead a date lies when the rule does not say
const ABSURD = '9999999999' // seconds: three centuries

/** Writes the value of the Retry-After header that a rule asks for; null for none. Dates are in HTTP's format. */
function writeRetryAfter(wanted: NonNullable<FaultRule['retryAfter']>): string | null {
  if (wanted === 'none') return null
  if (wanted === 'absurd') return ABSURD
  if (typeof wanted !== 'object' && wanted !== 'date') return String(wanted)
  const ahead = typeof wanted === 'object' ? wanted.date : AHEAD_SECONDS
  return new Date(Date.now() + ahead * 1000).toUTCString()
}

/** Cuts the body in half, so that its JSON cannot be parsed. */
async function halveJson(response: Response): Promise<Response> {
  const text = await response.text()
  if (text === '') return response
  return new Response(text.slice(0, text.length / 2), { status: response.status, headers: response.headers })
}

/** Whether a rule changes the pages of lists. */
const changesList = (rule: FaultRule) =>
  [rule.nextLink, rule.duplicateRows, rule.setField].some((one) => one !== undefined) ||
  rule.emptyPage === true ||
  rule.reorder === true

/** Changes a page of a list as a rule demands; null when the answer is no list, or the rule finds nothing to change in it. */
async function reshapeList(rule: FaultRule, request: Request, response: Response): Promise<Response | null> {
  const page = await readPage(response)
  if (!page) return null
  const content = { ...page.content }
  let changed = false
  if (rule.duplicateRows !== undefined) changed = rememberLastRows(rule, rule.duplicateRows, page)
  const rows =
    rule.setField === undefined ? null : setFieldInRows(page.rows, rule.setField, countBefore(rule, request, page))
  if (rows) {
    content.value = rows
    changed = true
  }
  if (rule.reorder && page.rows.length > 1) {
    content.value = (rows ?? page.rows).toReversed()
    changed = true
  }
  if (rule.nextLink !== undefined) {
    content[page.linkName] = addressOf(rule.nextLink, request)
    changed = true
  }
  if (rule.emptyPage && request.method === 'GET') {
    content.value = []
    content[page.linkName] = addressBehindEmptyPage(request.url)
    changed = true
  }
  return changed ? withContent(response, content) : null
}

type Page = { content: Record<string, unknown>; rows: unknown[]; linkName: string }

async function readPage(response: Response): Promise<Page | null> {
  if (!response.headers.get('content-type')?.includes('json')) return null
  const text = await response.clone().text()
  const content = text === '' ? null : (JSON.parse(text) as Record<string, unknown> | null)
  if (!Array.isArray(content?.value)) return null
  const odata = Object.keys(content).some((name) => name.startsWith('@odata.'))
  return { content, rows: content.value, linkName: odata ? '@odata.nextLink' : 'nextLink' }
}

function withContent(response: Response, content: Record<string, unknown>): Response {
  return Response.json(content, { status: response.status, headers: response.headers })
}

const ELSEWHERE = 'attacker.example'

function addressOf(link: NextLink, request: Request): string {
  const to = typeof link === 'string' ? link : link.to
  if (to === 'self') return request.url
  if (to === 'earlier') return firstPageOf(request.url)
  const url = new URL(request.url)
  if (to === 'otherHost') url.hostname = `${url.hostname}.${ELSEWHERE}`
  else if (to === 'userinfo') return request.url.replace(`//${url.host}`, `//${url.host}:443@${ELSEWHERE}`)
  else return to
  return url.href
}

const MAX_PAGES = 10_000 // pages that a rule remembers the number of rows for

/** The number of rows on the earlier pages of the list. The place where the next page begins is remembered for it. */
function countBefore(rule: FaultRule, request: Request, { content, rows, linkName }: Page): number {
  const { rowsBefore } = memoryOf(rule)
  const before = rowsBefore.get(new URL(request.url).href) ?? 0
  const next = content[linkName]
  if (rowsBefore.size >= MAX_PAGES) rowsBefore.clear()
  if (typeof next === 'string') rowsBefore.set(new URL(next).href, before + rows.length)
  return before
}

const MAX_REPEATS = 1_000 // pages that a rule remembers rows for

/** Remembers the last rows of a page, to repeat them on the page that it links to. False when there is no next page. */
function rememberLastRows(rule: FaultRule, count: number, { content, rows, linkName }: Page): boolean {
  const next = content[linkName]
  if (typeof next !== 'string') return false
  const { repeats } = memoryOf(rule)
  if (repeats.size >= MAX_REPEATS) repeats.clear()
  repeats.set(new URL(next).href, rows.slice(-count))
  return true
}

async function addRepeatedRows(
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

/** Adds rows of the previous page at the beginning of this one; null when the rule remembers none for it. */
async function repeatRows(rule: FaultRule, request: Request, response: Response): Promise<Response | null> {
  const rows = memoryOf(rule).repeats.get(request.url)
  const page = rows ? await readPage(response) : null
  return rows && page ? withContent(response, { ...page.content, value: [...rows, ...page.rows] }) : null
}
