import type { Metadata } from 'next'
import { Suspense } from 'react'
import {
  openAccount,
  toPickable,
  toPickableGroup,
} from '@/app/(portal)/integrations/azure/accounts/[accountId]/open-account'
import { addToAccount } from '@/app/(portal)/integrations/azure/connect/actions'
import { AddSubscriptionsForm } from '@/components/connect/add-subscriptions-form'
import { AskAnAdmin } from '@/components/connect/ask-an-admin'
import { ChecksSkeleton } from '@/components/connect/checks'
import { GroupsNotice, ListRefused, NotUnderstood } from '@/components/connect/list-notices'
import { AccountFrame } from '@/components/integrations/account-frame'
import { ButtonLink } from '@/components/ui/button-link'
import { EmptyState } from '@/components/ui/empty-state'
import type { AccountFacts } from '@/db/queries/accounts'
import { mayDo } from '@/lib/actor'
import { showRefusal } from '@/lib/auth/refusals'
import { requireMember, type SignedInMember } from '@/lib/auth/request'
import { AzureError } from '@/lib/azure/client/errors'
import { listReadableSubscriptions } from '@/lib/connections/add-subscriptions'

export const metadata: Metadata = { title: 'Add subscriptions' }

export default async function AddSubscriptionsPage({
  params,
}: PageProps<'/integrations/azure/accounts/[accountId]/add'>) {
  const member = await requireMember()
  if (!mayDo(member.role, 'connect')) return <AskAnAdmin />
  const account = await openAccount(member, (await params).accountId)

  return (
    <AccountFrame account={account} tab="add" mayConnect>
      <div className="max-w-[800px]">
        <p className="mb-4 text-ink-soft">
          Everything that this account can read. Each that you choose becomes its own tile, without another sign-in.
        </p>
        <Suspense fallback={<ChecksSkeleton />}>
          <Readable member={member} account={account} />
        </Suspense>
      </div>
    </AccountFrame>
  )
}

/** What Azure lists for the account now, or why it lists nothing. */
async function Readable({ member, account }: { member: SignedInMember; account: AccountFacts }) {
  const readable = await listReadableSubscriptions(member, account.id).catch((error: unknown) =>
    error instanceof AzureError ? error : showRefusal(error),
  )
  if (readable instanceof AzureError || readable.subscriptions.length === 0) {
    return readable instanceof AzureError ? <ListRefused code={readable.code} /> : <NothingListed odd={readable.odd} />
  }
  const { subscriptions, odd, groups, groupsRefused } = readable
  return (
    <div className="grid grid-cols-1 gap-8">
      {odd > 0 && <NotUnderstood odd={odd} />}
      <section aria-label="Subscriptions to add" className="grid grid-cols-1 gap-4">
        <GroupsNotice code={groupsRefused} any={groups.length > 0} />
        <AddSubscriptionsForm
          action={addToAccount.bind(null, account.id)}
          subscriptions={subscriptions.map(toPickable)}
          groups={groups.map(toPickableGroup(account.tenantId))}
        />
      </section>
    </div>
  )
}

function NothingListed({ odd }: { odd: number }) {
  if (odd > 0) return <NotUnderstood odd={odd} />
  return (
    <EmptyState
      title="Azure lists no subscription for this account"
      action={<ButtonLink href="/integrations/azure">Back to the accounts</ButtonLink>}
    >
      Give it the Reader role on a subscription or a management group, then open this page again.
    </EmptyState>
  )
}
