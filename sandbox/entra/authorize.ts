import { randomBytes } from 'node:crypto'
import type { Cloud } from '../clouds'
import type { Tenant } from '../world/types'
import type { World } from '../world/world'
import {
  type Account,
  accountPicker,
  findRemembered,
  type RememberedAccount,
  readAccount,
  rememberCookie,
  rememberedAccounts,
} from './accounts'
import { type ParsedScopes, parseScopes, resourcesOf, scopeRefusal } from './permissions'
import { meetsPolicy, REFUSALS } from './refusals'
import { escapeHtml, type Refusal } from './replies'
import { continueAs, readSignInRequest, type SignInJourney, type SignInRequest, sendBack, sendRefusal } from './sign-in'
import { findSubject, type Subject } from './tokens'

/** `/{tenant}/oauth2/v2.0/authorize`: GET shows the next page; POST carries the button pressed on it. */
export async function authorize(world: World, request: Request, cloud: Cloud, authority: string): Promise<Response> {
  const signIn = readSignInRequest(world, request, cloud, authority)
  if (signIn instanceof Response) return signIn
  const query = signIn.url.searchParams
  const parsed = parseScopes(query.get('scope') ?? '', cloud)
  const refusal = findRefusal(signIn, parsed)
  if (refusal) return sendRefusal(signIn, refusal)

  const { app, tenant } = signIn
  const hint = query.get('login_hint')
  const prompt = query.get('prompt')
  const journeyOf = (authenticatedAt: number): SignInJourney => ({
    world,
    request,
    app,
    tenant,
    parsed,
    prompt,
    another: linkToOtherAccount(signIn),
    answer: null,
    refuse: (reason, more) => sendRefusal(signIn, reason, more),
    finish: (subject, account) => issueCode(signIn, subject, { ...account, authenticatedAt }),
  })
  const picking = { app, tenant: tenant ?? findHintedTenant(signIn), hint }
  if (request.method === 'POST') {
    const answer = await request.formData()
    if (answer.get('consent') === 'another') return accountPicker(world, { ...picking, hint: null })
    const account = readAccount(world, answer)
    if (!account) return accountPicker(world, { ...picking, unknown: true })
    const authenticatedAt = findAuthenticationTime(signIn, account, answer)
    const response = continueAs({ ...journeyOf(authenticatedAt), answer }, account)
    response.headers.append('set-cookie', rememberCookie(world, request, { ...account, authenticatedAt }))
    return response
  }
  const account = prompt === 'select_account' || prompt === 'login' ? null : findRememberedAccount(signIn, hint)
  if (account && !isTooOld(signIn, account)) return continueAs(journeyOf(account.authenticatedAt), account)
  return prompt === 'none' ? sendRefusal(signIn, REFUSALS.loginRequired()) : accountPicker(world, picking)
}

/** The `max_age` of a request in seconds. OpenID Connect has it; Entra ID understands it, although its documents do not name it. */
function readMaxAge({ url }: SignInRequest): number | null {
  const asked = url.searchParams.get('max_age')
  return asked === null ? null : Number(asked)
}

/** Whether the credentials were given longer ago than `max_age` allows. */
function isTooOld(signIn: SignInRequest, { authenticatedAt }: RememberedAccount): boolean {
  const maxAge = readMaxAge(signIn)
  return maxAge !== null && signIn.world.now() - authenticatedAt > maxAge * 1000
}

/**
 * When the person gave their credentials, of which picking an account is the sandbox's form. Whoever is signed in with this browser
 * gives none when they pick themselves, unless `prompt=login` or `max_age` demands it; nor does the consent page ask for any.
 */
function findAuthenticationTime(signIn: SignInRequest, account: Account, answer: FormData): number {
  const remembered = findRemembered(signIn.world, signIn.request, account)
  if (!remembered) return signIn.world.now()
  const isDemanded = signIn.url.searchParams.get('prompt') === 'login' || isTooOld(signIn, remembered)
  return isDemanded && !answer.has('consent') ? signIn.world.now() : remembered.authenticatedAt
}

/** A link that repeats this request with the account picker. Relative, so that it works under every address of the sandbox. */
function linkToOtherAccount(signIn: SignInRequest): string {
  const query = new URLSearchParams(signIn.url.searchParams)
  query.set('prompt', 'select_account')
  query.delete('login_hint')
  return `<p><a href="?${escapeHtml(query.toString())}">Use another account</a></p>`
}

