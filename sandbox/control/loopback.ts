import type { IncomingMessage } from 'node:http'

const NAME = /^(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/i
const ADDRESS = /^(::ffff:)?127\.|^::1$/

/** Whether a request came over loopback and under one of loopback's names. Forwarding headers are not believed. */
export function isOnLoopback(incoming: IncomingMessage): boolean {
  return ADDRESS.test(incoming.socket.remoteAddress ?? '') && NAME.test(incoming.headers.host ?? '')
}

/** Whether a page of elsewhere makes the browser send this: it must not drive the controls. */
export function isFromElsewhere({ headers }: IncomingMessage): boolean {
  if (headers.origin !== undefined) return !NAME.test(headers.origin.replace(/^https?:\/\//i, ''))
  return headers['sec-fetch-site'] === 'cross-site'
}
