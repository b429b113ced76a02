import { sign, verify } from 'node:crypto'
import type { SigningKey } from '../world/signing-key'
import type { World } from '../world/world'

export type Claims = Record<string, unknown>

const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')
const decode = (part: string): unknown => JSON.parse(Buffer.from(part, 'base64url').toString())

/** Signs claims with the world's newest key, RS256. */
export function signJwt(world: World, claims: Claims): string {
  const { kid, privateKey } = world.signingKey
  const body = `${encode({ typ: 'JWT', alg: 'RS256', kid, x5t: kid })}.${encode(claims)}`
  return `${body}.${sign('RSA-SHA256', Buffer.from(body), privateKey).toString('base64url')}`
}

/** Tokens whose signature was right, by the key that made it: a sync sends the same one many times. */
const verified = new WeakMap<SigningKey, Map<string, Claims>>()

function verifiedBy(key: SigningKey): Map<string, Claims> {
  const known = verified.get(key) ?? new Map<string, Claims>()
  verified.set(key, known)
  return known
}

/** The key a token names, or undefined: malformed, or signed with a key that is gone. */
function keyOf(world: World, header: string): SigningKey | undefined {
  try {
    const { kid } = decode(header) as { kid?: unknown }
    return world.keys.find(String(kid))
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof TypeError) return undefined
    throw error
  }
}

/** The claims of a token this sandbox signed with a key it still lists, or null. Says nothing about expiry. */
export function readJwt(world: World, token: string): Claims | null {
  const [header, payload, signature] = token.split('.')
  const key = header ? keyOf(world, header) : undefined
  if (!key || !payload || !signature) return null
  const known = verifiedBy(key)
  const remembered = known.get(token)
  if (remembered) return remembered
  const signed = Buffer.from(`${header}.${payload}`)
  if (!verify('RSA-SHA256', signed, key.publicKey, Buffer.from(signature, 'base64url'))) return null
  const claims = decode(payload) as Claims
  if (known.size > 500) known.clear()
  known.set(token, claims)
  return claims
}
