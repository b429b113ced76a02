import { findAccountByName } from './account-picker'
import type { Refusal } from './entra-error'
import { subjectAt } from './mint'
import { REFUSALS } from './refusals'
import { scopeRefusal } from './scope-refusal'
import { parseScopes, resourcesOf } from './scopes'
import type { Grant, TokenRequest } from './token-request'

/** `grant_type=password`: nobody here has a password, so any that is not empty is right. */
export function redeemPassword({ world, cloud, authority, form, app, tenant: named }: TokenRequest): Grant | Refusal {
  const username = form.get('username') ?? ''
  const account = findAccountByName(world, username)
  if (!account) return REFUSALS.unknownUser(username, named?.name ?? authority)
  if (!form.get('password')) return REFUSALS.badPassword()
  const { homeTenant, homeUser } = account
  const tenant = named ?? homeTenant
  const subject = subjectAt(tenant, homeTenant, homeUser)
  if (!subject) return REFUSALS.otherTenantsAccount(homeUser, homeTenant, tenant, app)
  if (!homeUser.accountEnabled || !subject.user.accountEnabled) return REFUSALS.disabled()
  const text = form.get('scope') ?? ''
  const parsed = parseScopes(text, cloud)
  const refusal = scopeRefusal(app, tenant, authority, parsed)
  if (refusal) return refusal
  if (resourcesOf(parsed.scopes).size > 1) return REFUSALS.severalResources(text)
  const offline = parsed.openid.has('offline_access')
  return { subject, parsed, nonce: null, mfa: false, offline, issuedAt: world.now() }
}
