import {
  ConfidentialClientApplication,
  type ICachePlugin,
  type INetworkModule,
  type NetworkRequestOptions,
} from '@azure/msal-node'
import { z } from 'zod'
import { env } from '@/lib/env'
import { authority } from './authority'
import { AzureError, toAzureError } from './azure-error'
import { retryAfterMs } from './retry-after'
import { type SendOptions, send } from './transport'

/** Where MSAL's cache is kept. The caller seals it and settles who wins when two processes save. */
export type TokenStore = { load(): Promise<string | null>; save(cache: string): Promise<void> }

type Options = SendOptions & { tenantId: string; store?: TokenStore }

export type ConfidentialClient = {
  msal: ConfidentialClientApplication
  /** Runs one MSAL call; whatever fails comes out as an AzureError. */
  run<T>(call: () => Promise<T>): Promise<T>
}

/**
 * MSAL for one tenant. Its metadata for the three clouds is built in, so no discovery request is made, and its requests
 * take the same last hop as all others. It logs nothing.
 */
export function confidentialClient({ tenantId, store, ...options }: Options): ConfidentialClient {
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
  const retryAfter = retryAfterMs(response.headers.get('retry-after')) ?? undefined
  if (status === 429) throw new AzureError('throttled', 'Asked to wait.', { status, retryAfterMs: retryAfter })
  if (status >= 500)
    throw new AzureError('azure_unreachable', 'There was no usable answer.', { status, retryAfterMs: retryAfter })
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
