import type { PickableGroup, PickableSubscription } from '@/components/connect/subscription-picker'
import { type AccountFacts, getAccount } from '@/db/queries/accounts'
import { showUnknown } from '@/lib/auth/refusals'
import type { SignedInMember } from '@/lib/auth/request'
import type { PlacedGroup } from '@/lib/azure/management-groups'
import type { AddableSubscription } from '@/lib/connections/checks'

/** The account of an address, with the name of its tenant where that is known; the not-found page where there is none. */
export async function openAccount(
  member: SignedInMember,
  accountId: string,
): Promise<AccountFacts & { tenantName: string | null }> {
  const account = await getAccount(member, accountId)
  if (!account) return showUnknown(member, 'account')
  return { ...account, tenantName: account.tenantId === member.tenantId ? member.organisationName : null }
}

/** What a form needs of a subscription. The chain of groups above it is left out, because many subscriptions share it. */
export const toPickable = ({ managementGroups, ...rest }: AddableSubscription): PickableSubscription => ({
  ...rest,
  groupId: managementGroups.at(-1)?.id ?? null,
})

/** The same of a group, for the groups of one tenant: the ID of a tenant's root group is that of the tenant. */
export const toPickableGroup =
  (tenantId: string) =>
  ({ id, name, above }: PlacedGroup): PickableGroup => ({
    ...{ id, name, isRoot: id === tenantId },
    above: above.map((one) => one.id),
  })
