import { escapeHtml, page } from '../entra/page'
import type { World } from '../world/world'
import { worldInfo } from './world-info'

/** The sandbox's own front page: who and what can sign in, and which subscriptions there are. */
export function welcome(world: World, request: Request): Response {
  if (new URL(request.url).pathname !== '/')
    return page('Nothing here', '<p>The sandbox does not imitate this address.</p>', { status: 404 })
  const info = worldInfo(world)
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
  return page(
    'Rolecall sandbox',
    `<p>A small imitation of Entra ID, Microsoft Graph and Azure Resource Manager. The portal is at <a href="${escapeHtml(world.portalUrl)}">${escapeHtml(world.portalUrl)}</a>.</p><h2>Accounts</h2><ul>${accounts.join('')}</ul><h2>Applications</h2><ul>${applications.join('')}</ul><h2>Subscriptions</h2><ul>${subscriptions.join('')}</ul><p>What it can be told: <a href="/_sandbox/">the controls</a>.</p>`,
  )
}
