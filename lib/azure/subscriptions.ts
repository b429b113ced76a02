import { z } from 'zod'
import type { Subscription } from '@/lib/domain/access'
import type { Azure } from './client/clients'
import { toAzureError } from './client/errors'
import { cleanText } from './client/rows'

/** One subscription. Throws `subscription_not_readable` when it does not exist and when the account may not read it alike. */
export async function getSubscription(azure: Azure, subscriptionId: string): Promise<Subscription> {
  try {
    return SubscriptionRow.parse(await azure.subscriptions('one').subscriptions.get(subscriptionId))
  } catch (error) {
    throw toAzureError(error)
  }
}

/** Every subscription of the token's tenant that the account may read. */
export async function listSubscriptions(azure: Azure): Promise<Subscription[]> {
  const found = new Map<string, Subscription>()
  try {
    for await (const page of azure.subscriptions('list').subscriptions.list().byPage()) {
      for (const row of z.array(SubscriptionRow).parse(page)) found.set(row.id, row)
    }
  } catch (error) {
    throw toAzureError(error)
  }
  return [...found.values()]
}

/** An entry that cannot be read still tells that somebody manages the subscription from another tenant. */
const ManagingTenants = z
  .array(z.unknown())
  .nullish()
  .transform((list) =>
    (list ?? []).map((one) => z.looseObject({ tenantId: z.guid().toLowerCase() }).safeParse(one).data?.tenantId ?? ''),
  )

const SubscriptionRow = z
  .object({
    subscriptionId: z.guid().toLowerCase(),
    displayName: z.string().nullish(),
    state: z.string().nullish(),
    tenantId: z.guid().toLowerCase(),
    managedByTenants: ManagingTenants,
  })
  .transform(
    ({ subscriptionId, displayName, state, tenantId, managedByTenants }): Subscription => ({
      id: subscriptionId,
      name: cleanText(displayName) ?? subscriptionId,
      state: state ?? 'Unknown',
      tenantId,
      managedByTenants,
    }),
  )
