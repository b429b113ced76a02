import { AzureError } from './azure-error'
import { type ConfidentialClient, confidentialClient, type TokenStore } from './confidential-client'
import { grantedAmong } from './granted-among'
import { type Resource, scopesOf } from './scopes'
import type { SendOptions } from './transport'

/** The Microsoft account a connection lives on: its object ID in the tenant it signed in to, and that tenant. */
export type AccountRef = { objectId: string; tenantId: string }

export type Token = { token: string; expiresOnTimestamp: number }

export type Tokens = {
  /**
   * An access token, from memory, from the store, or by one silent refresh shared by all who ask at once.
   * `refused` is a token that Microsoft no longer takes: if it is still the one in memory, a new one is fetched.
   */
  get(resource: Resource, options?: { refused?: string }): Promise<Token>
  /** The optional scopes that are usable, as the last Graph token said; before there was one, as they were stored. */
  granted(): readonly string[]
  /** Those that were granted once and are no longer, as the last Graph token said. */
  withdrawn(): readonly string[]
}

type Options = SendOptions & {
  tenantId: string
  account: AccountRef
  store: TokenStore
  /** The optional Graph scopes that were granted to this sign-in. */
  optional?: readonly string[]
}

/** A token this near its end is renewed first: longer than the slowest single request with its retries. */
const RENEW_BEFORE_MS = 5 * 60_000

/**
 * Access tokens for one connection, silently. Throws AzureError; consent withdrawn since the sign-in is `sign_in_revoked`.
 * Where only the optional scopes were withdrawn, the tokens go on without them.
 */
export function createTokens({ tenantId, account, store, optional = [], ...options }: Options): Tokens {
  const client = confidentialClient({ tenantId, store, ...options })
  const held = new Map<Resource, Token>()
  const underWay = new Map<Resource, Promise<Token>>()
  let usable = optional
  // MSAL empties and refills its memory on every silent call, so two calls must not overlap.
  let last: Promise<unknown> = Promise.resolve()

  const acquire = async (resource: Resource, forceRefresh: boolean) => {
    const asked = resource === 'graph' ? usable : []
    const { token, scopes } = await acquireGranted(client, { account, resource, asked, forceRefresh })
    if (resource === 'graph') usable = grantedAmong(asked, scopes)
    held.set(resource, token)
    return token
  }

  return {
    async get(resource, { refused } = {}) {
      const kept = held.get(resource)
      if (kept && kept.token !== refused && kept.expiresOnTimestamp - Date.now() > RENEW_BEFORE_MS) return kept
      const pending = underWay.get(resource)
      if (pending !== undefined) return pending

      const mine = last.then(() => acquire(resource, refused !== undefined)).finally(() => underWay.delete(resource))
      last = mine.catch(() => undefined) // whoever asked hears of it; the next in line is not stopped by it
      underWay.set(resource, mine)
      return mine
    },
    granted: () => usable,
    withdrawn: () => optional.filter((scope) => !usable.includes(scope)),
  }
}

type Wanted = { account: AccountRef; resource: Resource; asked: readonly string[]; forceRefresh: boolean }
type Acquired = { token: Token; scopes: string[] }

/**
 * Entra refuses a whole request for one scope that is not consented to, so a refusal is asked about once more with the
 * base scopes alone: its answer lists the optional ones that are left.
 */
async function acquireGranted(client: ConfidentialClient, wanted: Wanted): Promise<Acquired> {
  try {
    return await acquireSilently(client, wanted)
  } catch (error) {
    if (!(error instanceof AzureError) || error.code !== 'admin_consent_required') throw error
    if (wanted.asked.length > 0) return acquireGranted(client, { ...wanted, asked: [] })
    // It was consented to once, so here "not consented" means withdrawn.
    throw new AzureError('sign_in_revoked', 'The consent was withdrawn.', {
      aadsts: error.aadsts,
      correlationId: error.correlationId,
      cause: error,
    })
  }
}

async function acquireSilently(
  { msal, run }: ConfidentialClient,
  { account: ref, resource, asked, forceRefresh }: Wanted,
): Promise<Acquired> {
  const known = await run(() => msal.getTokenCache().getAllAccounts())
  const account = known.find(
    (one) =>
      one.localAccountId.toLowerCase() === ref.objectId.toLowerCase() &&
      one.tenantId.toLowerCase() === ref.tenantId.toLowerCase(),
  )
  if (!account) throw new AzureError('sign_in_expired', 'The stored sign-in does not have this account.')
  const scopes = scopesOf(resource, asked)
  const result = await run(() => msal.acquireTokenSilent({ account, scopes, forceRefresh }))
  const expiresOnTimestamp = result.expiresOn?.getTime() ?? Date.now()
  return { token: { token: result.accessToken, expiresOnTimestamp }, scopes: result.scopes }
}
