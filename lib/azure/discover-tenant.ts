import { z } from 'zod'
import { AzureError } from './azure-error'
import { cloud } from './cloud'
import { INTERACTIVE } from './patience'
import { retryAfterMs } from './retry-after'
import { type SendOptions, send } from './transport'

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
      retryAfterMs: retryAfterMs(response.headers.get('retry-after')) ?? undefined,
    })
  if (status >= 500) throw new AzureError('azure_unreachable', 'There was no usable answer.', { status })

  const tenantId = status === 401 ? NAMED_TENANT.exec(response.headers.get('www-authenticate') ?? '')?.[1] : undefined
  if (!tenantId) throw new AzureError('bad_answer', 'The answer did not have the documented form.', { status })
  return tenantId.toLowerCase()
}
