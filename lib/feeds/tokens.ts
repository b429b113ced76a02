import { timingSafeEqual } from 'node:crypto'
import { hashToken } from '@/lib/random-token'

/** What is compared with where there is no feed: the hash of no token. */
const NOBODYS_HASH = Buffer.alloc(32)

/**
 * Whether a token is the one that was stored as this hash; it never is when there is none. It takes as long for a token that is nearly
 * right as for one that is not, and for a feed that does not exist.
 */
export function isToken(token: string, tokenHash: string | null): boolean {
  const stored = tokenHash === null ? NOBODYS_HASH : Buffer.from(tokenHash, 'base64url')
  return timingSafeEqual(Buffer.from(hashToken(token), 'base64url'), stored)
}

/**
 * The token that a request carries in its `Authorization` header: as a bearer token (RFC 6750), or as the password of HTTP Basic
 * (RFC 7617) with any user name, which is what feed readers speak. Null when it carries neither.
 */
export function readToken(authorization: string | null): string | null {
  const [, scheme = '', credentials = ''] = /^(basic|bearer) +([^ ]+)$/i.exec(authorization ?? '') ?? []
  if (scheme === '') return null
  if (scheme.toLowerCase() === 'bearer') return credentials
  const [, password] = /^[^:]*:(.*)$/s.exec(Buffer.from(credentials, 'base64').toString()) ?? []
  return password ?? null
}
