import { badRequest } from './graph-error'

export type BatchItem = {
  id: string
  method: string
  url: string
  headers: Record<string, string>
  body: unknown
  dependsOn: string[]
}

const MAX_REQUESTS = 20
const refuse = (message: string) => badRequest(message, 'BadRequest')

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

const declaresType = ({ headers }: BatchItem) => Object.keys(headers).some((name) => /^content-type$/i.test(name))

function dependenciesAreSound(items: readonly BatchItem[]): boolean {
  const done = new Set<string>()
  for (let before = -1; before < done.size; ) {
    before = done.size
    for (const item of items)
      if (item.dependsOn.every((id) => done.has(id.toLowerCase()))) done.add(item.id.toLowerCase())
  }
  return done.size === items.length
}

/** The requests of a batch, or why the batch as a whole is refused. Messages are recalled, not verified. */
export function readBatchItems(body: unknown): BatchItem[] | Response {
  const requests = (body as { requests?: unknown } | null)?.requests
  if (!Array.isArray(requests) || requests.length === 0) return refuse('Invalid batch payload format.')
  if (requests.length > MAX_REQUESTS)
    return badRequest(
      `Number of batch request steps exceeds the maximum value of ${MAX_REQUESTS}.`,
      'MaxBatchSizeExceeded',
    )
  const read = requests.map(readItem)
  const items = read.filter((item) => item !== null)
  if (items.length < read.length) return refuse('Invalid batch payload format.')
  const ids = new Set(items.map((item) => item.id.toLowerCase()))
  if (ids.size < items.length) return refuse('Request Id has to be unique in a batch.')
  if (items.some((item) => /^https?:/i.test(item.url))) return refuse('The url of a batch request must be relative.')
  const untyped = items.find((item) => item.body !== undefined && !declaresType(item))
  if (untyped) return refuse(`Write request id : ${untyped.id} does not contain Content-Type header or body.`)
  if (!dependenciesAreSound(items))
    return refuse('Invalid dependsOn: a request depends on one that is not in the batch, or on itself.')
  return items
}
