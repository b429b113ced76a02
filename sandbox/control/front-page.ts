import { escapeHtml, page } from '../entra/replies'
import type { World } from '../world/world'

/** Shows the sandbox's own front page: who and what can sign in, and which subscriptions exist. 404 at any other path. */
export function showFrontPage(world: World, request: Request): Response {
  if (new URL(request.url).pathname !== '/')
    return page('Nothing here', '<p>The sandbox does not imitate this address.</p>', { status: 404 })
  const info = describeDemo(world)
  const accounts = info.accounts.map(
    (one) =>
      `<li><strong>${escapeHtml(one.name)}</strong> ${escapeHtml(one.username)}<br><span class="soft">${escapeHtml(one.note)}</span></li>`,
  )
  const subscriptions = info.subscriptions.map(
    (one) =>
      `<li><strong>${escapeHtml(one.name)}</strong> (${one.state})<br><span class="code">${one.id}</span><br><span class="soft">${escapeHtml(one.note)}</span></li>`,
  )
  const applications = info.applications.map(
    (one) =>
      `<li><strong>${escapeHtml(one.name)}</strong><br>client ID <span class="code">${one.clientId}</span><br>secret <span class="code">${escapeHtml(one.clientSecret ?? 'none')}</span></li>`,
  )
  const approvals = info.tenants.map(
    ({ id, name }) =>
      `<li><a href="/login.microsoftonline.com/${id}/adminconsent?client_id=${world.clientId}">Approve Rolecall for ${escapeHtml(name)}</a></li>`,
  )
  return page(
    'Rolecall sandbox',
    `<p>A small imitation of Entra ID, Microsoft Graph and Azure Resource Manager. The portal is at <a href="${escapeHtml(world.portalUrl)}">${escapeHtml(world.portalUrl)}</a>.</p><h2>Accounts</h2><ul>${accounts.join('')}</ul><h2>Applications</h2><ul>${applications.join('')}</ul><h2>Subscriptions</h2><ul>${subscriptions.join('')}</ul><h2>As from Microsoft's own portal</h2><ul>${approvals.join('')}</ul><p>What it can be told: <a href="/_sandbox/">the controls</a>.</p>`,
  )
}

/** Describes what a visitor needs to try the demo. Tenants made on request are left out: their makers know them. */
export function describeDemo(world: World) {
  const tenants = [...world.tenants.values()].filter((tenant) => tenant.demo)
  return {
    tenants: tenants.map(({ id, name, domain }) => ({ id, name, domain })),
    accounts: tenants.flatMap((tenant) =>
      [...tenant.users.values()].flatMap((user) =>
        user.account
          ? [
              {
                username: user.userPrincipalName,
                name: user.displayName,
                tenantId: tenant.id,
                kind: user.account.kind,
                note: user.account.note,
              },
            ]
          : [],
      ),
    ),
    applications: [...world.applications.values()].flatMap(({ clientId, name, secrets, homeTenantId }) =>
      tenants.some((tenant) => tenant.id === homeTenantId)
        ? [{ clientId, clientSecret: secrets[0]?.value ?? null, name, tenantId: homeTenantId }]
        : [],
    ),
    subscriptions: tenants.flatMap((tenant) =>
      [...tenant.subscriptions.values()].map(({ id, name, tenantId, state, note }) => ({
        id,
        name,
        tenantId,
        state,
        note,
      })),
    ),
  }
}
