import { CryptoProvider } from '@azure/msal-node'
import { z } from 'zod'
import { env } from '@/lib/env'
import { aadstsIn, problemOfAadsts } from './client/aadsts'
import { cloud } from './client/cloud'
import { AzureError, badAnswer, outageOf } from './client/errors'
import { INTERACTIVE } from './client/retry'
import { cleanText } from './client/rows'
import { authorityOf, createConfidentialClient, grantedAmong, scopesOf, type TokenStore } from './client/tokens'
import { type SendOptions, send } from './client/transport'
import { verifyIdToken } from './id-token'

/**
 * The tenant of a subscription, found before anyone signs in: ARM refuses an anonymous read with 401 and names the tenant
 * in `WWW-Authenticate`. Only the GUID is taken from there, never the host. Throws AzureError: `subscription_unknown`
 * when there is no such subscription.
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
  const outage = outageOf(response)
  if (outage) throw outage

  const tenantId = status === 401 ? NAMED_TENANT.exec(response.headers.get('www-authenticate') ?? '')?.[1] : undefined
  if (!tenantId) throw badAnswer({ status })
  return tenantId.toLowerCase()
}

const NAMED_TENANT = /authorization_uri="[^"]*\/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\/?"/i

type Begin = {
  tenantId: string
  redirectUri: string
  state: string
  nonce: string
  codeChallenge: string
  loginHint?: string
  /** What a conditional-access challenge demands, as Microsoft gave it. */
  claims?: string
  prompt?: 'select_account' | 'login' | 'consent'
  /** Names of the optional Graph scopes to ask for, beyond the base ones. */
  optional?: readonly string[]
}

/** The https address of Microsoft's own sign-in page, where the person is asked for consent to both resources at once. */
export async function beginSignIn({ tenantId, optional, ...request }: Begin): Promise<string> {
  const { msal, run } = createConfidentialClient({ tenantId })
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
  // MSAL adds claims of its own; Microsoft's page should get `claims` only when Microsoft has demanded some.
  if (!request.claims) url.searchParams.delete('claims')
  return url.href
}

/** A new pair of PKCE verifier and challenge (S256). */
export const newPkce = (): Promise<{ verifier: string; challenge: string }> => new CryptoProvider().generatePkceCodes()

type Redeem = SendOptions & {
  tenantId: string
  code: string
  redirectUri: string
  codeVerifier: string
  nonce: string
  store: TokenStore
  /** Names of the optional Graph scopes that the sign-in asked for. */
  optional?: readonly string[]
}

export type SignedIn = {
  objectId: string
  tenantId: string
  username: string
  name: string
  /** The optional scopes that were asked for and granted. */
  granted: string[]
}

/**
 * Turns a code into a stored sign-in. The code is redeemed for Graph, since it is good for one resource only; the token
 * for ARM then comes from the refresh token. The ID token is verified before that, and nothing is stored unless
 * everything succeeded. Throws AzureError.
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
  const { msal, run } = createConfidentialClient({ tenantId, store: kept, patience: INTERACTIVE, ...options })
  const result = await run(() =>
    msal.acquireTokenByCode({ code, redirectUri, codeVerifier, nonce, scopes: scopesOf('graph', optional) }),
  )
  const { account } = result

  if (!account) throw badAnswer()
  const claims = await verifyIdToken(result.idToken, { tenantId, nonce, patience: INTERACTIVE, ...options })

  await run(() => msal.acquireTokenSilent({ account, scopes: scopesOf('arm') }))
  if (cache === null) throw badAnswer()
  await store.save(cache)

  const username = cleanText(claims.preferred_username) ?? claims.oid
  return {
    objectId: claims.oid,
    tenantId: claims.tid,
    username,
    name: cleanText(claims.name) ?? username,
    granted: grantedAmong(optional, result.scopes),
  }
}

type Refusal = { error?: string | null; error_description?: string | null; error_subcode?: string | null }

/** The problem that Microsoft names when it sends the browser back without a code, as an error. */
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
 * The https address of Microsoft's page where an administrator approves Rolecall for the whole tenant. `optional` must
 * name every optional scope that the tenant is to keep, not only a new one: consent to fewer scopes revokes the others.
 */
export function adminConsentUrl({ tenantId, redirectUri, state, optional }: Approval): string {
  const url = new URL(`${authorityOf(tenantId)}/v2.0/adminconsent`)
  const scope = [...scopesOf('graph', optional), ...scopesOf('arm')].join(' ')
  url.search = new URLSearchParams({
    client_id: env().azure.clientId,
    scope,
    redirect_uri: redirectUri,
    state,
  }).toString()
  return url.href
}
