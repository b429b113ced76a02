import type { Metadata } from 'next'
import { Suspense } from 'react'
import { openAccount } from '@/app/(portal)/integrations/azure/accounts/[accountId]/open-account'
import { addToAccount, followTenant } from '@/app/(portal)/integrations/azure/connect/actions'
import { AddSubscriptionsForm } from '@/components/connect/add-subscriptions-form'
import { AskAnAdmin } from '@/components/connect/ask-an-admin'
import { ChecksSkeleton } from '@/components/connect/checks'
import { FollowForm } from '@/components/connect/follow-form'
import { AccountFrame } from '@/components/integrations/account-frame'
import { ButtonLink } from '@/components/ui/button-link'
import { EmptyState } from '@/components/ui/empty-state'
import { Notice } from '@/components/ui/notice'
import type { AccountFacts } from '@/db/queries/accounts'
import { mayDo } from '@/lib/actor'
import { showRefusal } from '@/lib/auth/refusals'
import { requireMember, type SignedInMember } from '@/lib/auth/request'
import { AzureError } from '@/lib/azure/client/errors'
import { type AddableSubscription, listReadableSubscriptions } from '@/lib/connections/add-subscriptions'
import { explain } from '@/lib/domain/problems'

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

/** What Azure lists for the account now, or why it lists nothing; and whether the account follows its tenant. */
async function Readable({ member, account }: { member: SignedInMember; account: AccountFacts }) {
  const readable = await listReadableSubscriptions(member, account.id).catch((error: unknown) =>
    error instanceof AzureError ? error : showRefusal(error),
  )
  const follow = followTenant.bind(null, account.id)
  if (readable instanceof AzureError || readable.subscriptions.length === 0) {
    return (
      <div className="grid grid-cols-1 gap-8">
        {readable instanceof AzureError ? <Refused code={readable.code} /> : <NothingListed odd={readable.odd} />}
        {account.follows && <FollowForm follows unconnected={0} action={follow} />}
      </div>
    )
  }
  const { subscriptions, odd, groups, groupsRefused } = readable
  const unconnected = subscriptions.filter(
    ({ connectedAs, otherTenant }) => connectedAs === null && otherTenant === null,
  )
  return (
    <div className="grid grid-cols-1 gap-8">
      {odd > 0 && <NotUnderstood odd={odd} />}
      <section aria-label="Subscriptions to add" className="grid grid-cols-1 gap-4">
        <GroupsNotice code={groupsRefused} any={groups.length > 0} />
        <AddSubscriptionsForm
          action={addToAccount.bind(null, account.id)}
          subscriptions={subscriptions.map(toPickable)}
          groups={groups.map(({ id, name, above }) => ({ id, name, above: above.map((one) => one.id) }))}
        />
      </section>
      <FollowForm follows={account.follows} unconnected={unconnected.length} action={follow} />
    </div>
  )
}

/** As much as the browser needs: the chain of groups is the same for many. */
const toPickable = ({ managementGroups, ...rest }: AddableSubscription) => ({
  ...rest,
  groupId: managementGroups.at(-1)?.id ?? null,
})

/** Why nothing can be chosen by management group; nothing where it can. */
function GroupsNotice({ code, any }: { code: string | null; any: boolean }) {
  if (code !== null)
    return (
      <Notice tone="warn" title="The management groups cannot be read now">
        {explain(code).sentence} Choose by name instead.
      </Notice>
    )
  return any ? null : <p className="text-ink-soft">Azure shows this account no management group to choose by.</p>
}

function Refused({ code }: { code: string }) {
  const { title, sentence, next } = explain(code)
  return (
    <Notice tone="bad" title={title}>
      {sentence} {next}
    </Notice>
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

function NotUnderstood({ odd }: { odd: number }) {
  return (
    <Notice tone="warn" title={`Azure lists ${odd.toLocaleString('en')} more that Rolecall could not understand`}>
      {odd === 1 ? 'It is' : 'They are'} not shown here. Connect a subscription that you miss by its ID.
    </Notice>
  )
}
