import { isIP } from 'node:net'
import type { Visitor } from '@/db/actor'

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i

/**
 * From where a request came and its correlation id, as the guard in front of the portal has written them into its headers.
 * The guard deletes what a client sends under these names. A value of another form counts as absent.
 */
export function readVisitor(headers: { get(name: string): string | null }): Visitor {
  const address = headers.get('x-client-address')
  const requestId = headers.get('x-request-id')
  return {
    address: address && isIP(address) > 0 ? address : null,
    requestId: requestId && UUID.test(requestId) ? requestId.toLowerCase() : null,
  }
}
