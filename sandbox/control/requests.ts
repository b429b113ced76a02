import type { IncomingMessage } from 'node:http'
import type { z } from 'zod'
import { isPlayed } from '../clouds'

/**
 * Reads a request under its canonical address. The host is taken from the path, else from the Host header; null means the
 * sandbox itself. Throws ControlRefusal for what cannot be read.
 */
export async function readRequest(incoming: IncomingMessage): Promise<{ request: Request; host: string | null }> {
  const { host, url } = canonicalUrl(incoming.url ?? '/', incoming.headers.host ?? '')
  const method = incoming.method ?? 'GET'
  if (method === 'TRACE' || method === 'TRACK' || method === 'CONNECT')
    throw new ControlRefusal(`The sandbox does not answer ${method}.`, 405)
  const headers = new Headers()
  for (const [name, value] of Object.entries(incoming.headers))
    if (value !== undefined) headers.set(name, String(value))
  const hasNoBody = method === 'GET' || method === 'HEAD'
  const body = hasNoBody ? undefined : await readBody(incoming, host === null ? CONTROL_LIMIT : MICROSOFT_LIMIT)
  return { host, request: new Request(url, { method, headers, ...(body ? { body } : {}) }) }
}

function canonicalUrl(target: string, hostHeader: string): { host: string | null; url: URL } {
  const first = /^\/([^/?]+)/.exec(target)?.[1] ?? ''
  const named = hostHeader.replace(/:\d+$/, '')
  const isInPath = isPlayed(first)
  const host = isInPath ? first.toLowerCase() : isPlayed(named) ? named.toLowerCase() : null
  const rest = isInPath ? target.slice(first.length + 1) : target
  const address = `https://${host ?? 'sandbox.invalid'}${rest.startsWith('/') ? rest : `/${rest}`}`
  if (!URL.canParse(address)) throw new ControlRefusal('This address cannot be read.', 400)
  const url = new URL(address)
  if (!isDecodable(url.pathname)) throw new ControlRefusal('The percent signs of this address cannot be read.', 400)
  return { host, url }
}

function isDecodable(path: string): boolean {
  try {
    decodeURIComponent(path)
    return true
  } catch (error) {
    if (error instanceof URIError) return false
    throw error
  }
}

// The most bytes a body may have at Microsoft's addresses, and at the controls.
const MICROSOFT_LIMIT = 10_000_000
const CONTROL_LIMIT = 1_000_000

async function readBody(incoming: IncomingMessage, limit: number): Promise<Buffer<ArrayBuffer>> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of incoming as AsyncIterable<Buffer>) {
    size += chunk.length
    // The rest is read and thrown away: a client that is still sending would not read the refusal.
    if (size <= limit) chunks.push(chunk)
  }
  if (size > limit) throw new ControlRefusal(`A body holds at most ${limit / 1_000_000} MB.`, 413)
  return Buffer.concat(chunks)
}

/** Decodes the path of an address; returns it unchanged when its percent signs are malformed. */
export function decodePath(url: URL): string {
  try {
    return decodeURIComponent(url.pathname)
  } catch (error) {
    if (error instanceof URIError) return url.pathname
    throw error
  }
}

/** Thrown when a request to the sandbox cannot be carried out; the message is a sentence for the caller. */
export class ControlRefusal extends Error {
  override readonly name = 'ControlRefusal'

  constructor(
    message: string,
    readonly status = 400,
  ) {
    super(message)
  }
}

/** Reads the body of a control request as JSON; an empty one counts as {}. Throws ControlRefusal when it is not JSON. */
export async function readJson<T = unknown>(request: Request): Promise<T> {
  const text = await request.text()
  try {
    return (text === '' ? {} : JSON.parse(text)) as T
  } catch (error) {
    if (error instanceof SyntaxError) throw new ControlRefusal(`The body is not JSON: ${error.message}.`)
    throw error
  }
}

/** Reads the body of a control request in the shape it must have. Throws ControlRefusal with the first thing wrong. */
export async function readShape<T>(request: Request, shape: z.ZodType<T>): Promise<T> {
  const parsed = shape.safeParse(await readJson(request))
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  throw new ControlRefusal(`The body is not what is asked for: ${issue?.path.join('.') ?? ''} ${issue?.message ?? ''}.`)
}

const LOOPBACK_NAME = /^(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/i
const LOOPBACK_ADDRESS = /^(::ffff:)?127\.|^::1$/

/** Whether a request came over loopback and under one of loopback's names. Forwarding headers are not believed. */
export function isOnLoopback(incoming: IncomingMessage): boolean {
  return LOOPBACK_ADDRESS.test(incoming.socket.remoteAddress ?? '') && LOOPBACK_NAME.test(incoming.headers.host ?? '')
}

/** Whether a web page of another origin makes the browser send this request; such a page must not use the controls. */
export function isCrossOrigin({ headers }: IncomingMessage): boolean {
  if (headers.origin !== undefined) return !LOOPBACK_NAME.test(headers.origin.replace(/^https?:\/\//i, ''))
  return headers['sec-fetch-site'] === 'cross-site'
}
