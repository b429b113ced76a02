import {
  ConfidentialClientApplication,
  type ICachePlugin,
  type INetworkModule,
  type NetworkRequestOptions,
  type NodeAuthOptions,
} from '@azure/msal-node'
import { z } from 'zod'
import { ARM_SCOPES, GRAPH_SCOPES } from '@/lib/domain/permissions'
import { env } from '@/lib/env'
import { CLOUDS, cloud } from './cloud'
import { AzureError, outageOf, toAzureError } from './errors'
import { parseJsonObject } from './rows'
import { type SendOptions, send } from './transport'

/** The Microsoft account that a connection reads with: its object ID in the tenant it signed in to, and that tenant. */
export type AccountRef = { objectId: string; tenantId: string }

export type Resource = 'graph' | 'arm'

export type Token = { token: string; expiresOnTimestamp: number }

export type Tokens = {
  /**
   * An access token, from memory, from the store, or by one silent refresh that is shared by all who ask at once.
   * `refused` is a token that Microsoft no longer accepts: if it is still the one in memory, a new one is fetched.
   */
  get(resource: Resource, options?: { refused?: string }): Promise<Token>
  /** The optional scopes that are usable by the last Graph token; before there is one, those that were stored. */
  granted(): readonly string[]
  /** The optional scopes that were granted once but are missing from the last Graph token. */
  withdrawn(): readonly string[]
  /** Whether an application reads without a person: it is no user of the tenant, so there is no `/me`. */
  isApplication: boolean
}

type Options = SendOptions & {
  tenantId: string
  account: AccountRef
  store: TokenStore
  /** The optional Graph scopes that were granted to this sign-in. */
  optional?: readonly string[]
}

/** A token that ends sooner than this is renewed first. It is longer than the slowest request takes with its retries. */
const RENEW_BEFORE_MS = 5 * 60_000

/**
 * Access tokens for one connection, got without anybody signing in. Throws AzureError: `sign_in_revoked` when the consent
 * was withdrawn since the sign-in. When only optional scopes were withdrawn, the tokens come without them.
 */
export function createTokens({ tenantId, account, store, optional = [], ...options }: Options): Tokens {
  const client = createConfidentialClient({ tenantId, store, ...options })
  let usable = optional

  return {
    get: keepTokens(async (resource, forceRefresh) => {
      const asked = resource === 'graph' ? usable : []
      const { token, scopes } = await acquireGranted(client, { account, resource, asked, forceRefresh })
      if (resource === 'graph') usable = grantedAmong(asked, scopes)
      return token
    }),
    granted: () => usable,
    withdrawn: () => optional.filter((scope) => !usable.includes(scope)),
    isApplication: false,
  }
}

/**
 * Keeps the tokens that are acquired, one for each resource, renews each before it ends, and lets all who ask at once share one
 * request. MSAL empties and refills its memory on every call, so each call waits for the one before it.
 */
export function keepTokens(acquire: (resource: Resource, forceRefresh: boolean) => Promise<Token>): Tokens['get'] {
  const held = new Map<Resource, Token>()
  const underWay = new Map<Resource, Promise<Token>>()
  let last: Promise<unknown> = Promise.resolve()

  return async (resource, { refused } = {}) => {
    const kept = held.get(resource)
    if (kept && kept.token !== refused && kept.expiresOnTimestamp - Date.now() > RENEW_BEFORE_MS) return kept
    const pending = underWay.get(resource)
    if (pending !== undefined) return pending

    const acquireNext = async () => {
      const token = await acquire(resource, refused !== undefined)
      held.set(resource, token)
      return token
    }
    const mine = last.then(acquireNext).finally(() => underWay.delete(resource))
    last = mine.catch(() => undefined) // whoever asked for it gets the failure, and the next call is made all the same
    underWay.set(resource, mine)
    return mine
  }
}

type Wanted = { account: AccountRef; resource: Resource; asked: readonly string[]; forceRefresh: boolean }
type Acquired = { token: Token; scopes: string[] }

/**
 * Entra ID refuses a whole request when a single scope of it is not consented to. After such a refusal it is asked once
 * more for the base scopes alone, and its answer lists the optional ones that are left.
 */
async function acquireGranted(client: ConfidentialClient, wanted: Wanted): Promise<Acquired> {
  try {
    return await acquireSilently(client, wanted)
  } catch (error) {
    if (!(error instanceof AzureError) || error.code !== 'admin_consent_required') throw error
    if (wanted.asked.length > 0) return acquireGranted(client, { ...wanted, asked: [] })
    // There was a consent at the sign-in, so a missing one means that it was withdrawn.
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

/** Where MSAL's cache is kept. The caller seals it and decides which of two processes wins when both save. */
export type TokenStore = { load(): Promise<string | null>; save(cache: string): Promise<void> }

type ClientOptions = SendOptions & {
  tenantId: string
  store?: TokenStore
  /** The application that signs in, with what proves it; the portal's own if it is left out. */
  application?: Pick<NodeAuthOptions, 'clientId' | 'clientSecret' | 'clientCertificate' | 'clientAssertion'>
}

type ConfidentialClient = {
  msal: ConfidentialClientApplication
  /** Runs one call of MSAL; every failure is thrown as an AzureError. */
  run<T>(call: () => Promise<T>): Promise<T>
}

/**
 * MSAL's client for one tenant. It makes no discovery request, since MSAL knows the three clouds, its requests take the
 * same last hop as all others, and it logs nothing.
 */
export function createConfidentialClient({
  tenantId,
  store,
  application = readOwnApplication(),
  ...options
}: ClientOptions): ConfidentialClient {
  let networkFailure: AzureError | undefined

  /** MSAL replaces every error of its network client by a bare `network_error`, so the real one is kept here. */
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
    auth: { ...application, authority: authorityOf(tenantId) },
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

function readOwnApplication() {
  const { clientId, clientSecret } = env().azure
  return { clientId, clientSecret }
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

/** Asks as MSAL's network client does. Throws AzureError, also for an answer that says that the service is out of order. */
export async function askJson<T>(url: string, init: RequestInit, options: SendOptions, sendWith = send) {
  const response = await sendWith(url, init, options)
  const outage = outageOf(response)
  if (outage) throw outage
  const { status } = response
  // MSAL checks the fields itself; here it is only made sure that there is an object.
  const body = parseJsonObject(await response.text(), status) as T
  return { status, headers: Object.fromEntries(response.headers), body }
}

/** The login address of a tenant. Only a GUID is accepted, since it becomes part of a path. */
export function authorityOf(tenantId: string): string {
  const tenant = z.guid().toLowerCase().safeParse(tenantId)
  if (!tenant.success) throw new AzureError('bad_answer', 'The tenant is not a GUID.', { cause: tenant.error })
  return `${cloud().login}/${tenant.data}`
}

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
 * Those of the wanted scopes that were granted, in their order. Entra ID lists what it granted, which may be more or less
 * than was asked for, in any case, and with or without the resource before the name (AzureAD/
 * microsoft-authentication-library-for-python 125).
 */
export function grantedAmong<Scope extends string>(wanted: readonly Scope[], granted: readonly string[]): Scope[] {
  const names = new Set(granted.map((scope) => scope.slice(scope.lastIndexOf('/') + 1).toLowerCase()))
  return wanted.filter((scope) => names.has(scope.toLowerCase()))
}
