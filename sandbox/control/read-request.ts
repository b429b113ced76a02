import type { IncomingMessage } from 'node:http'
import { findService } from '../clouds'
import { ControlRefusal } from './control-refusal'

const MICROSOFT_LIMIT = 10_000_000 // bytes of a body
const CONTROL_LIMIT = 1_000_000 // bytes of a body

async function readBody(incoming: IncomingMessage, limit: number): Promise<Buffer<ArrayBuffer>> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of incoming as AsyncIterable<Buffer>) {
    size += chunk.length
    // The rest is heard but not kept: a client that is still sending would not read the refusal.
    if (size <= limit) chunks.push(chunk)
  }
  if (size > limit) throw new ControlRefusal(`A body holds at most ${limit / 1_000_000} MB.`, 413)
  return Buffer.concat(chunks)
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

function canonicalUrl(target: string, hostHeader: string): { host: string | null; url: URL } {
  const first = /^\/([^/?]+)/.exec(target)?.[1] ?? ''
  const named = hostHeader.replace(/:\d+$/, '')
  const inPath = findService(first) !== null
  const host = inPath ? first.toLowerCase() : findService(named) ? named.toLowerCase() : null
  const rest = inPath ? target.slice(first.length + 1) : target
  const address = `https://${host ?? 'sandbox.invalid'}${rest.startsWith('/') ? rest : `/${rest}`}`
  if (!URL.canParse(address)) throw new ControlRefusal('This address cannot be read.', 400)
  const url = new URL(address)
  if (!isDecodable(url.pathname)) throw new ControlRefusal('The percent signs of this address cannot be read.', 400)
  return { host, url }
}

/** The request under its canonical address: the host in the path, else the Host header, else (null) the sandbox itself. */
export async function readRequest(incoming: IncomingMessage): Promise<{ request: Request; host: string | null }> {
  const { host, url } = canonicalUrl(incoming.url ?? '/', incoming.headers.host ?? '')
  const method = incoming.method ?? 'GET'
  if (method === 'TRACE' || method === 'TRACK' || method === 'CONNECT')
    throw new ControlRefusal(`The sandbox does not answer ${method}.`, 405)
  const headers = new Headers()
  for (const [name, value] of Object.entries(incoming.headers))
    if (value !== undefined) headers.set(name, String(value))
  const bodiless = method === 'GET' || method === 'HEAD'
  const body = bodiless ? undefined : await readBody(incoming, host === null ? CONTROL_LIMIT : MICROSOFT_LIMIT)
  return { host, request: new Request(url, { method, headers, ...(body ? { body } : {}) }) }
}
