import type { Cloud } from '../clouds'
import type { Application, Tenant } from '../world/types'
import type { World } from '../world/world'
import type { Account } from './accounts'
import { findClient } from './client'
import {
  consentPage,
  grantedScopes,
  mayConsentForAll,
  needAdminApprovalPage,
  needsAdmin,
  recordConsent,
} from './consent'
import { keysOf, type ParsedScopes } from './permissions'
import { CLIENT_REFUSALS, REFUSALS } from './refusals'
import { correlationOf, describeRefusal, escapeHtml, page, type Refusal, refusalPage } from './replies'
import { findSubject, type Subject } from './tokens'

/** A request of the browser whose application and redirect URI were checked, so that it may be answered at that URI. */
export type SignInRequest = {
  world: World
  request: Request
  cloud: Cloud
  url: URL
  authority: string
  /** Null at common and organizations, until an account is picked. */
  tenant: Tenant | null
  app: Application
  redirectUri: string
}

/**
 * Checks tenant, application and redirect URI. The refusal is a page, because then no redirect URI can be trusted. With
 * `firstRedirect` a request without one is answered at the first address that the application registered.
 */
export function readSignInRequest(
  world: World,
  request: Request,
  cloud: Cloud,
  authority: string,
  { firstRedirect = false } = {},
): SignInRequest | Response {
  const url = new URL(request.url)
  const client = findClient(world, authority, url.searchParams.get('client_id') ?? '')
  if ('error' in client) return refusalPage(world, request, client)
  const { app, tenant } = client
  const redirectUri = url.searchParams.get('redirect_uri') ?? (firstRedirect ? app.redirectUris[0] : '')
  if (redirectUri === undefined) return refusalPage(world, request, CLIENT_REFUSALS.noRedirect())
  if (!redirectMatches(app, redirectUri))
    return refusalPage(world, request, CLIENT_REFUSALS.redirectMismatch(redirectUri, app.clientId))
  return { world, request, cloud, url, authority, tenant, app, redirectUri }
}

/**
 * Whether an application may be answered at an address: only at one that it registered. A public client on loopback may
 * use any port. Source: RFC 8252 section 7.3, and Microsoft's "Redirect URI restrictions and limitations".
 */
function redirectMatches(app: Application, uri: string): boolean {
  if (app.redirectUris.includes(uri)) return true
  const asked = app.publicClient ? URL.parse(uri) : null
  if (asked?.protocol !== 'http:' || !['localhost', '127.0.0.1'].includes(asked.hostname)) return false
  return app.redirectUris.some((registered) => {
    const known = URL.parse(registered)
    return known?.protocol === 'http:' && known.hostname === asked.hostname && known.pathname === asked.pathname
  })
}

/** Sends the browser back to the application by query, by fragment, or by a form that posts itself. */
export function sendBack(signIn: SignInRequest, values: Record<string, string>): Response {
  const state = signIn.url.searchParams.get('state')
  const fields = { ...values, ...(state === null ? {} : { state }) }
  const mode = signIn.url.searchParams.get('response_mode')
  if (mode === 'form_post') {
    const inputs = Object.entries(fields).map(
      ([name, value]) => `<input type="hidden" name="${name}" value="${escapeHtml(value)}">`,
    )
    return page(
      'Working…',
      `<form method="post" action="${escapeHtml(signIn.redirectUri)}">${inputs.join('')}<noscript><button>Continue</button></noscript></form><script>document.forms[0].submit()</script>`,
    )
  }
  const target = new URL(signIn.redirectUri)
  if (mode === 'fragment') target.hash = new URLSearchParams(fields).toString()
  else for (const [name, value] of Object.entries(fields)) target.searchParams.set(name, value)
  return new Response(null, { status: 302, headers: { location: target.href } })
}

/** Sends a refusal back to the application. */
export function sendRefusal(signIn: SignInRequest, refusal: Refusal, more: Record<string, string> = {}): Response {
  return sendBack(signIn, {
    error: refusal.error,
    ...more,
    error_description: describeRefusal(signIn.world, refusal, correlationOf(signIn.request)),
    ...(refusal.claims ? { claims: refusal.claims } : {}),
  })
}

/** A sign-in after the account was picked: consent, refusal or success, for the authorize page and for device codes. */
export type SignInJourney = {
  world: World
  request: Request
  app: Application
  /** Null at common and organizations: the account's own. */
  tenant: Tenant | null
  parsed: ParsedScopes
  prompt: string | null
  /** A link for picking another account, as HTML. */
  another: string
  /** The form that a page sent; null when no page was shown yet. */
  answer: FormData | null
  refuse: (refusal: Refusal, more?: Record<string, string>) => Response
  finish: (subject: Subject, account: Account) => Response
}

/** Continues with the account that was picked: a page that refuses, a refusal sent to the application, consent, or success. */
export function continueAs(journey: SignInJourney, account: Account): Response {
  const { world, request, app } = journey
  const { homeTenant, homeUser } = account
  const tenant = journey.tenant ?? homeTenant
  const subject = findSubject(tenant, homeTenant, homeUser)
  const refuseOnPage = (refusal: Refusal) => refusalPage(world, request, refusal, journey.another)
  if (app.homeTenantId !== null && app.homeTenantId !== tenant.id)
    return refuseOnPage(CLIENT_REFUSALS.appNotFound(app.clientId, tenant.name))
  if (!subject) return refuseOnPage(REFUSALS.otherTenantsAccount(homeUser, homeTenant, tenant, app))
  if (!homeUser.accountEnabled || !subject.user.accountEnabled) return refuseOnPage(REFUSALS.disabled())
  if (subject.user.traits.unassigned) return refuseOnPage(REFUSALS.notAssigned(homeUser, app))
  if (subject.user.traits.blocked && journey.parsed.scopes.some((scope) => scope.resource === 'arm'))
    return journey.refuse(REFUSALS.blocked())
  return consentOrFinish(journey, subject, account)
}

/** Asks for consent that is still missing, or ends the sign-in. */
function consentOrFinish(journey: SignInJourney, subject: Subject, account: Account): Response {
  const { app, prompt, answer } = journey
  const { tenant, user } = subject
  const wanted = keysOf(journey.parsed.scopes, app.registeredScopes)
  const granted = grantedScopes(tenant, app, user.id)
  const missing = wanted.filter((key) => !granted.has(key))
  const keysToAsk = prompt === 'consent' ? wanted : missing
  const admin = mayConsentForAll(user)
  const pressed = answer?.get('consent')

  // What the application receives after this page is recalled, not verified: Microsoft may send nothing at all.
  if (pressed === 'return') return journey.refuse(REFUSALS.needsAdmin(app, tenant.consentWorkflow))
  if (pressed === 'cancel') return journey.refuse(REFUSALS.declined(), { error_subcode: 'cancel' })
  if (keysToAsk.length === 0) return journey.finish(subject, account)
  const silent = () => journey.refuse({ ...REFUSALS.notConsented(app), error: 'interaction_required' })
  if (prompt === 'none') return silent()
  if (!admin && needsAdmin(missing)) {
    return needAdminApprovalPage(app, account, {
      workflow: tenant.consentWorkflow ?? false,
      sent: pressed === 'request',
    })
  }
  if (pressed !== 'accept') return consentPage(app, tenant, user, account, keysToAsk, { admin })
  recordConsent(tenant, app.clientId, admin && answer?.has('organisation') ? null : user.id, keysToAsk)
  return journey.finish(subject, account)
}
