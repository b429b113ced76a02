import { IncomingMessage } from 'node:http'
import { REFUSED_BODY } from './limits'

/** The content of a request; `too large` as soon as it is, or `gone` when the client left before its end. */
export function readBody(request: IncomingMessage, limit: number): Promise<Buffer | 'too large' | 'gone'> {
  const chunks: Buffer[] = []
  let size = 0
  return new Promise((resolve) => {
    const collect = (chunk: Buffer) => {
      size += chunk.length
      if (size <= limit) return void chunks.push(chunk)
      request.off('data', collect)
      chunks.length = 0
      resolve('too large')
    }
    request.on('data', collect)
    request.once('end', () => resolve(Buffer.concat(chunks)))
    request.once('error', () => resolve('gone'))
    request.once('close', () => resolve('gone'))
  })
}

/**
 * Reads on what follows a refused head and forgets it, because a client whose connection is closed while it sends does
 * not get to read the answer. One that sends too much or too long is cut off.
 */
export function discardBody(request: IncomingMessage): void {
  if (request.complete) return
  let size = 0
  const cut = setTimeout(() => request.destroy(), REFUSED_BODY.ms).unref()
  request.on('data', (chunk: Buffer) => {
    size += chunk.length
    if (size > REFUSED_BODY.bytes) request.destroy()
  })
  request.once('error', () => request.destroy())
  request.once('close', () => clearTimeout(cut))
}

/** The same request with content that has arrived whole, so that nothing behind the guard waits for a client to send. */
export function withBody(request: IncomingMessage, body: Buffer): IncomingMessage {
  const whole = new IncomingMessage(request.socket)
  whole.method = request.method
  whole.url = request.url
  whole.httpVersion = request.httpVersion
  whole.httpVersionMajor = request.httpVersionMajor
  whole.httpVersionMinor = request.httpVersionMinor
  whole.rawHeaders = request.rawHeaders
  const { 'transfer-encoding': _chunked, ...headers } = request.headers
  whole.headers = { ...headers, 'content-length': String(body.length) }
  whole.complete = true
  whole.push(body)
  whole.push(null)
  return whole
}
