import type { Sandbox } from './server'

type Visit = {
  /** The account picked, by its user principal name. */
  username: string
  /** The button pressed on the consent page. */
  consent?: 'accept' | 'cancel' | 'return'
  /** Whether an administrator leaves the box for the whole organisation ticked, as it is on the page. */
  organisation?: boolean
}

/** Where the browser ended: at the application's address, or on a page of the login. */
type SignInOutcome = { kind: 'redirect'; url: URL } | { kind: 'page'; html: string; status: number }

/**
 * Goes through the sandbox's sign-in pages without a browser: picks the account and answers the consent page. For tests
 * and benchmarks.
 *
 * @param address the canonical https address of the login
 */
export async function signInAs(sandboxUrl: string, address: string, visit: Visit): Promise<SignInOutcome> {
  const url = new URL(address)
  const here = `${sandboxUrl}/${url.host}${url.pathname}${url.search}`
  const press = (fields: Record<string, string>) =>
    fetch(here, { method: 'POST', body: new URLSearchParams(fields), redirect: 'manual' })
  let response = await fetch(here, { redirect: 'manual' })
  let html = await response.text()
  if (response.status === 200 && html.includes('name="username"')) {
    response = await press({ username: visit.username })
    html = await response.text()
  }
  const account = /name="account" value="([^"]+)"/.exec(html)?.[1]
  const asksConsent = /name="consent"/.test(html)
  if (response.status === 200 && asksConsent && account && visit.consent) {
    const forAll = html.includes('name="organisation"') && visit.organisation !== false
    response = await press({ account, consent: visit.consent, ...(forAll ? { organisation: 'on' } : null) })
    html = await response.text()
  }
  const location = response.headers.get('location')
  return location ? { kind: 'redirect', url: new URL(location) } : { kind: 'page', html, status: response.status }
}

const GRAPH = 'openid profile offline_access User.Read User.Read.All'
const ARM = 'https://management.azure.com/user_impersonation'

/**
 * Signs an account in at a tenant over HTTP, consents where asked, and returns its tokens. Throws when the sign-in is
 * refused. For tests and benchmarks.
 *
 * @param graph more Graph scopes, separated by spaces
 */
export async function getTokens(
  { url, world }: Sandbox,
  tenantId: string,
  username: string,
  { graph: more = '' }: { graph?: string } = {},
) {
  const graphScope = `${GRAPH} ${more}`.trim()
  const redirectUri = `${world.portalUrl}/api/azure/callback`
  const base = `https://login.microsoftonline.com/${tenantId}/oauth2/v2.0`
  const query = new URLSearchParams({
    client_id: world.clientId,
    response_type: 'code',
    redirect_uri: redirectUri,
    scope: `${graphScope} ${ARM}`,
  })
  const outcome = await signInAs(url, `${base}/authorize?${query}`, { username, consent: 'accept' })
  const code = outcome.kind === 'redirect' ? outcome.url.searchParams.get('code') : null
  if (!code)
    throw new Error(`${username} was not signed in: ${outcome.kind === 'redirect' ? outcome.url.href : outcome.html}`)
  const redeem = async (fields: Record<string, string>) => {
    const body = new URLSearchParams({ client_id: world.clientId, client_secret: 'sandbox-secret', ...fields })
    const response = await fetch(`${url}/${base.slice('https://'.length)}/token`, { method: 'POST', body })
    const tokens = (await response.json()) as { access_token?: string; refresh_token?: string }
    if (!tokens.access_token || !tokens.refresh_token) throw new Error(`No token: ${JSON.stringify(tokens)}`)
    return { access: tokens.access_token, refresh: tokens.refresh_token }
  }
  const graph = await redeem({ grant_type: 'authorization_code', code, redirect_uri: redirectUri, scope: graphScope })
  const arm = await redeem({
    grant_type: 'refresh_token',
    refresh_token: graph.refresh,
    scope: `${ARM} offline_access`,
  })
  return { graph: graph.access, arm: arm.access, refresh: arm.refresh }
}

/** The reply of an endpoint of the login: tokens or a refusal. */
type LoginReply = {
  status: number
  headers: Headers
  access_token?: string
  refresh_token?: string
  id_token?: string
  client_info?: string
  scope?: string
  foci?: string
  error?: string
  suberror?: string
  claims?: string
  error_codes?: number[]
  error_description?: string
  correlation_id?: string
}

/** Posts a form to an address of the login host, as a client does; for tests. */
export async function postLogin(
  { url }: Sandbox,
  path: string,
  fields: Record<string, string>,
  headers: Record<string, string> = {},
): Promise<LoginReply> {
  const response = await fetch(`${url}/login.microsoftonline.com${path}`, {
    method: 'POST',
    headers,
    body: new URLSearchParams(fields),
  })
  const body = (await response.json()) as Omit<LoginReply, 'status' | 'headers'>
  return { ...body, status: response.status, headers: response.headers }
}

/** Reads the claims of a token without checking its signature; for tests. */
export function claimsOf(token = ''): Record<string, unknown> {
  return JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString() || '{}') as Record<string, unknown>
}
