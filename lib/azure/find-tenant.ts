import { z } from 'zod'
import { cloud } from './client/cloud'
import { AzureError, badAnswer, outageOf } from './client/errors'
import { INTERACTIVE } from './client/retry'
import { parseJsonObject } from './client/rows'
import { type SendOptions, send } from './client/transport'

/** A domain name of two labels or more, since it becomes part of a path. */
const Domain = z
  .string()
  .max(253)
  .regex(/^(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}$/i)

const Configuration = z.object({ issuer: z.string() })
const TENANT = /\/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\/v2\.0$/i

/**
 * The ID of the tenant that has verified a domain, from the tenant's public sign-in configuration. Throws AzureError:
 * `tenant_unknown` when there is none.
 */
export async function discoverTenantOfDomain(domain: string, options: SendOptions = {}): Promise<string> {
  const name = Domain.safeParse(domain)
  if (!name.success) throw new AzureError('tenant_unknown', 'That is no domain.', { cause: name.error })
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
