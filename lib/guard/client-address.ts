import type { IncomingMessage } from 'node:http'
import { isIP } from 'node:net'

/**
 * The address of the client that sent a request.
 *
 * Each proxy appends the address that it was asked from to X-Forwarded-For, so with `trustedProxies` of ours in front the
 * client's is that many entries from the end; what stands before it is whatever the client wrote. Where there is no such
 * entry, the request came past the proxies, and is the connection's own.
 */
export function readClientAddress(request: IncomingMessage, trustedProxies: number): string {
  const own = plainAddress(request.socket.remoteAddress ?? '')
  if (trustedProxies === 0) return own
  const entries = (request.headersDistinct['x-forwarded-for'] ?? []).join(',').split(',')
  const told = plainAddress(entries.at(-trustedProxies)?.trim() ?? '')
  return isIP(told) ? told : own
}

/** An address without the port that some proxies add, without brackets, and IPv4 not written as IPv6. */
const plainAddress = (written: string): string =>
  written
    .replace(/^\[(.*)\](?::\d+)?$/, '$1')
    .replace(/^(\d+\.\d+\.\d+\.\d+):\d+$/, '$1')
    .replace(/^::ffff:(?=\d+\.\d+\.\d+\.\d+$)/i, '')
