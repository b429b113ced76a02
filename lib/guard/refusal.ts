import { type ServerResponse, STATUS_CODES } from 'node:http'
import type { Duplex } from 'node:stream'

/** An answer that the guard gives by itself: a sentence of plain text. */
export type Refusal = { status: number; sentence: string; headers?: Record<string, string> }

const METHODS = ['GET', 'HEAD', 'POST']

export const isMethod = (method: string | undefined): boolean => METHODS.includes(method ?? '')

export const REFUSALS = {
  method: {
    status: 405,
    sentence: 'The portal answers GET, HEAD and POST only.',
    headers: { allow: METHODS.join(', ') },
  },
  longAddress: { status: 414, sentence: 'The address is too long. Open the page from the portal’s own links.' },
  manyParameters: {
    status: 414,
    sentence: 'The address has too many parameters. Open the page from the portal’s own links.',
  },
  badAddress: {
    status: 400,
    sentence:
      'The address cannot be read: a character in it is written wrongly. Open the page from the portal’s own links.',
  },
  largeHeaders: {
    status: 431,
    sentence: 'The request has too many headers or cookies. Delete the cookies of this site and try again.',
  },
  unexpectedBody: { status: 400, sentence: 'A request that only reads carries no content.' },
  largeBody: { status: 413, sentence: 'The request is too large. Send less at once.' },
  expectation: { status: 417, sentence: 'The portal does not know what the request expects of it.' },
  malformed: { status: 400, sentence: 'The request is not HTTP as the portal understands it.' },
  slow: { status: 408, sentence: 'The request took too long to arrive. Send it again.' },
  clientBusy: {
    status: 429,
    sentence: 'Too many requests of yours are being answered already. Try again in a moment.',
    headers: { 'retry-after': '1' },
  },
  busy: {
    status: 503,
    sentence: 'The portal is answering as many requests as it can. Try again in a moment.',
    headers: { 'retry-after': '1' },
  },
  failed: { status: 500, sentence: 'Something went wrong on our side. Try again in a moment.' },
} satisfies Record<string, Refusal>

/** Answers a request with the refusal; headers that the response has already are kept. */
export function sendRefusal(response: ServerResponse, refusal: Refusal): void {
  response.writeHead(refusal.status, headersOf(refusal))
  response.end(bodyOf(refusal))
}

/** Writes the refusal to a connection on which there is no request to answer, and ends it. */
export function writeRefusal(socket: Duplex, refusal: Refusal, headers: Record<string, string>): void {
  const all = { ...headers, ...headersOf(refusal), connection: 'close' }
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}`)
  socket.end([`HTTP/1.1 ${refusal.status} ${STATUS_CODES[refusal.status]}`, ...lines, '', bodyOf(refusal)].join('\r\n'))
}

const bodyOf = ({ sentence }: Refusal) => `${sentence}\n`

const headersOf = (refusal: Refusal): Record<string, string> => ({
  'content-type': 'text/plain; charset=utf-8',
  'content-length': String(Buffer.byteLength(bodyOf(refusal))),
  'cache-control': 'no-store',
  ...refusal.headers,
})
