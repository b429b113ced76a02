import type { Cloud } from '../clouds'
import type { Application, Tenant } from '../world/types'
import type { World } from '../world/world'
import { CLIENT_REFUSALS } from './client-refusals'
import { correlationOf, describeRefusal, type Refusal } from './entra-error'
import { findClient } from './find-client'
import { escapeHtml, page } from './page'
import { redirectMatches } from './redirect-matches'
import { refusalPage } from './refusal-page'

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

/** Checks tenant, application and redirect URI; a page when one is wrong, because then there is no address to trust. */
export function readSignInRequest(
  world: World,
  request: Request,
  cloud: Cloud,
  authority: string,
): SignInRequest | Response {
  const url = new URL(request.url)
  const client = findClient(world, authority, url.searchParams.get('client_id') ?? '')
  if ('error' in client) return refusalPage(world, request, client)
  const { app, tenant } = client
  const redirectUri = url.searchParams.get('redirect_uri') ?? ''
  if (!redirectMatches(app, redirectUri))
    return refusalPage(world, request, CLIENT_REFUSALS.redirectMismatch(redirectUri, app.clientId))
  return { world, request, cloud, url, authority, tenant, app, redirectUri }
}

/** Sends the browser back to the application by query, by fragment, or by a form that posts itself. */
export function sendBack(from: SignInRequest, values: Record<string, string>): Response {
  const state = from.url.searchParams.get('state')
  const fields = { ...values, ...(state === null ? {} : { state }) }
  const mode = from.url.searchParams.get('response_mode')
  if (mode === 'form_post') {
    const inputs = Object.entries(fields).map(
      ([name, value]) => `<input type="hidden" name="${name}" value="${escapeHtml(value)}">`,
    )
    return page(
      'Working…',
      `<form method="post" action="${escapeHtml(from.redirectUri)}">${inputs.join('')}<noscript><button>Continue</button></noscript></form><script>document.forms[0].submit()</script>`,
    )
  }
  const target = new URL(from.redirectUri)
  if (mode === 'fragment') target.hash = new URLSearchParams(fields).toString()
  else for (const [name, value] of Object.entries(fields)) target.searchParams.set(name, value)
  return new Response(null, { status: 302, headers: { location: target.href } })
}

/** Sends a refusal back to the application. */
export function sendRefusal(from: SignInRequest, refusal: Refusal, more: Record<string, string> = {}): Response {
  return sendBack(from, {
    error: refusal.error,
    ...more,
    error_description: describeRefusal(from.world, refusal, correlationOf(from.request)),
    ...(refusal.claims ? { claims: refusal.claims } : {}),
  })
}
