import type { Application, Tenant, User } from '../world/types'
import { type Account, accountId } from './account-picker'
import { escapeHtml, page } from './page'
import { PERMISSIONS } from './permissions'

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

/**
 * The page a person meets whom only an administrator can help: turned away (AADSTS90094), or where the tenant has the
 * admin consent workflow, with a form for asking them (AADSTS90095).
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
