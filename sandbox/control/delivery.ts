import type { ServerResponse } from 'node:http'
import { setImmediate as letOthersIn, setTimeout as sleep } from 'node:timers/promises'
import type { LogItem } from '../world/world'

/** What became of a request besides its answer: for the log, and for the one who sends the bytes. */
export type Outcome = {
  /** The fault rule that spoiled it. */
  fault: string | null
  delivery: Delivery
  /** The item of a batch must not appear in the answer. */
  leftOut: boolean
  items: LogItem[]
}

/** How the bytes of an answer go out. */
export type Delivery = {
  drop?: boolean
  truncate?: number
  cutBody?: number
  trickle?: { bytes: number; everyMs: number }
}

export function createOutcome(): Outcome {
  return { fault: null, delivery: {}, leftOut: false, items: [] }
}

const LONG = 32_000 // bytes worth a packet of their own

/** Sends an answer's text or bytes, all at once unless a fault wants them slowly, cut or not at all. */
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
    // Long text is not joined to its headers first, and without a special letter it is written byte for byte: a third of the time.
    if (length > LONG) outgoing.flushHeaders()
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

/** Hands bytes to the connection; resolves when they are on their way, or when the client is gone. */
async function write(outgoing: ServerResponse, chunk: Buffer): Promise<void> {
  await new Promise<void>((resolve) => outgoing.write(chunk, () => resolve()))
}

/** Ends with the connection, so that nothing waits for a client that is gone. */
function signalWhenClosed(outgoing: ServerResponse): AbortSignal {
  const controller = new AbortController()
  outgoing.once('close', () => controller.abort())
  return controller.signal
}

/** Sends what the sandbox says in its own name as it comes, no faster than the client takes it: some of it is larger than memory. */
export async function streamAnswer(outgoing: ServerResponse, response: Response): Promise<void> {
  outgoing.writeHead(response.status, Object.fromEntries(response.headers))
  const wanted = outgoing.req.method === 'HEAD' ? null : response.body
  for await (const chunk of wanted ?? []) {
    // Leaving the loop stops whoever makes the rest.
    if (outgoing.destroyed) return
    await new Promise<void>((resolve) => outgoing.write(chunk, () => resolve()))
    await letOthersIn()
  }
  outgoing.end()
}

/** An answer that is a JSON array, written while it is read: no more rows are made than were taken. */
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

const ROWS = 200 // written at once: some hundred kilobytes of access rows

function* chunksOf(rows: Iterable<unknown>): Generator<string> {
  let gathered: unknown[] = []
  let before = '['
  for (const row of rows) {
    gathered.push(row)
    if (gathered.length < ROWS) continue
    yield before + JSON.stringify(gathered).slice(1, -1)
    gathered = []
    before = ','
  }
  if (gathered.length > 0) yield before + JSON.stringify(gathered).slice(1)
  else yield before === '[' ? '[]' : ']'
}
