import { afterEmptyPage, firstPage } from './empty-page'
import type { FaultRule, NextLink } from './fault-rule'
import { stateOf } from './rule-state'

const ELSEWHERE = 'attacker.example'
const REPEATS_LIMIT = 1_000 // pages remembered by a rule

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

function addressOf(link: NextLink, request: Request): string {
  const to = typeof link === 'string' ? link : link.to
  if (to === 'self') return request.url
  if (to === 'earlier') return firstPage(request.url)
  const url = new URL(request.url)
  if (to === 'otherHost') url.hostname = `${url.hostname}.${ELSEWHERE}`
  else if (to === 'userinfo') return request.url.replace(`//${url.host}`, `//${url.host}:443@${ELSEWHERE}`)
  else return to
  return url.href
}

/** Remembers the last rows of a page for the one it links to. False: there is no next page. */
function keepForNext(rule: FaultRule, count: number, { content, rows, linkName }: Page): boolean {
  const next = content[linkName]
  if (typeof next !== 'string') return false
  const { repeats } = stateOf(rule)
  if (repeats.size >= REPEATS_LIMIT) repeats.clear()
  repeats.set(new URL(next).href, rows.slice(-count))
  return true
}

/** What a rule makes of a list's page; null when there is no list, or nothing of it to spoil. */
export async function reshapeList(rule: FaultRule, request: Request, response: Response): Promise<Response | null> {
  const page = await readPage(response)
  if (!page) return null
  const content = { ...page.content }
  let spoiled = false
  if (rule.duplicateRows !== undefined) spoiled = keepForNext(rule, rule.duplicateRows, page)
  if (rule.reorder && page.rows.length > 1) {
    content.value = page.rows.toReversed()
    spoiled = true
  }
  if (rule.nextLink !== undefined) {
    content[page.linkName] = addressOf(rule.nextLink, request)
    spoiled = true
  }
  if (rule.emptyPage && request.method === 'GET') {
    content.value = []
    content[page.linkName] = afterEmptyPage(request.url)
    spoiled = true
  }
  return spoiled ? withContent(response, content) : null
}

/** Puts the rows of the page before at the head of this one, when a rule kept some for it. */
export async function repeatRows(rule: FaultRule, request: Request, response: Response): Promise<Response | null> {
  const rows = stateOf(rule).repeats.get(request.url)
  const page = rows ? await readPage(response) : null
  return rows && page ? withContent(response, { ...page.content, value: [...rows, ...page.rows] }) : null
}
