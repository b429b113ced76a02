import { CryptoProvider } from '@azure/msal-node'
import { z } from 'zod'
import { env } from '@/lib/env'
import { aadstsIn, problemOfAadsts } from './client/aadsts'
import { cloud } from './client/cloud'
import { AzureError } from './client/errors'
import { INTERACTIVE, parseRetryAfter } from './client/retry'
import { cleanText } from './client/rows'
import { authority, confidentialClient, grantedAmong, scopesOf, type TokenStore } from './client/tokens'
import { type SendOptions, send } from './client/transport'

type Begin = {
  tenantId: string
  redirectUri: string
  state: string
  nonce: string
  codeChallenge: string
  loginHint?: string
  /** From a conditional-access challenge, as Microsoft gave it. */
  claims?: string
  prompt?: 'select_account' | 'login' | 'consent'
  /** Optional Graph scopes asked for beyond the base ones. */
  optional?: readonly string[]
}

/** The canonical https address of Microsoft's sign-in, asking for both resources at once. */
export async function beginSignIn({ tenantId, optional, ...request }: Begin): Promise<string> {
  const { msal, run } = confidentialClient({ tenantId })
  const address = await run(() =>
    msal.getAuthCodeUrl({
      ...request,
      scopes: scopesOf('graph', optional),
      extraScopesToConsent: scopesOf('arm'),
      codeChallengeMethod: 'S256',
      responseMode: 'query',
    }),
  )
  const url = new URL(address)
  // MSAL asks for optional claims of its own; a page of Microsoft's should read `claims` only when it demanded some.
  if (!request.claims) url.searchParams.delete('claims')
  return url.href
}

type Redeem = SendOptions & {
  tenantId: string
  code: string
  redirectUri: string
  codeVerifier: string
  nonce: string
  store: TokenStore
  /** The optional Graph scopes that the sign-in asked for. */
  optional?: readonly string[]
}

const IdToken = z.object({
  aud: z.string(),
  oid: z.guid().toLowerCase(),
  tid: z.guid().toLowerCase(),
  preferred_username: z.string().nullish(),
  name: z.string().nullish(),
})

export type SignedIn = {
  objectId: string
  tenantId: string
  username: string
  name: string
  /** Those of the optional scopes asked for that the tenant has granted. */
  granted: string[]
}

/**
 * Turns a code into a stored sign-in: redeemed for Graph (a code buys one resource only), then silently for ARM. Nonce,
 * audience and tenant are checked first; the store sees nothing unless all of it succeeded.
 */
export async function redeemCode({ tenantId, store, optional = [], ...request }: Redeem): Promise<SignedIn> {
  const { code, redirectUri, codeVerifier, nonce, ...options } = request
  let cache: string | null = null
  const kept: TokenStore = {
    load: async () => cache,
    save: async (made) => {
      cache = made
    },
  }
  const { msal, run } = confidentialClient({ tenantId, store: kept, patience: INTERACTIVE, ...options })
  const result = await run(() =>
    msal.acquireTokenByCode({ code, redirectUri, codeVerifier, nonce, scopes: scopesOf('graph', optional) }),
  )
  const { account } = result

  const claims = IdToken.safeParse(result.idTokenClaims)
  if (!claims.success || !account)
    throw new AzureError('bad_answer', 'The answer did not have the documented form.', { cause: claims.error })
  if (claims.data.tid !== tenantId.toLowerCase())
    throw new AzureError('wrong_tenant', 'The token is of another tenant.')
  if (claims.data.aud.toLowerCase() !== env().azure.clientId)
    throw new AzureError('state_mismatch', 'The token is for another application.')

  await run(() => msal.acquireTokenSilent({ account, scopes: scopesOf('arm') }))
  if (cache === null) throw new AzureError('bad_answer', 'The answer did not have the documented form.')
  await store.save(cache)

  const username = cleanText(claims.data.preferred_username) ?? claims.data.oid
  return {
    objectId: claims.data.oid,
    tenantId: claims.data.tid,
    username,
    name: cleanText(claims.data.name) ?? username,
    granted: grantedAmong(optional, result.scopes),
  }
}

/** A fresh PKCE pair (S256). */
export const newPkce = (): Promise<{ verifier: string; challenge: string }> => new CryptoProvider().generatePkceCodes()

type Refusal = { error?: string | null; error_description?: string | null; error_subcode?: string | null }

/** What Microsoft says when it sends the browser back without a code. */
export function authorizeProblem({ error, error_description, error_subcode }: Refusal): AzureError {
  const aadsts = aadstsIn(error_description)
  const cancelled = error_subcode === 'cancel'
  const correlationId = /Correlation ID:\s*([0-9a-f-]{36})/i.exec(error_description ?? '')?.[1]
  return new AzureError(
    cancelled && !aadsts ? 'declined' : problemOfAadsts(aadsts, error ?? undefined),
    'The sign-in was refused.',
    {
      aadsts,
      correlationId,
      microsoftCode: error ?? undefined,
    },
  )
}

type Approval = { tenantId: string; redirectUri: string; state: string; optional?: readonly string[] }

/**
 * The canonical https address where an administrator approves Rolecall for the whole tenant. `optional` must name every
 * optional scope that the tenant is to keep, not only a new one: consent for fewer scopes would revoke the others.
 */
export function adminConsentUrl({ tenantId, redirectUri, state, optional }: Approval): string {
  const url = new URL(`${authority(tenantId)}/v2.0/adminconsent`)
  const scope = [...scopesOf('graph', optional), ...scopesOf('arm')].join(' ')
  url.search = new URLSearchParams({
    client_id: env().azure.clientId,
    scope,
    redirect_uri: redirectUri,
    state,
  }).toString()
  return url.href
}

const NAMED_TENANT = /authorization_uri="[^"]*\/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\/?"/i

/**
 * The tenant of a subscription, before anyone signs in: ARM refuses an anonymous read with 401 and names the tenant in
 * `WWW-Authenticate`. Only the GUID is taken from there, never the host.
 */
export async function discoverTenant(subscriptionId: string, options: SendOptions = {}): Promise<string> {
  const id = z.guid().toLowerCase().safeParse(subscriptionId)
  if (!id.success) throw new AzureError('subscription_unknown', 'There is no such subscription.', { cause: id.error })

  const response = await send(
    `${cloud().arm}/subscriptions/${id.data}?api-version=2022-12-01`,
    {},
    { patience: { ...INTERACTIVE, tries: 1 }, ...options },
  )
  const { status } = response
  if (status === 404 || status === 400)
    throw new AzureError('subscription_unknown', 'There is no such subscription.', { status })
  if (status === 429)
    throw new AzureError('throttled', 'Asked to wait.', {
      status,
      retryAfterMs: parseRetryAfter(response.headers.get('retry-after')),
    })
  if (status >= 500) throw new AzureError('azure_unreachable', 'There was no usable answer.', { status })

  const tenantId = status === 401 ? NAMED_TENANT.exec(response.headers.get('www-authenticate') ?? '')?.[1] : undefined
  if (!tenantId) throw new AzureError('bad_answer', 'The answer did not have the documented form.', { status })
  return tenantId.toLowerCase()
}
