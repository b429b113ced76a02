import type { Refusal } from './entra-error'
import { REFUSALS } from './refusals'
import { scopeRefusal } from './scope-refusal'
import { type ParsedScopes, resourcesOf } from './scopes'
import type { SignInRequest } from './sign-in-request'

const PROMPTS = new Set(['login', 'none', 'consent', 'select_account', 'create', 'no_session'])
const MODES = new Set(['query', 'fragment', 'form_post'])

/** PKCE as it arrives: 43 to 128 characters, plain unless S256 is said. Source: RFC 7636 section 4.2, Entra's code table. */
function challengeRefusal(query: URLSearchParams): Refusal | null {
  const challenge = query.get('code_challenge')
  const method = query.get('code_challenge_method')
  if (challenge === null) return method === null ? null : REFUSALS.challengeMissing()
  if (method !== null && method !== 'plain' && method !== 'S256') return REFUSALS.challengeMethod(method)
  return /^[\w.~-]{43,128}$/.test(challenge) ? null : REFUSALS.challengeSize()
}

/** What is wrong with an authorize request and can be told the application; null when nothing is. */
export function authorizeRefusal(from: SignInRequest, parsed: ParsedScopes): Refusal | null {
  const query = from.url.searchParams
  const type = query.get('response_type')
  if (type === null) return REFUSALS.missing('response_type')
  if (type.split(' ').includes('token') && resourcesOf(parsed.scopes).size > 1)
    return REFUSALS.severalResourcesImplicitly()
  if (type !== 'code') return REFUSALS.responseType(type)
  const mode = query.get('response_mode')
  if (mode !== null && !MODES.has(mode)) return REFUSALS.responseMode(mode)
  const prompt = query.get('prompt')
  if (prompt !== null && !PROMPTS.has(prompt)) return REFUSALS.prompt(prompt)
  const scopes = scopeRefusal(from.app, from.tenant, from.authority, parsed)
  if (scopes) return scopes
  if (parsed.openid.size === 0 && parsed.scopes.length === 0) return REFUSALS.missing('scope')
  return challengeRefusal(query)
}
