import type { Cloud } from '../clouds'
import type { World } from '../world/world'
import { type Account, accountPicker, readAccount } from './accounts'
import { consentPage, mayConsentForAll, needAdminApprovalPage, recordConsent } from './consent'
import { keysOf, parseScopes, scopeRefusal } from './permissions'
import { REFUSALS } from './refusals'
import { escapeHtml, refusalPage } from './replies'
import { readSignInRequest, type SignInRequest, sendBack, sendRefusal } from './sign-in'
import { findSubject } from './tokens'

/** What every answer to the application carries, a refusal too. */
const ANSWER_FIELDS = { admin_consent: 'True' }

/**
 * `/{tenant}/v2.0/adminconsent`: an administrator consents for everyone. The application gets no code. The older
 * `/{tenant}/adminconsent` (`registered`) ignores `scope` and takes what the application registered. Microsoft's own portal
 * opens that one without `redirect_uri` and `state`, and the administrator lands on the application's first registered
 * address, with `admin_consent=True` and no state. Source: dotnet/aspnetcore#55910.
 */
export async function adminConsent(
  world: World,
  request: Request,
  cloud: Cloud,
  authority: string,
  registered = false,
): Promise<Response> {
  const signIn = readSignInRequest(world, request, cloud, authority, { firstRedirect: registered })
  if (signIn instanceof Response) return signIn
  const { app, tenant } = signIn
  const parsed = parseScopes(registered ? '' : (signIn.url.searchParams.get('scope') ?? ''), cloud)
  const refusal = scopeRefusal(app, tenant, authority, parsed)
  if (refusal) return sendRefusal(signIn, refusal, ANSWER_FIELDS)
  if (!registered && parsed.scopes.length === 0) return sendRefusal(signIn, REFUSALS.missing('scope'), ANSWER_FIELDS)
  const picking = { app, tenant, hint: null }
  if (request.method !== 'POST') return accountPicker(world, picking)
  const answer = await request.formData()
  if (answer.get('consent') === 'another') return accountPicker(world, picking)
  const account = readAccount(world, answer)
  if (!account) return accountPicker(world, { ...picking, unknown: true })
  const keys = registered ? app.registeredScopes : keysOf(parsed.scopes, app.registeredScopes)
  const pressed = answer.get('consent')
  return consentAs(signIn, account, keys, typeof pressed === 'string' ? pressed : null)
}

/** Continues after the account was picked: shows the consent page, records consent for everyone, or refuses. */
function consentAs(signIn: SignInRequest, account: Account, keys: string[], pressed: string | null): Response {
  const { world, request, app } = signIn
  const { homeTenant, homeUser } = account
  const tenant = signIn.tenant ?? homeTenant
  const subject = findSubject(tenant, homeTenant, homeUser)
  const again = `<p><a href="?${escapeHtml(signIn.url.searchParams.toString())}">Use another account</a></p>`
  if (!subject)
    return refusalPage(world, request, REFUSALS.otherTenantsAccount(homeUser, homeTenant, tenant, app), again)
  if (!subject.user.accountEnabled) return refusalPage(world, request, REFUSALS.disabled(), again)
  if (pressed === 'return') return sendRefusal(signIn, REFUSALS.needsAdmin(app), ANSWER_FIELDS)
  if (pressed === 'cancel') {
    const text = 'The resource owner or authorization server denied the request.'
    return sendRefusal(signIn, { ...REFUSALS.declined(), error: 'consent_required', text }, ANSWER_FIELDS)
  }
  if (!mayConsentForAll(subject.user)) return needAdminApprovalPage(app, account, { workflow: false, sent: false })
  if (pressed !== 'accept')
    return consentPage(app, tenant, subject.user, account, keys, { admin: true, forAllOnly: true })
  recordConsent(tenant, app.clientId, null, keys)
  const scope = signIn.url.searchParams.get('scope')
  return sendBack(signIn, { ...ANSWER_FIELDS, tenant: tenant.id, ...(scope === null ? {} : { scope }) })
}
