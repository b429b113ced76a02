import { createHmac, randomUUID } from 'node:crypto'

/** What a refresh token says. Self-contained, because the sandbox keeps nothing on disk and a portal's stored tokens should outlive it. */
export type RefreshGrant = {
  clientId: string
  homeTenantId: string
  homeUserId: string
  issuedAt: number
  mfa: boolean
  bootId: string
  /** What was consented where it was issued, so that a restarted sandbox can learn it again. */
  tenantId: string
  consented: string[]
  forAll: boolean
}

const seal = (body: string) => createHmac('sha256', 'rolecall sandbox refresh tokens').update(body).digest('base64url')

/** A new token each time, though the grant may be the same. */
export function writeRefreshToken(grant: RefreshGrant): string {
  const body = Buffer.from(JSON.stringify({ ...grant, id: randomUUID() })).toString('base64url')
  return `1.${body}.${seal(body)}`
}

/** The grant of a token the sandbox wrote, or null. */
export function readRefreshToken(token: string): RefreshGrant | null {
  const [version, body, signature] = token.split('.')
  if (version !== '1' || !body || seal(body) !== signature) return null
  return JSON.parse(Buffer.from(body, 'base64url').toString()) as RefreshGrant
}
