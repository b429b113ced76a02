import { sign } from 'node:crypto'
import { generateSigningKey } from '../world/signing-keys'
import type { World } from '../world/world'

type Wanted = { issuer: string; subject: string; audience: string; seconds: number }

/**
 * A token as the issuer of a workload's identity gives it, such as a Kubernetes cluster for a service account: RS256, with
 * `iss`, `sub` and `aud`. The issuer and its key are made when it is first asked.
 */
export function issueFederatedToken(world: World, { issuer, subject, audience, seconds }: Wanted): string {
  const key = world.issuers.get(issuer) ?? generateSigningKey()
  world.issuers.set(issuer, key)
  const now = Math.floor(world.now() / 1_000)
  const claims = { iss: issuer, sub: subject, aud: [audience], iat: now, nbf: now, exp: now + Math.floor(seconds) }
  const body = `${encode({ alg: 'RS256', kid: key.kid })}.${encode(claims)}`
  return `${body}.${sign('RSA-SHA256', Buffer.from(body), key.privateKey).toString('base64url')}`
}

const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')
