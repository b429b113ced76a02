import { randomBytes } from 'node:crypto'
import type { Cloud } from '../clouds'
import type { World } from '../world/world'
import {
  type Account,
  accountPicker,
  findAccount,
  findAccountByName,
  rememberCookie,
  rememberedAccounts,
} from './account-picker'
import { grant, grantedScopes, mayConsentForAll, needsAdmin } from './consent'
import { consentPage, needAdminApprovalPage } from './consent-page'
import { type Subject, subjectAt } from './mint'
import { escapeHtml } from './page'
import { meetsPolicy, REFUSALS } from './refusals'
import { keysOf, type ParsedScopes, parseScopes } from './scopes'
import { readSignInRequest, refusalPage, type SignInRequest, sendBack, sendRefusal } from './sign-in-request'

/** A link to this same request that shows the account picker. Relative, so that it works behind any address. */
function anotherAccount(from: SignInRequest): string {
  const query = new URLSearchParams(from.url.searchParams)
  query.set('prompt', 'select_account')
  query.delete('login_hint')
  return `<p><a href="?${escapeHtml(query.toString())}">Use another account</a></p>`
}

function issueCode(from: SignInRequest, subject: Subject, account: Account): Response {
  const { world, url } = from
  const code = `1.${randomBytes(48).toString('base64url')}`
  world.codes.set(code, {
    clientId: from.app.clientId,
    redirectUri: from.redirectUri,
    tenantId: subject.tenant.id,
    authority: from.authority,
    homeTenantId: account.homeTenant.id,
    userId: account.homeUser.id,
    nonce: url.searchParams.get('nonce'),
    challenge: url.searchParams.get('code_challenge'),
    challengeMethod: url.searchParams.get('code_challenge_method') ?? 'plain',
    scope: url.searchParams.get('scope') ?? '',
    // A demand for claims is a demand to show more than a password; here, signing in again is enough.
    mfa: meetsPolicy(url.searchParams.get('claims')),
    issuedAt: world.now(),
    redeemed: false,
  })
  return sendBack(from, { code, session_state: account.homeUser.id })
}

/** Asks for what is not yet consented, or sends the code. */
function consentOrCode(
  from: SignInRequest,
  subject: Subject,
  account: Account,
  parsed: ParsedScopes,
  answer: FormData | null,
): Response {
  const { app } = from
  const { tenant, user } = subject
  const wanted = keysOf(parsed.scopes, app.registeredScopes)
  const granted = grantedScopes(tenant, app.clientId, user.id)
  const missing = wanted.filter((key) => !granted.has(key))
  const prompt = from.url.searchParams.get('prompt')
  const asked = prompt === 'consent' ? wanted : missing
  const admin = mayConsentForAll(user)
  const said = answer?.get('consent')

  // What comes back after this page is recalled, not verified: Microsoft's page may send nothing at all.
  if (said === 'return') return sendRefusal(from, REFUSALS.needsAdmin(app))
  if (said === 'cancel') return sendRefusal(from, REFUSALS.declined(), { error_subcode: 'cancel' })
  if (asked.length === 0) return issueCode(from, subject, account)
  if (!admin && needsAdmin(missing)) {
    if (prompt === 'none') return sendRefusal(from, { ...REFUSALS.notConsented(app), error: 'interaction_required' })
    return needAdminApprovalPage(app, account)
  }
  if (said === 'accept') {
    grant(tenant, app.clientId, admin && answer?.has('organisation') ? null : user.id, asked)
    return issueCode(from, subject, account)
  }
  if (prompt === 'none') return sendRefusal(from, { ...REFUSALS.notConsented(app), error: 'interaction_required' })
  return consentPage(app, tenant, user, account, asked, { admin })
}

/** What happens to an account that was picked: its own page of refusal, a refusal sent back, consent, or the code. */
function proceed(from: SignInRequest, account: Account, parsed: ParsedScopes, answer: FormData | null): Response {
  const { world, request, app } = from
  const tenant = from.tenant ?? account.homeTenant
  const subject = subjectAt(tenant, account.homeTenant, account.homeUser)
  const stay = (refusal: Parameters<typeof refusalPage>[2]) =>
    refusalPage(world, request, refusal, anotherAccount(from))
  if (!subject) return stay(REFUSALS.otherTenantsAccount(account.homeUser, account.homeTenant, tenant, app))
  if (!account.homeUser.accountEnabled || !subject.user.accountEnabled) return stay(REFUSALS.disabled())
  if (subject.user.traits.unassigned) return stay(REFUSALS.notAssigned(account.homeUser, app))
  if (subject.user.traits.blocked && parsed.scopes.some((scope) => scope.resource === 'arm'))
    return sendRefusal(from, REFUSALS.blocked())
  return consentOrCode(from, subject, account, parsed, answer)
}

/** The account a browser needs no page for: the one it remembers, when there is exactly one that fits. */
function rememberedFor(from: SignInRequest, hint: string | null): Account | null {
  const known = rememberedAccounts(from.world, from.request).filter(
    (one) => !from.tenant || subjectAt(from.tenant, one.homeTenant, one.homeUser),
  )
  if (hint) return known.find((one) => one.homeUser.userPrincipalName.toLowerCase() === hint.toLowerCase()) ?? null
  return known.length === 1 ? (known[0] ?? null) : null
}

/** `/{tenant}/oauth2/v2.0/authorize`: GET shows where things stand, POST is what was pressed on our own page. */
export async function authorize(world: World, request: Request, cloud: Cloud, authority: string): Promise<Response> {
  const from = readSignInRequest(world, request, cloud, authority)
  if (from instanceof Response) return from
  const query = from.url.searchParams
  if (query.get('response_type') !== 'code') return sendRefusal(from, REFUSALS.responseType())
  const parsed = parseScopes(query.get('scope') ?? '')
  if (parsed.unknown) {
    const { raw, reason } = parsed.unknown
    return sendRefusal(
      from,
      reason === 'scope' ? REFUSALS.badScope(raw) : REFUSALS.badResource(raw, from.tenant?.name ?? authority),
    )
  }
  if (parsed.openid.size === 0 && parsed.scopes.length === 0) {
    return sendRefusal(
      from,
      REFUSALS.badRequest(900144, "The request body must contain the following parameter: 'scope'."),
    )
  }

  const hint = query.get('login_hint')
  const prompt = query.get('prompt')
  if (request.method === 'POST') {
    const answer = await request.formData()
    const typed = answer.get('username')
    const account =
      typeof typed === 'string' ? findAccountByName(world, typed) : findAccount(world, String(answer.get('account')))
    if (answer.get('consent') === 'another') return accountPicker(world, from.tenant, null)
    if (!account)
      return accountPicker(
        world,
        from.tenant,
        hint,
        'This username may be incorrect. Make sure that you typed it correctly.',
      )
    const response = proceed(from, account, parsed, answer)
    response.headers.append('set-cookie', rememberCookie(world, request, account))
    return response
  }
  const account = prompt === 'select_account' || prompt === 'login' ? null : rememberedFor(from, hint)
  if (account) return proceed(from, account, parsed, null)
  if (prompt === 'none') return sendRefusal(from, REFUSALS.loginRequired())
  return accountPicker(world, from.tenant, hint)
}
