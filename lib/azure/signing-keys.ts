import { createLocalJWKSet, errors, type JSONWebKeySet, type JWTVerifyGetKey } from 'jose'
import { z } from 'zod'
import { badAnswer, outageOf } from './client/errors'
import { parseAs, parseJsonObject } from './client/rows'
import { authorityOf } from './client/tokens'
import { type SendOptions, send } from './client/transport'

/** The address of the keys that Entra ID signs a tenant's tokens with (Microsoft: OpenID Connect, `jwks_uri`). */
export const keysAddress = (tenantId: string): string => `${authorityOf(tenantId)}/discovery/v2.0/keys`

/** What stands in the issuer of a key that signs for several tenants, where the tenant's id belongs. */
const ANY_TENANT = '{tenantid}'

const Keys = z.object({
  keys: z.array(z.looseObject({ kty: z.string(), kid: z.string(), issuer: z.string().optional() })),
})

/** Microsoft changes keys without notice and asks that they be read again at least once a day; we do so every hour. */
const KEPT_MS = 60 * 60_000

type Kept = { find: JWTVerifyGetKey; readAt: number }
const keptByAddress = new Map<string, Promise<Kept>>()

/**
 * Finds the key that a token names, for jose. The keys are kept for an hour, and read again once when a token names one
 * that is not among them. A key that belongs to another issuer does not count (Microsoft: validate the issuer of the
 * signing key). Throws AzureError when the keys cannot be read, and jose's `JWKSNoMatchingKey` when there is no such key.
 */
export function findSigningKey(tenantId: string, issuer: string, options: SendOptions = {}): JWTVerifyGetKey {
  return async (header, token) => {
    const kept = await keepKeys(tenantId, issuer, options)
    try {
      return await kept.find(header, token)
    } catch (error) {
      if (!(error instanceof errors.JWKSNoMatchingKey)) throw error
      const renewed = await keepKeys(tenantId, issuer, options, kept)
      return renewed.find(header, token)
    }
  }
}

/** The keys of a tenant, from memory where they are young enough and not the `outdated` ones. */
async function keepKeys(tenantId: string, issuer: string, options: SendOptions, outdated?: Kept): Promise<Kept> {
  const address = keysAddress(tenantId)
  const known = keptByAddress.get(address)
  const kept = await known
  if (known && kept && kept !== outdated && performance.now() - kept.readAt < KEPT_MS) return known

  const reading = readKeys(address, tenantId, issuer, options)
  keptByAddress.set(address, reading)
  reading.catch(() => {
    if (keptByAddress.get(address) === reading) keptByAddress.delete(address)
  })
  return reading
}

async function readKeys(address: string, tenantId: string, issuer: string, options: SendOptions): Promise<Kept> {
  const response = await send(address, {}, options)
  const outage = outageOf(response)
  if (outage) throw outage
  const { status } = response
  if (status !== 200) throw badAnswer({ status })
  const { keys } = parseAs(Keys, parseJsonObject(await response.text(), status), status)
  const own = keys.filter((key) => !key.issuer || key.issuer.replace(ANY_TENANT, tenantId.toLowerCase()) === issuer)
  return { find: createLocalJWKSet({ keys: own } as JSONWebKeySet), readAt: performance.now() }
}
