import { JsonResponse } from '../list-pages'
import { badRequest, type GraphCall } from './graph-call'

type Ask = (request: Request) => Promise<Response>

/** `POST /$batch`: up to twenty requests. The answer itself is 200, even when items fail. */
export async function batch(call: GraphCall, ask: Ask): Promise<Response> {
  let body: unknown
  try {
    body = await call.request.json()
  } catch (error) {
    return badRequest(`Unable to read JSON request payload: ${String(error)}`, 'BadRequest')
  }
  const items = readBatchItems(body)
  if (items instanceof Response) return items
  const responses = await askAll(call, items, ask)
  // Graph promises no order: answers are shuffled on purpose, so that no client relies on their order.
  const shuffled = responses
    .map((response, index) => ({ response, rank: ((index * 7) % 20) - index / 100 }))
    .sort((a, b) => b.rank - a.rank)
  return new JsonResponse({ responses: shuffled.map((one) => one.response) })
}

/** Answers each item as soon as the items that it depends on have succeeded. */
async function askAll(call: GraphCall, items: BatchItem[], ask: Ask): Promise<ItemAnswer[]> {
  const byId = new Map(items.map((item) => [item.id.toLowerCase(), item]))
  const answers = new Map<string, Promise<ItemAnswer>>()
  const answerOf = (id: string): Promise<ItemAnswer> => {
    const known = answers.get(id)
    if (known !== undefined) return known
    const item = byId.get(id)
    if (!item) throw new Error(`No request ${id} in the batch.`)
    const answer = Promise.all(item.dependsOn.map((one) => answerOf(one.toLowerCase()))).then((before) =>
      before.some(({ status }) => status >= 400) ? failedDependency(item) : askItem(call, item, ask),
    )
    answers.set(id, answer)
    return answer
  }
  return Promise.all([...byId.keys()].map(answerOf))
}

type ItemAnswer = { id: string; status: number; headers: Record<string, string>; body: unknown }

async function askItem(call: GraphCall, item: BatchItem, ask: Ask): Promise<ItemAnswer> {
  const request = requestOf(call, item)
  const response = request ? await ask(request) : badRequest('The request of the batch cannot be read.', 'BadRequest')
  const text = await response.text()
  const json = response.headers.get('content-type')?.includes('json')
  const headers: Record<string, string> = {}
  for (const [name, value] of response.headers)
    headers[name.startsWith('x-ms') ? name : name.replace(/\b[a-z]/g, (letter) => letter.toUpperCase())] = value
  return { id: item.id, status: response.status, headers, body: json && text ? JSON.parse(text) : text }
}

/** An item as a request of its own; null when it cannot be one: a body on a GET, an invalid header or address. */
function requestOf(call: GraphCall, item: BatchItem): Request | null {
  const address = `https://${call.cloud.graph}/${call.version}/${item.url.replace(/^\/+/, '')}`
  const body = item.body === undefined ? {} : { body: JSON.stringify(item.body) }
  try {
    const headers = new Headers(item.headers)
    headers.set('authorization', call.request.headers.get('authorization') ?? '')
    const request = new Request(address, { method: item.method, headers, ...body })
    decodeURIComponent(new URL(request.url).pathname)
    return request
  } catch (error) {
    if (error instanceof TypeError || error instanceof URIError) return null
    throw error
  }
}

function failedDependency(item: BatchItem): ItemAnswer {
  const message = 'The request was not made because one it depends on failed.'
  return {
    id: item.id,
    status: 424,
    headers: { 'Content-Type': 'application/json' },
    body: { error: { code: 'FailedDependency', message, innerError: { date: new Date().toISOString().slice(0, 19) } } },
  }
}

/** One request of a batch. */
type BatchItem = {
  id: string
  method: string
  url: string
  headers: Record<string, string>
  body: unknown
  dependsOn: string[]
}

const MAX_REQUESTS = 20

/** Reads the requests of a batch, or the refusal of the whole batch. Its messages are recalled, not verified. */
function readBatchItems(body: unknown): BatchItem[] | Response {
  const requests = (body as { requests?: unknown } | null)?.requests
  if (!Array.isArray(requests) || requests.length === 0) return refuseBatch('Invalid batch payload format.')
  if (requests.length > MAX_REQUESTS)
    return badRequest(
      `Number of batch request steps exceeds the maximum value of ${MAX_REQUESTS}.`,
      'MaxBatchSizeExceeded',
    )
  const read = requests.map(readItem)
  const items = read.filter((item) => item !== null)
  if (items.length < read.length) return refuseBatch('Invalid batch payload format.')
  const ids = new Set(items.map((item) => item.id.toLowerCase()))
  if (ids.size < items.length) return refuseBatch('Request Id has to be unique in a batch.')
  if (items.some((item) => /^https?:/i.test(item.url)))
    return refuseBatch('The url of a batch request must be relative.')
  const untyped = items.find((item) => item.body !== undefined && !declaresContentType(item))
  if (untyped) return refuseBatch(`Write request id : ${untyped.id} does not contain Content-Type header or body.`)
  if (!areDependenciesSound(items))
    return refuseBatch('Invalid dependsOn: a request depends on one that is not in the batch, or on itself.')
  return items
}

function readItem(value: unknown): BatchItem | null {
  if (typeof value !== 'object' || value === null) return null
  const item = value as Partial<Record<keyof BatchItem, unknown>>
  if (item.id === undefined || typeof item.url !== 'string') return null
  return {
    id: String(item.id),
    method: String(item.method ?? 'GET').toUpperCase(),
    url: item.url,
    headers: (item.headers ?? {}) as Record<string, string>,
    body: item.body,
    dependsOn: Array.isArray(item.dependsOn) ? item.dependsOn.map(String) : [],
  }
}

const declaresContentType = ({ headers }: BatchItem) =>
  Object.keys(headers).some((name) => /^content-type$/i.test(name))

/** Whether every item depends only on items of the batch, and none on itself through others. */
function areDependenciesSound(items: readonly BatchItem[]): boolean {
  const done = new Set<string>()
  for (let before = -1; before < done.size; ) {
    before = done.size
    for (const item of items)
      if (item.dependsOn.every((id) => done.has(id.toLowerCase()))) done.add(item.id.toLowerCase())
  }
  return done.size === items.length
}

const refuseBatch = (message: string) => badRequest(message, 'BadRequest')
