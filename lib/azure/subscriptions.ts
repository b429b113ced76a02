import { z } from 'zod'
import type { Subscription } from '@/lib/domain/access'
import type { Azure } from './client/clients'
import { toAzureError } from './client/errors'
import { type ReadList, readArmList } from './client/lists'
import { cleanText } from './client/rows'

/** One subscription. Throws `subscription_not_readable` when it does not exist and when the account may not read it alike. */
export async function getSubscription(azure: Azure, subscriptionId: string): Promise<Subscription> {
  try {
    return SubscriptionRow.parse(await azure.subscriptions('one').subscriptions.get(subscriptionId))
  } catch (error) {
    throw toAzureError(error)
  }
}

/** Every subscription of the token's tenant that the account may read. Throws AzureError, as every list does. */
export async function listSubscriptions(azure: Azure): Promise<ReadList<Subscription>> {
  const { rows, odd } = await readArmList(
    () => azure.subscriptions('list').subscriptions.list().byPage(),
    SubscriptionRow.transform((subscription) => ({ key: subscription.id, subscription })),
  )
  return { rows: rows.map(({ subscription }) => subscription), odd }
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
      state: cleanText(state) ?? 'Unknown',
      tenantId,
      managedByTenants,
    }),
  )
