import type { Cloud } from '../clouds'
import type { World } from '../world/world'
import { accountPicker, findAccount, findAccountByName } from './account-picker'
import { grant, mayConsentForAll } from './consent'
import { consentPage, needAdminApprovalPage } from './consent-page'
import { subjectAt } from './mint'
import { REFUSALS } from './refusals'
import { keysOf, parseScopes } from './scopes'
import { readSignInRequest, refusalPage, sendBack, sendRefusal } from './sign-in-request'

/** `/{tenant}/v2.0/adminconsent`: an administrator answers for everyone. No code comes back. */
export async function adminConsent(world: World, request: Request, cloud: Cloud, authority: string): Promise<Response> {
  const from = readSignInRequest(world, request, cloud, authority)
  if (from instanceof Response) return from
  const { app } = from
  const scope = from.url.searchParams.get('scope') ?? ''
  const parsed = parseScopes(scope)
  if (parsed.unknown) return sendRefusal(from, REFUSALS.badScope(parsed.unknown.raw), { admin_consent: 'True' })
  if (request.method !== 'POST') return accountPicker(world, from.tenant, null)

  const answer = await request.formData()
  if (answer.get('consent') === 'another') return accountPicker(world, from.tenant, null)
  const typed = answer.get('username')
  const account =
    typeof typed === 'string' ? findAccountByName(world, typed) : findAccount(world, String(answer.get('account')))
  if (!account)
    return accountPicker(
      world,
      from.tenant,
      null,
      'This username may be incorrect. Make sure that you typed it correctly.',
    )
  const tenant = from.tenant ?? account.homeTenant
  const subject = subjectAt(tenant, account.homeTenant, account.homeUser)
  const again = `<p><a href="${from.url.search ? `?${from.url.searchParams.toString().replaceAll('&', '&amp;')}` : '?'}">Use another account</a></p>`
  if (!subject)
    return refusalPage(
      world,
      request,
      REFUSALS.otherTenantsAccount(account.homeUser, account.homeTenant, tenant, app),
      again,
    )
  if (!subject.user.accountEnabled) return refusalPage(world, request, REFUSALS.disabled(), again)

  const said = answer.get('consent')
  if (said === 'return') return sendRefusal(from, REFUSALS.needsAdmin(app), { admin_consent: 'True' })
  if (said === 'cancel') {
    const declined = {
      ...REFUSALS.declined(),
      error: 'consent_required',
      text: 'The resource owner or authorization server denied the request.',
    }
    return sendRefusal(from, declined, { admin_consent: 'True' })
  }
  if (!mayConsentForAll(subject.user)) return needAdminApprovalPage(app, account)
  const keys = keysOf(parsed.scopes, app.registeredScopes)
  if (said !== 'accept') return consentPage(app, tenant, subject.user, account, keys, { admin: true, forAllOnly: true })
  grant(tenant, app.clientId, null, keys)
  return sendBack(from, { admin_consent: 'True', tenant: tenant.id, scope })
}
