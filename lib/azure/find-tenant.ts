import { z } from 'zod'
import { findSubscriptionId } from '@/lib/domain/subscription-id'
import { cloud } from './client/cloud'
import { AzureError, badAnswer, outageOf } from './client/errors'
import { INTERACTIVE } from './client/retry'
import { parseJsonObject } from './client/rows'
import { type SendOptions, send } from './client/transport'
import { discoverTenant } from './sign-in'

/**
 * The ID of the tenant that somebody names by its ID, by a domain of it, or by a subscription, be it an ID or a link. An ID is
 * first tried as a tenant's, then as a subscription's. Throws AzureError: `tenant_unknown` when there is neither.
 */
export async function findTenant(typed: string, options: SendOptions = {}): Promise<string> {
  const name = typed.trim()
  try {
    return await lookUpTenant(name, options)
  } catch (error) {
    const subscriptionId = findSubscriptionId(name)
    if (!subscriptionId || !(error instanceof AzureError) || error.code !== 'tenant_unknown') throw error
    return discoverTenant(subscriptionId, options).catch((refused: unknown) => {
      throw refused instanceof AzureError && refused.code === 'subscription_unknown' ? error : refused
    })
  }
}

/** A GUID, or a domain name of two labels or more, since it becomes part of a path. */
const TenantName = z.union([
  z.guid(),
  z
    .string()
    .max(253)
    .regex(/^(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}$/i),
])

const Configuration = z.object({ issuer: z.string() })
const TENANT = /\/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\/v2\.0$/i

/** Looks up the public sign-in configuration of a tenant. */
async function lookUpTenant(typed: string, options: SendOptions): Promise<string> {
  const name = TenantName.safeParse(typed)
  if (!name.success) throw new AzureError('tenant_unknown', 'That names no tenant.', { cause: name.error })
  const response = await send(
    `${cloud().login}/${name.data.toLowerCase()}/v2.0/.well-known/openid-configuration`,
    {},
    { patience: { ...INTERACTIVE, tries: 1 }, ...options },
  )
  const { status } = response
  if (status === 400 || status === 404) throw new AzureError('tenant_unknown', 'There is no such tenant.', { status })
  const outage = outageOf(response)
  if (outage) throw outage
  const configuration = Configuration.safeParse(parseJsonObject(await response.text(), status))
  const tenantId = configuration.success ? TENANT.exec(configuration.data.issuer)?.[1] : undefined
  if (!tenantId) throw badAnswer({ status })
  return tenantId.toLowerCase()
}
