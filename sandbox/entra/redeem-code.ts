import { createHash } from 'node:crypto'
import type { Code } from '../world/world'
import { CLIENT_REFUSALS } from './client-refusals'
import type { Refusal } from './entra-error'
import { subjectAt } from './mint'
import { REFUSALS } from './refusals'
import { scopeRefusal } from './scope-refusal'
import { parseScopes, resourcesOf } from './scopes'
import type { Grant, TokenRequest } from './token-request'

const CODE_MS = 10 * 60_000 // Entra: about ten minutes

function verifierFits(challenge: string, method: string, verifier: string): boolean {
  return challenge === (method === 'S256' ? createHash('sha256').update(verifier).digest('base64url') : verifier)
}

/** Codes of pages in a browser are redeemed across origins, all others never are. */
function originRefusal({ request, app }: TokenRequest, code: Code): Refusal | null {
  const crosses = request.headers.has('origin')
  if (app.spaRedirectUris?.includes(code.redirectUri)) return crosses ? null : CLIENT_REFUSALS.sameOrigin()
  return crosses ? CLIENT_REFUSALS.crossOrigin() : null
}

/** What is wrong with the code itself, before its scopes are looked at. */
function codeRefusal(asked: TokenRequest, code: Code): Refusal | null {
  const { world, authority, form, app } = asked
  if (code.redeemed) return REFUSALS.codeRedeemed()
  if (world.now() - code.issuedAt > CODE_MS) return REFUSALS.codeExpired()
  if (code.authority !== authority && asked.tenant?.id !== code.tenantId) return REFUSALS.otherAuthority()
  if (code.redirectUri !== form.get('redirect_uri'))
    return CLIENT_REFUSALS.redirectMismatch(form.get('redirect_uri') ?? '', app.clientId)
  const origin = originRefusal(asked, code)
  if (origin) return origin
  const verifier = form.get('code_verifier')
  if (code.challenge === null) return null
  if (verifier === null) return REFUSALS.noVerifier()
  return verifierFits(code.challenge, code.challengeMethod, verifier) ? null : REFUSALS.pkce()
}

/** `grant_type=authorization_code`: once, within ten minutes, for the scopes of exactly one resource. */
export function redeemCode(asked: TokenRequest): Grant | Refusal {
  const { world, cloud, form, app } = asked
  const code = world.codes.get(form.get('code') ?? '')
  if (!code || code.clientId !== app.clientId) return REFUSALS.badGrant()
  const bad = codeRefusal(asked, code)
  if (bad) return bad

  const tenant = world.tenants.get(code.tenantId)
  const homeTenant = world.tenants.get(code.homeTenantId)
  const homeUser = homeTenant?.users.get(code.userId)
  const subject = tenant && homeTenant && homeUser ? subjectAt(tenant, homeTenant, homeUser) : null
  if (!tenant || !subject) return REFUSALS.badGrant()
  if (!subject.homeUser.accountEnabled || !subject.user.accountEnabled) return REFUSALS.disabled()
  const named = parseScopes(form.get('scope') ?? '', cloud)
  const refusal = scopeRefusal(app, tenant, asked.authority, named)
  if (refusal) return refusal
  if (resourcesOf(named.scopes).size > 1) return REFUSALS.severalResources(form.get('scope') ?? '')
  const original = parseScopes(code.scope, cloud)
  if (named.scopes.length === 0 && resourcesOf(original.scopes).size > 1) return REFUSALS.noScope()
  code.redeemed = true
  const scopes = named.scopes.length > 0 ? named.scopes : original.scopes
  return {
    subject,
    parsed: { ...named, scopes, openid: original.openid },
    nonce: code.nonce,
    mfa: code.mfa,
    offline: original.openid.has('offline_access'),
    issuedAt: code.issuedAt,
  }
}
