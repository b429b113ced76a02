import type { Sandbox } from './server'
import { signInAs } from './visitor'

const GRAPH = 'openid profile offline_access User.Read User.Read.All'
const ARM = 'https://management.azure.com/user_impersonation'

/**
 * Signs an account in at a tenant over HTTP, consent included, and gives its tokens. For tests and benchmarks.
 *
 * @param graph further scopes of Graph, separated by spaces
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