/** The tenant named by `domain_hint`; `organizations` and `consumers` name none. */
function findHintedTenant(signIn: SignInRequest): Tenant | null {
  return signIn.world.findTenant(signIn.url.searchParams.get('domain_hint') ?? '') ?? null
}

/** The account that needs no picker: the remembered one that fits tenant and hints, if there is exactly one. */
function findRememberedAccount(signIn: SignInRequest, hint: string | null): RememberedAccount | null {
  const home = findHintedTenant(signIn)
  const known = rememberedAccounts(signIn.world, signIn.request).filter(
    (one) =>
      (!home || one.homeTenant === home) &&
      (!signIn.tenant || findSubject(signIn.tenant, one.homeTenant, one.homeUser)),
  )
  if (hint) return known.find((one) => one.homeUser.userPrincipalName.toLowerCase() === hint.toLowerCase()) ?? null
  return known.length === 1 ? (known[0] ?? null) : null
}

const MAX_CODES = 5_000 // the oldest codes are forgotten first

/** Sends the browser back with an authorization code. */
function issueCode(signIn: SignInRequest, subject: Subject, account: RememberedAccount): Response {
  const { world, url } = signIn
  const code = `1.${randomBytes(48).toString('base64url')}`
  world.codes.set(code, {
    clientId: signIn.app.clientId,
    redirectUri: signIn.redirectUri,
    tenantId: subject.tenant.id,
    authority: signIn.authority,
    homeTenantId: account.homeTenant.id,
    userId: account.homeUser.id,
    nonce: url.searchParams.get('nonce'),
    challenge: url.searchParams.get('code_challenge'),
    challengeMethod: url.searchParams.get('code_challenge_method') ?? 'plain',
    scope: url.searchParams.get('scope') ?? '',
    // The `claims` parameter asks for multi-factor authentication; the sandbox counts any new sign-in as that.
    mfa: meetsPolicy(url.searchParams.get('claims')),
    authenticatedAt: account.authenticatedAt,
    maxAge: readMaxAge(signIn),
    issuedAt: world.now(),
    redeemed: false,
  })
  const oldest = world.codes.keys().next().value
  if (world.codes.size > MAX_CODES && oldest) world.codes.delete(oldest)
  return sendBack(signIn, { code, session_state: account.homeUser.id })
}

/** What is wrong with an authorize request and can be reported to the application; null when nothing is. */
function findRefusal(signIn: SignInRequest, parsed: ParsedScopes): Refusal | null {
  const query = signIn.url.searchParams
  const type = query.get('response_type')
  if (type === null) return REFUSALS.missing('response_type')
  if (type.split(' ').includes('token') && resourcesOf(parsed.scopes).size > 1)
    return REFUSALS.severalResourcesImplicitly()
  if (type !== 'code') return REFUSALS.responseType(type)
  const mode = query.get('response_mode')
  if (mode !== null && !MODES.has(mode)) return REFUSALS.responseMode(mode)
  const prompt = query.get('prompt')
  if (prompt !== null && !PROMPTS.has(prompt)) return REFUSALS.prompt(prompt)
  const maxAge = query.get('max_age')
  if (maxAge !== null && !/^\d{1,9}$/.test(maxAge)) return REFUSALS.maxAge(maxAge)
  const scopes = scopeRefusal(signIn.app, signIn.tenant, signIn.authority, parsed)
  if (scopes) return scopes
  if (parsed.openid.size === 0 && parsed.scopes.length === 0) return REFUSALS.missing('scope')
  return findChallengeRefusal(query)
}

const PROMPTS = new Set(['login', 'none', 'consent', 'select_account', 'create', 'no_session'])
const MODES = new Set(['query', 'fragment', 'form_post'])

/** What is wrong with a PKCE challenge: it has 43 to 128 characters, and is plain unless S256 is given. Source: RFC 7636 section 4.2, Entra's code table. */
function findChallengeRefusal(query: URLSearchParams): Refusal | null {
  const challenge = query.get('code_challenge')
  const method = query.get('code_challenge_method')
  if (challenge === null) return method === null ? null : REFUSALS.challengeMissing()
  if (method !== null && method !== 'plain' && method !== 'S256') return REFUSALS.challengeMethod(method)
  return /^[\w.~-]{43,128}$/.test(challenge) ? null : REFUSALS.challengeSize()
}
