import { MAY_CONSENT } from '../world/roles'
import type { Application, Tenant, User } from '../world/types'
import type { World } from '../world/world'
import { type Account, accountId } from './accounts'
import { PERMISSIONS } from './permissions'
import { escapeHtml, page } from './replies'
import type { RefreshGrant, Subject } from './tokens'

/**
 * The scopes that an application may use for this person: those consented to for everyone, and those consented to by the
 * person. Microsoft's own applications need no consent for what they registered.
 */
export function grantedScopes(tenant: Tenant, app: Application, userId: string): Set<string> {
  const granted = new Set<string>(app.preauthorized ? app.registeredScopes : [])
  for (const consent of tenant.consents) {
    if (consent.clientId !== app.clientId || (consent.userId !== null && consent.userId !== userId)) continue
    for (const scope of consent.scopes) granted.add(scope)
  }
  return granted
}

/** Records consent to these scopes, for everyone when `userId` is null, in addition to earlier consent. */
export function recordConsent(tenant: Tenant, clientId: string, userId: string | null, keys: Iterable<string>): void {
  let consent = tenant.consents.find((one) => one.clientId === clientId && one.userId === userId)
  if (!consent) {
    consent = { clientId, userId, scopes: new Set() }
    tenant.consents.push(consent)
  }
  for (const key of keys) consent.scopes.add(key)
}

/**
 * Consents are lost at a restart, but a portal keeps its refresh tokens: such a token restores the consent it was issued
 * under, unless consent was withdrawn in this run.
 */
export function restoreConsent(world: World, token: RefreshGrant, subject: Subject): void {
  const { tenant, user } = subject
  if (token.bootId === world.bootId || token.tenantId !== tenant.id) return
  if (world.withdrawn.has(`${tenant.id}/${token.clientId}`)) return
  recordConsent(tenant, token.clientId, token.forAll ? null : user.id, token.consented)
}

/** Whether a person may consent for the whole organisation. */
export function mayConsentForAll(user: User): boolean {
  return user.directoryRoles.some((role) => MAY_CONSENT.has(role))
}

/** Whether any of these scopes needs the consent of an administrator. */
export function needsAdmin(keys: string[]): boolean {
  return keys.some((key) => PERMISSIONS[key]?.admin)
}

/** The page that asks for consent. Administrators may consent for everyone. */
export function consentPage(
  app: Application,
  tenant: Tenant,
  user: User,
  account: Account,
  keys: string[],
  options: { admin: boolean; forAllOnly?: boolean },
): Response {
  const scopes = keys.map(
    (key) =>
      `<li><strong>${escapeHtml(PERMISSIONS[key]?.title ?? key)}</strong><br><span class="soft">${escapeHtml(PERMISSIONS[key]?.text ?? '')} (${escapeHtml(key.split('/')[1] ?? key)})</span></li>`,
  )
  const forAll = options.forAllOnly
    ? `<p>If you accept, this app will get access for all users in ${escapeHtml(tenant.name)}.</p>`
    : `<p><label><input type="checkbox" name="organisation" checked> Consent on behalf of your organization</label></p>`
  return page(
    'Permissions requested',
    `<p class="soft">${escapeHtml(user.displayName)}, ${escapeHtml(account.homeUser.userPrincipalName)}</p>
<p><strong>${escapeHtml(app.name)}</strong> at ${escapeHtml(tenant.name)} would like to:</p><ul>${scopes.join('\n')}</ul>
<form method="post"><input type="hidden" name="account" value="${accountId(account)}">${options.admin ? forAll : ''}
<div class="actions"><button name="consent" value="cancel">Cancel</button><button class="primary" name="consent" value="accept">Accept</button></div></form>`,
  )
}

/**
 * The page for a person who needs the consent of an administrator: a refusal (AADSTS90094) or, where the tenant has the
 * admin consent workflow, a form that asks for it (AADSTS90095).
 */
export function needAdminApprovalPage(
  app: Application,
  account: Account,
  options: { workflow: boolean; sent: boolean },
): Response {
  const back =
    '<div class="actions"><button name="consent" value="return">Return to the application without granting consent</button></div>'
  const head = `<p class="soft">${escapeHtml(account.homeUser.userPrincipalName)}</p><p><strong>${escapeHtml(app.name)}</strong></p>`
  const hidden = `<input type="hidden" name="account" value="${accountId(account)}">`
  const another =
    '<p><button name="consent" value="another">Have an admin account? Sign in with that account</button></p>'
  if (options.workflow && options.sent) {
    return page(
      'Request sent',
      `${head}<p>Your request was sent to your administrators. The sandbox forgets it: nobody will answer.</p><form method="post">${hidden}${back}</form>`,
    )
  }
  if (options.workflow) {
    return page(
      'Approval required',
      `${head}<p>This app requires your admin's approval to access resources in your organization.</p><p class="code">AADSTS90095</p>
<form method="post">${hidden}<label for="reason">Enter justification for requesting this app</label><input class="field" id="reason" name="reason" autocomplete="off">
<p><button class="primary" name="consent" value="request">Request approval</button></p>${another}${back}</form>`,
    )
  }
  return page(
    'Need admin approval',
    `${head}
<p>${escapeHtml(app.name)} needs permission to access resources in your organization that only an admin can grant. Please ask an admin to grant permission to this app before you can use it.</p>
<p class="code">AADSTS90094</p>
<form method="post">${hidden}
${another}
${back}</form>`,
  )
}
