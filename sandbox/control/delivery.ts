import type { ServerResponse } from 'node:http'
import { setTimeout as sleep, setImmediate as yieldToOthers } from 'node:timers/promises'
import type { LogItem } from '../world/world'

/** What else happened to a request, for the log and for the code that sends the answer. */
export type Outcome = {
  /** The name of the fault rule that changed the answer. */
  fault: string | null
  delivery: Delivery
  /** Whether this is an item of a batch that must be missing from the answer. */
  leftOut: boolean
  items: LogItem[]
}

/** How a fault changes the way in which the bytes of an answer are sent; see FaultRule for the fields. */
type Delivery = {
  drop?: boolean
  truncate?: number
  cutBody?: number
  trickle?: { bytes: number; everyMs: number }
}

export function createOutcome(): Outcome {
  return { fault: null, delivery: {}, leftOut: false, items: [] }
}

const LONG_BODY = 32_000 // bytes; a longer body is not copied together with its headers

/** Sends an answer's text or bytes: all at once, or slowly, cut or not at all as a fault demands. */
export async function deliver(outgoing: ServerResponse, response: Response, body: string | Buffer, delivery: Delivery) {
  const { drop, truncate, cutBody, trickle } = delivery
  if (outgoing.destroyed) return
  if (drop) {
    outgoing.socket?.destroy()
    return
  }
  outgoing.statusCode = response.status
  for (const [name, value] of response.headers) if (name !== 'set-cookie') outgoing.setHeader(name, value)
  const cookies = response.headers.getSetCookie()
  if (cookies.length > 0) outgoing.setHeader('set-cookie', cookies)
  // Without a content-length Node sends chunks.
  const length = Buffer.byteLength(body)
  if (cutBody === undefined) outgoing.setHeader('content-length', length)
  const limit = truncate ?? cutBody
  if (limit === undefined && !trickle) {
    // Node copies a body together with its headers unless those are flushed first, and writes plain ASCII faster as
    // latin1. Together this takes a third of the time for long answers.
    if (length > LONG_BODY) outgoing.flushHeaders()
    outgoing.end(body, length === body.length ? 'latin1' : 'utf8')
    return
  }
  const part = Buffer.from(body).subarray(0, limit)
  outgoing.flushHeaders()
  if (trickle) await writeSlowly(outgoing, part, trickle)
  else if (part.length > 0) await write(outgoing, part)
  if (limit === undefined) outgoing.end()
  else outgoing.socket?.destroySoon()
}

async function writeSlowly(
  outgoing: ServerResponse,
  body: Buffer,
  { bytes, everyMs }: { bytes: number; everyMs: number },
) {
  const signal = signalWhenClosed(outgoing)
  try {
    for (let sent = 0; sent < body.length && !outgoing.destroyed; sent += bytes) {
      if (sent > 0) await sleep(everyMs, undefined, { signal })
      await write(outgoing, body.subarray(sent, sent + bytes))
    }
  } catch (error) {
    if (!signal.aborted) throw error
  }
}

/** Writes bytes to the connection; resolves when they were handed over, or when the client has disconnected. */
async function write(outgoing: ServerResponse, chunk: Uint8Array): Promise<void> {
  await new Promise<void>((resolve) => outgoing.write(chunk, () => resolve()))
}

/** A signal that aborts when the connection closes, so that nothing waits for a client that has disconnected. */
function signalWhenClosed(outgoing: ServerResponse): AbortSignal {
  const controller = new AbortController()
  outgoing.once('close', () => controller.abort())
  return controller.signal
}

/**
 * Streams an answer of the sandbox itself (not Microsoft's), waiting for the client to read, because some of these answers
 * are larger than memory.
 */
export async function streamAnswer(outgoing: ServerResponse, response: Response): Promise<void> {
  outgoing.writeHead(response.status, Object.fromEntries(response.headers))
  const body = outgoing.req.method === 'HEAD' ? null : response.body
  for await (const chunk of body ?? []) {
    // Returning ends the generator, so no more rows are computed.
    if (outgoing.destroyed) return
    await write(outgoing, chunk)
    await yieldToOthers()
  }
  outgoing.end()
}

/** An answer whose body is a JSON array. Rows are only computed as fast as the client reads them. */
export function streamJsonArray(rows: Iterable<unknown>): Response {
  const chunks = chunksOf(rows)
  const body = new ReadableStream<Uint8Array>({
    pull(controller) {
      const { value, done } = chunks.next()
      if (done) controller.close()
      else controller.enqueue(Buffer.from(value))
    },
    cancel: () => void chunks.return(undefined),
  })
  return new Response(body, { headers: { 'content-type': 'application/json' } })
}

const ROWS_PER_CHUNK = 200 // some hundred kilobytes of access rows

function* chunksOf(rows: Iterable<unknown>): Generator<string> {
  let gathered: unknown[] = []
  let before = '['
  for (const row of rows) {
    gathered.push(row)
    if (gathered.length < ROWS_PER_CHUNK) continue
    yield before + JSON.stringify(gathered).slice(1, -1)
    gathered = []
    before = ','
  }
  if (gathered.length > 0) yield before + JSON.stringify(gathered).slice(1)
  else yield before === '[' ? '[]' : ']'
}
