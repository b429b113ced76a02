import type { GraphCall } from './graph-call'
import { badRequest } from './graph-error'

type Item = { id?: unknown; method?: unknown; url?: unknown; headers?: Record<string, string>; body?: unknown }
type Ask = (request: Request) => Promise<Response>

const MAX_REQUESTS = 20

async function answerItem(call: GraphCall, item: Item, ask: Ask) {
  const url = `https://${call.cloud.graph}/v1.0/${String(item.url).replace(/^\/+/, '')}`
  const headers = new Headers(item.headers)
  headers.set('authorization', call.request.headers.get('authorization') ?? '')
  const method = String(item.method ?? 'GET').toUpperCase()
  const response = await ask(
    new Request(url, { method, headers, ...(item.body === undefined ? {} : { body: JSON.stringify(item.body) }) }),
  )
  const text = await response.text()
  const json = response.headers.get('content-type')?.includes('json')
  const named: Record<string, string> = {}
  for (const [name, value] of response.headers)
    named[name.replace(/\b[a-z]/g, (letter) => letter.toUpperCase())] = value
  return { id: String(item.id), status: response.status, headers: named, body: json && text ? JSON.parse(text) : text }
}

/** `POST /$batch`: up to twenty requests, answered in an order of its own. The outer answer is 200 though items fail. */
export async function batch(call: GraphCall, ask: Ask): Promise<Response> {
  let items: Item[]
  try {
    const body = (await call.request.json()) as { requests?: Item[] }
    items = Array.isArray(body.requests) ? body.requests : []
  } catch (error) {
    return badRequest(`Unable to read JSON request payload: ${String(error)}`, 'BadRequest')
  }
  if (items.length === 0) return badRequest('Invalid batch payload format.', 'BadRequest')
  if (items.length > MAX_REQUESTS)
    return badRequest(
      `Number of batch request steps exceeds the maximum value of ${MAX_REQUESTS}.`,
      'MaxBatchSizeExceeded',
    )
  const ids = new Set(items.map((item) => String(item.id).toLowerCase()))
  if (ids.size < items.length) return badRequest('Request Id has to be unique in a batch.', 'BadRequest')
  if (items.some((item) => /^https?:/i.test(String(item.url))))
    return badRequest('The url of a batch request must be relative.', 'BadRequest')
  const responses = await Promise.all(items.map((item) => answerItem(call, item, ask)))
  // Graph promises no order; the last come first, odd ones after even ones, so that nobody relies on one.
  const shuffled = responses
    .map((response, index) => ({ response, rank: ((index * 7) % 20) - index / 100 }))
    .sort((a, b) => b.rank - a.rank)
  return Response.json({ responses: shuffled.map((one) => one.response) })
}
