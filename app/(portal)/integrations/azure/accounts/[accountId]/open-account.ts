import { type AccountFacts, getAccount } from '@/db/queries/accounts'
import { showUnknown } from '@/lib/auth/refusals'
import type { SignedInMember } from '@/lib/auth/request'

/** The account of an address, with the name of its tenant where that is known; the not-found page where there is none. */
export async function openAccount(
  member: SignedInMember,
  accountId: string,
): Promise<AccountFacts & { tenantName: string | null }> {
  const account = await getAccount(member, accountId)
  if (!account) return showUnknown(member, 'account')
  return { ...account, tenantName: account.tenantId === member.tenantId ? member.organisationName : null }
}
