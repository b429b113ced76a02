import type { Application, Tenant, User } from '../world/types'
import { type Account, accountId } from './account-picker'
import { escapeHtml, page } from './page'
import { PERMISSIONS } from './scopes'

/** The page that asks for consent. Administrators may answer for everyone. */
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

/** The page a person meets whom only an administrator can help. */
export function needAdminApprovalPage(app: Application, account: Account): Response {
  return page(
    'Need admin approval',
    `<p class="soft">${escapeHtml(account.homeUser.userPrincipalName)}</p><p><strong>${escapeHtml(app.name)}</strong></p>
<p>${escapeHtml(app.name)} needs permission to access resources in your organization that only an admin can grant. Please ask an admin to grant permission to this app before you can use it.</p>
<p class="code">AADSTS90094</p>
<form method="post"><input type="hidden" name="account" value="${accountId(account)}">
<p><button name="consent" value="another">Have an admin account? Sign in with that account</button></p>
<div class="actions"><button name="consent" value="return">Return to the application without granting consent</button></div></form>`,
  )
}
