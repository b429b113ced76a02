import type { Cloud } from '../clouds'
import type { Application, Tenant } from '../world/types'
import type { World } from '../world/world'
import { ANY_TENANT } from './discovery'
import { correlationOf, describeRefusal, type Refusal } from './entra-error'
import { escapeHtml, page } from './page'
import { REFUSALS } from './refusals'

/** A request of the browser that may be answered on the application's address: application and redirect are checked. */
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

/** A page for what Entra does not send back to the application. Its status is 200, as at Microsoft. */
export function refusalPage(world: World, request: Request, refusal: Refusal, extra = ''): Response {
  const text = describeRefusal(world, refusal, correlationOf(request))
  const lines = text.split('\r\n').map((line) => `<p class="code">${escapeHtml(line)}</p>`)
  return page('Sorry, but we’re having trouble signing you in', `${lines.join('\n')}${extra}`)
}

/** Checks tenant, application and redirect URI; a page when one is wrong, because then there is no address to trust. */
export function readSignInRequest(
  world: World,
  request: Request,
  cloud: Cloud,
  authority: string,
): SignInRequest | Response {
  const url = new URL(request.url)
  const tenant = world.findTenant(authority) ?? null
  if (!tenant && !ANY_TENANT.has(authority)) return refusalPage(world, request, REFUSALS.tenantNotFound(authority))
  const clientId = url.searchParams.get('client_id') ?? ''
  const app = world.applications.get(clientId.toLowerCase())
  if (!app) return refusalPage(world, request, REFUSALS.appNotFound(clientId, tenant?.name ?? authority))
  const redirectUri = url.searchParams.get('redirect_uri') ?? ''
  if (!app.redirectUris.includes(redirectUri))
    return refusalPage(world, request, REFUSALS.redirectMismatch(redirectUri, app.clientId))
  return { world, request, cloud, url, authority, tenant, app, redirectUri }
}

/** Sends the browser back to the application by query, or by a form that posts itself. */
export function sendBack(from: SignInRequest, values: Record<string, string>): Response {
  const state = from.url.searchParams.get('state')
  const fields = { ...values, ...(state === null ? {} : { state }) }
  if (from.url.searchParams.get('response_mode') === 'form_post') {
    const inputs = Object.entries(fields).map(
      ([name, value]) => `<input type="hidden" name="${name}" value="${escapeHtml(value)}">`,
    )
    return page(
      'Working…',
      `<form method="post" action="${escapeHtml(from.redirectUri)}">${inputs.join('')}<noscript><button>Continue</button></noscript></form><script>document.forms[0].submit()</script>`,
    )
  }
  const target = new URL(from.redirectUri)
  for (const [name, value] of Object.entries(fields)) target.searchParams.set(name, value)
  return new Response(null, { status: 302, headers: { location: target.href } })
}

/** Sends a refusal back to the application. */
export function sendRefusal(from: SignInRequest, refusal: Refusal, more: Record<string, string> = {}): Response {
  return sendBack(from, {
    error: refusal.error,
    ...more,
    error_description: describeRefusal(from.world, refusal, correlationOf(from.request)),
  })
}
