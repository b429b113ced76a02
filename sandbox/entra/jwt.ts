import { sign, verify } from 'node:crypto'
import type { World } from '../world/world'

export type Claims = Record<string, unknown>

const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')

/** Signs claims with the world's key, RS256. */
export function signJwt(world: World, claims: Claims): string {
  const { kid, privateKey } = world.signingKey
  const body = `${encode({ typ: 'JWT', alg: 'RS256', kid, x5t: kid })}.${encode(claims)}`
  return `${body}.${sign('RSA-SHA256', Buffer.from(body), privateKey).toString('base64url')}`
}

/** Tokens whose signature was right: a sync sends the same one many times. */
const verified = new Map<string, Claims>()

/** The claims of a token this sandbox signed, or null. Says nothing about expiry. */
export function readJwt(world: World, token: string): Claims | null {
  const known = verified.get(token)
  if (known) return known
  const [header, payload, signature] = token.split('.')
  if (!header || !payload || !signature) return null
  const genuine = verify(
    'RSA-SHA256',
    Buffer.from(`${header}.${payload}`),
    world.signingKey.publicKey,
    Buffer.from(signature, 'base64url'),
  )
  if (!genuine) return null
  const claims = JSON.parse(Buffer.from(payload, 'base64url').toString()) as Claims
  if (verified.size > 500) verified.clear()
  verified.set(token, claims)
  return claims
}
