import type { Metadata } from 'next'
import { Suspense } from 'react'
import {
  openAccount,
  toPickable,
  toPickableGroup,
} from '@/app/(portal)/integrations/azure/accounts/[accountId]/open-account'
import { followWithAccount, lookForNew, stopFollowing } from '@/app/(portal)/integrations/azure/connect/actions'
import { AskAnAdmin } from '@/components/connect/ask-an-admin'
import { ChecksSkeleton } from '@/components/connect/checks'
import { FollowForm } from '@/components/connect/follow-form'
import { FollowState } from '@/components/connect/follow-state'
import { ListRefused, NotUnderstood } from '@/components/connect/list-notices'
import { NOT_LISTED } from '@/components/connect/subscription-line'
import type { PickableGroup, PickableSubscription } from '@/components/connect/subscription-picker'
import { AccountFrame } from '@/components/integrations/account-frame'
import type { AccountFacts } from '@/db/queries/accounts'
import { mayDo } from '@/lib/actor'
import { showRefusal } from '@/lib/auth/refusals'
import { requireMember, type SignedInMember } from '@/lib/auth/request'
import { AzureError } from '@/lib/azure/client/errors'
import { listReadableSubscriptions, type Readable } from '@/lib/connections/add-subscriptions'

export const metadata: Metadata = { title: 'Follow' }

export default async function FollowPage({ params }: PageProps<'/integrations/azure/accounts/[accountId]/follow'>) {
  const member = await requireMember()
  if (!mayDo(member.role, 'connect')) return <AskAnAdmin />
  const account = await openAccount(member, (await params).accountId)

  return (
    <AccountFrame account={account} tab="follow" mayConnect>
      <div className="grid max-w-[800px] grid-cols-1 gap-6">
        {account.follows ? (
          <FollowState
            account={account}
            lookNow={lookForNew.bind(null, account.id)}
            stop={stopFollowing.bind(null, account.id)}
          />
        ) : (
          <p className="text-ink-soft">
            Subscriptions that this account can read newly connect themselves within six hours, each as its own tile.
            What it can no longer read says so and is never deleted.
          </p>
        )}
        <Suspense fallback={<ChecksSkeleton />}>
          <Following member={member} account={account} />
        </Suspense>
      </div>
    </AccountFrame>
  )
}

/** What can be followed and left out, as Azure lists it for the account now, or why it lists nothing. */
async function Following({ member, account }: { member: SignedInMember; account: AccountFacts }) {
  const readable = await listReadableSubscriptions(member, account.id).catch((error: unknown) =>
    error instanceof AzureError ? error : showRefusal(error),
  )
  if (readable instanceof AzureError) return <ListRefused code={readable.code} />
  const { subscriptions, excluded } = chooseUnconnected(readable, account)

  return (
    <>
      {readable.odd > 0 && <NotUnderstood odd={readable.odd} />}
      <FollowForm
        // The key makes a new form when following begins or ends, so that it starts from what is stored.
        key={String(account.follows)}
        action={followWithAccount.bind(null, account.id)}
        follows={account.follows}
        followedGroup={account.followedGroup}
        groups={addFollowed(readable.groups.map(toPickableGroup(account.tenantId)), account)}
        subscriptions={subscriptions}
        excluded={excluded}
      />
    </>
  )
}

/** What is not connected, with what is left out although Azure does not list it for the account now. */
function chooseUnconnected({ subscriptions }: Readable, { excludedSubscriptionIds }: AccountFacts) {
  const listed = new Set(subscriptions.map((one) => one.subscriptionId))
  const connected = new Set(subscriptions.flatMap((one) => (one.connectedAs === null ? [] : one.subscriptionId)))
  const gone = excludedSubscriptionIds.filter((id) => !listed.has(id))
  const unconnected = subscriptions.filter((one) => one.connectedAs === null && one.otherTenant === null)
  return {
    subscriptions: [...unconnected.map(toPickable), ...gone.map(toGone)],
    excluded: excludedSubscriptionIds.filter((id) => !connected.has(id)),
  }
}

const toGone = (subscriptionId: string): PickableSubscription => ({
  ...{ subscriptionId, name: subscriptionId, state: NOT_LISTED },
  ...{ connectedAs: null, otherTenant: null, groupId: null },
})

/** The group that is followed can be chosen also while Azure does not show it. */
const addFollowed = (groups: PickableGroup[], { followedGroup }: AccountFacts): PickableGroup[] =>
  followedGroup === null || groups.some(({ id }) => id === followedGroup.id)
    ? groups
    : [...groups, { id: followedGroup.id, name: `${followedGroup.name} (not seen now)`, isRoot: false, above: [] }]
