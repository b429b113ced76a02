import {
  ConfidentialClientApplication,
  type ICachePlugin,
  type INetworkModule,
  type NetworkRequestOptions,
} from '@azure/msal-node'
import { z } from 'zod'
import { ARM_SCOPES, GRAPH_SCOPES } from '@/lib/domain/permissions'
import { env } from '@/lib/env'
import { CLOUDS, cloud } from './cloud'
import { AzureError, toAzureError } from './errors'
import { parseRetryAfter } from './retry'
import { type SendOptions, send } from './transport'

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

/** Where MSAL's cache is kept. The caller seals it and settles who wins when two processes save. */
export type TokenStore = { load(): Promise<string | null>; save(cache: string): Promise<void> }

type ClientOptions = SendOptions & { tenantId: string; store?: TokenStore }

export type ConfidentialClient = {
  msal: ConfidentialClientApplication
  /** Runs one MSAL call; whatever fails comes out as an AzureError. */
  run<T>(call: () => Promise<T>): Promise<T>
}

/**
 * MSAL for one tenant. Its metadata for the three clouds is built in, so no discovery request is made, and its requests
 * take the same last hop as all others. It logs nothing.
 */
export function confidentialClient({ tenantId, store, ...options }: ClientOptions): ConfidentialClient {
  const { clientId, clientSecret } = env().azure
  let networkFailure: AzureError | undefined

  /** MSAL replaces any error of its network client by a bare `network_error`, so the real one is kept here. */
  const ask = async <T>(url: string, method: 'GET' | 'POST', request?: NetworkRequestOptions) => {
    try {
      return await askJson<T>(url, { method, headers: request?.headers, body: request?.body }, options)
    } catch (error) {
      networkFailure = toAzureError(error)
      throw networkFailure
    }
  }
  const networkClient: INetworkModule = {
    sendGetRequestAsync: (url, request) => ask(url, 'GET', request),
    sendPostRequestAsync: (url, request) => ask(url, 'POST', request),
  }

  const msal = new ConfidentialClientApplication({
    auth: { clientId, clientSecret, authority: authority(tenantId) },
    system: { networkClient, loggerOptions: { piiLoggingEnabled: false } },
    cache: store && { cachePlugin: pluginOver(store) },
  })
  return {
    msal,
    async run(call) {
      networkFailure = undefined
      try {
        return await call()
      } catch (error) {
        throw networkFailure ?? toAzureError(error)
      }
    },
  }
}

function pluginOver(store: TokenStore): ICachePlugin {
  return {
    async beforeCacheAccess(context) {
      const cache = await store.load()
      if (cache !== null) context.tokenCache.deserialize(cache)
    },
    async afterCacheAccess(context) {
      if (context.cacheHasChanged) await store.save(context.tokenCache.serialize())
    },
  }
}

async function askJson<T>(url: string, init: RequestInit, options: SendOptions) {
  const response = await send(url, init, options)
  const { status } = response
  const retryAfterMs = parseRetryAfter(response.headers.get('retry-after'))
  if (status === 429) throw new AzureError('throttled', 'Asked to wait.', { status, retryAfterMs })
  if (status >= 500) throw new AzureError('azure_unreachable', 'There was no usable answer.', { status, retryAfterMs })
  // MSAL checks the fields; here it is only made sure that there are any.
  const body = parsed(await response.text(), status) as T
  return { status, headers: Object.fromEntries(response.headers), body }
}

function parsed(text: string, status: number) {
  try {
    return z.looseObject({}).parse(JSON.parse(text))
  } catch (error) {
    throw new AzureError('bad_answer', 'The answer did not have the documented form.', { status, cause: error })
  }
}

/** The login address of a tenant, by its GUID and nothing else: it becomes part of a path. */
export function authority(tenantId: string): string {
  const tenant = z.guid().toLowerCase().safeParse(tenantId)
  if (!tenant.success) throw new AzureError('bad_answer', 'The tenant is not a GUID.', { cause: tenant.error })
  return `${cloud().login}/${tenant.data}`
}

export type Resource = 'graph' | 'arm'

/**
 * The delegated scopes asked for at a resource, in the configured cloud's own spelling.
 *
 * @param optional names of optional Graph scopes (`GroupMember.Read.All`), asked for beyond the base ones
 */
export function scopesOf(resource: Resource, optional: readonly string[] = []): string[] {
  if (resource === 'arm') return ARM_SCOPES.map((scope) => scope.replace(CLOUDS.global.arm, cloud().arm))
  const base = GRAPH_SCOPES.map((scope) => scope.replace(CLOUDS.global.graph, cloud().graph))
  return [...base, ...optional.map((name) => `${cloud().graph}/${name}`)]
}

/**
 * Which of these scopes an answer's scopes contain, in the order given. Entra lists what was granted, which may be more
 * or less than was asked for, with or without the resource before the name (reference: wire facts 1.1), and a scope is
 * the same in any case.
 */
export function grantedAmong<Scope extends string>(wanted: readonly Scope[], granted: readonly string[]): Scope[] {
  const names = new Set(granted.map((scope) => scope.slice(scope.lastIndexOf('/') + 1).toLowerCase()))
  return wanted.filter((scope) => names.has(scope.toLowerCase()))
}
