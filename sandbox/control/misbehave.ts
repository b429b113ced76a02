import { setTimeout as sleep } from 'node:timers/promises'
import type { World } from '../world/world'
import type { FaultRule } from './fault-rule'
import { tenantOfRequest } from './tenant-of-request'

/** Tells the server to close the connection; the wire never sees it. */
export const DROP_HEADER = 'x-sandbox-drop'
/** Tells the server how many bytes of the body to send before it closes the connection. */
export const TRUNCATE_HEADER = 'x-sandbox-truncate'

function matches(world: World, rule: FaultRule, request: Request): boolean {
  const url = new URL(request.url)
  const { host, path, method, tenantId, subscriptionId } = rule.match
  if (host && host !== url.hostname) return false
  if (path && !new RegExp(path, 'i').test(decodeURIComponent(url.pathname))) return false
  if (method && method.toUpperCase() !== request.method) return false
  if (subscriptionId && !url.pathname.toLowerCase().includes(subscriptionId.toLowerCase())) return false
  return !tenantId || tenantOfRequest(world, request) === tenantId.toLowerCase()
}

/** The first rule that is due for this request; counts what it saw. */
function dueRule(world: World, request: Request): FaultRule | null {
  for (const rule of world.faults) {
    if (!matches(world, rule, request)) continue
    rule.seen++
    if (rule.seen <= (rule.skip ?? 0) || rule.fired >= (rule.times ?? Number.POSITIVE_INFINITY)) continue
    rule.fired++
    return rule
  }
  return null
}

function body(value: unknown): { text: string; type: string } {
  return typeof value === 'string'
    ? { text: value, type: 'text/html; charset=utf-8' }
    : { text: JSON.stringify(value), type: 'application/json; charset=utf-8' }
}

async function withNextLink(response: Response, nextLink: string): Promise<Response> {
  const content = (await response.json()) as Record<string, unknown>
  const name = '@odata.context' in content ? '@odata.nextLink' : 'nextLink'
  return Response.json({ ...content, [name]: nextLink }, { status: response.status, headers: response.headers })
}

/** Answers as asked, unless a fault is due: then late, wrong, cut short or not at all. */
export async function misbehave(world: World, request: Request, behave: () => Promise<Response>): Promise<Response> {
  const rule = dueRule(world, request)
  if (!rule) return behave()
  if (rule.delayMs) await sleep(rule.delayMs)
  if (rule.drop) return new Response(null, { status: 504, headers: { [DROP_HEADER]: '1' } })
  if (rule.redirectTo)
    return new Response(null, { status: rule.status ?? 302, headers: { location: rule.redirectTo, ...rule.headers } })
  let response: Response
  if (rule.status !== undefined || rule.body !== undefined) {
    const content = rule.body === undefined ? null : body(rule.body)
    response = new Response(content?.text ?? null, {
      status: rule.status ?? 200,
      headers: { ...(content ? { 'content-type': content.type } : {}), ...rule.headers },
    })
  } else {
    response = await behave()
    for (const [name, value] of Object.entries(rule.headers ?? {})) response.headers.set(name, value)
  }
  if (rule.nextLink !== undefined) response = await withNextLink(response, rule.nextLink)
  if (rule.truncate !== undefined) response.headers.set(TRUNCATE_HEADER, String(rule.truncate))
  return response
}
