import { AzureError } from './azure-error'
import { type ConfidentialClient, confidentialClient, type TokenStore } from './confidential-client'
import { type Resource, scopesOf } from './scopes'
import type { SendOptions } from './transport'

export type { TokenStore } from './confidential-client'

/** The Microsoft account a connection lives on: its object ID in the tenant it signed in to, and that tenant. */
export type AccountRef = { objectId: string; tenantId: string }

export type Token = { token: string; expiresOnTimestamp: number }

export type Tokens = {
  /**
   * An access token, from memory, from the store, or by one silent refresh shared by all who ask at once.
   * `refused` is a token that Microsoft no longer takes: if it is still the one in memory, a new one is fetched.
   */
  get(resource: Resource, options?: { refused?: string }): Promise<Token>
}

type Options = SendOptions & { tenantId: string; account: AccountRef; store: TokenStore }

/** A token this near its end is renewed first: longer than the slowest single request with its retries. */
const RENEW_BEFORE_MS = 5 * 60_000

/** Access tokens for one connection, silently. Throws AzureError; consent withdrawn since the sign-in is `sign_in_revoked`. */
export function createTokens({ tenantId, account, store, ...options }: Options): Tokens {
  const client = confidentialClient({ tenantId, store, ...options })
  const held = new Map<Resource, Token>()
  const underWay = new Map<Resource, Promise<Token>>()
  // MSAL empties and refills its memory on every silent call, so two calls must not overlap.
  let last: Promise<unknown> = Promise.resolve()

  const acquire = async (resource: Resource, forceRefresh: boolean) => {
    const token = await acquireSilently(client, account, resource, forceRefresh)
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
  }
}

async function acquireSilently(
  { msal, run }: ConfidentialClient,
  ref: AccountRef,
  resource: Resource,
  forceRefresh: boolean,
): Promise<Token> {
  const known = await run(() => msal.getTokenCache().getAllAccounts())
  const account = known.find(
    (one) =>
      one.localAccountId.toLowerCase() === ref.objectId.toLowerCase() &&
      one.tenantId.toLowerCase() === ref.tenantId.toLowerCase(),
  )
  if (!account) throw new AzureError('sign_in_expired', 'The stored sign-in does not have this account.')
  try {
    const result = await run(() => msal.acquireTokenSilent({ account, scopes: scopesOf(resource), forceRefresh }))
    return { token: result.accessToken, expiresOnTimestamp: result.expiresOn?.getTime() ?? Date.now() }
  } catch (error) {
    // It was consented to once, so here "not consented" means withdrawn.
    if (error instanceof AzureError && error.code === 'admin_consent_required') {
      throw new AzureError('sign_in_revoked', 'The consent was withdrawn.', {
        aadsts: error.aadsts,
        correlationId: error.correlationId,
        cause: error,
      })
    }
    throw error
  }
}
