import type { Metadata } from 'next'
import { startReconnect } from '@/app/(portal)/integrations/actions'
import { AccountFrame } from '@/components/integrations/account-frame'
import { FleetBar } from '@/components/integrations/fleet-bar'
import { FleetProgress, toProgress } from '@/components/integrations/fleet-progress'
import { SyncList } from '@/components/integrations/sync-list'
import { ButtonLink } from '@/components/ui/button-link'
import { EmptyState } from '@/components/ui/empty-state'
import { SearchField } from '@/components/ui/fields'
import { Notice } from '@/components/ui/notice'
import { Pager } from '@/components/ui/pager'
import { RefreshWhile } from '@/components/ui/refresh-while'
import { SubmitButton } from '@/components/ui/submit-button'
import { countFleet, listFleet } from '@/db/queries/fleet'
import { mayDo } from '@/lib/actor'
import { requireMember } from '@/lib/auth/request'
import { explain } from '@/lib/domain/problems'
import { type FleetView, formatFleetView, parseFleetView } from '@/lib/domain/views'
import { CONNECTION_STATUSES } from '@/lib/domain/vocabulary'
import { openAccount } from './open-account'

export const metadata: Metadata = { title: 'Account' }

/** Lines of one page: as many as are added at once, as a rule. */
const LINES = 100

export default async function AccountPage({
  params,
  searchParams,
}: PageProps<'/integrations/azure/accounts/[accountId]'>) {
  const member = await requireMember()
  const { accountId } = await params
  const account = await openAccount(member, accountId)
  const view = parseFleetView(await searchParams)
  const filter = { search: view.search, states: view.state === null ? null : [view.state], accountId }
  const [page, counts] = await Promise.all([
    listFleet(member, filter, { grouping: 'none', cursor: view.cursor }, LINES),
    countFleet(member, filter, 'none'),
  ])
  const mayConnect = mayDo(member.role, 'connect')
  const progress = toProgress(counts)
  const addressOf = (change: Partial<FleetView>) =>
    `/integrations/azure/accounts/${accountId}${formatFleetView({ ...view, cursor: null, ...change })}`
  const states = CONNECTION_STATUSES.map((state) => ({
    state,
    count: counts.find((one) => one.state === state)?.matching ?? 0,
    current: state === view.state,
    href: addressOf({ state: state === view.state ? null : state }),
  })).filter(({ count, current }) => count > 0 || current)
  const matching = states.reduce((sum, one) => sum + (view.state === null || one.current ? one.count : 0), 0)

  return (
    <AccountFrame
      account={account}
      tab="subscriptions"
      mayConnect={mayConnect}
      actions={
        mayConnect && account.connectionIdToReconnect ? (
          <form action={startReconnect.bind(null, account.connectionIdToReconnect)}>
            <SubmitButton variant={account.state === 'active' ? undefined : 'primary'} pendingLabel="Opening…">
              Reconnect
            </SubmitButton>
          </form>
        ) : null
      }
    >
      <RefreshWhile active={progress.syncing + progress.waiting > 0} />
      {account.stateReason && (
        <Notice tone="warn" title={explain(account.stateReason).title} className="mb-4">
          Nothing is read with this account until somebody{' '}
          {account.kind === 'application' ? 'gives it a new credential' : 'reconnects it'}; what was read stays. Doing
          that once heals every subscription below.
        </Notice>
      )}
      {progress.total > 0 && <FleetProgress progress={progress} />}
      <div className="flex flex-wrap items-start justify-between gap-x-6">
        <FleetBar states={states} />
        {(progress.total > 1 || view.search) && (
          <search className="mb-4 w-full max-w-72">
            <form action={`/integrations/azure/accounts/${accountId}`}>
              {view.state && <input type="hidden" name="state" value={view.state} />}
              <SearchField label="Search subscriptions" defaultValue={view.search} />
            </form>
          </search>
        )}
      </div>
      {page.rows.length > 0 ? (
        <SyncList label={`Subscriptions of ${account.name}`} rows={page.rows} />
      ) : (
        <Nothing view={view} hasAny={counts.length > 0} allHref={addressOf({ search: '', state: null })} />
      )}
      {(page.previous ?? page.next) && (
        <Pager
          start={page.start}
          shown={page.rows.length}
          total={matching}
          previousHref={page.previous && addressOf({ cursor: page.previous })}
          nextHref={page.next && addressOf({ cursor: page.next })}
          unit="subscriptions"
        />
      )}
    </AccountFrame>
  )
}

function Nothing({ view, hasAny, allHref }: { view: FleetView; hasAny: boolean; allHref: string }) {
  if (hasAny)
    return (
      <EmptyState
        title={view.search ? <>Nothing found for “{view.search}”</> : 'No subscription is in this state now'}
        action={<ButtonLink href={allHref}>Show all</ButtonLink>}
      >
        States change while subscriptions are synced.
      </EmptyState>
    )
  return <EmptyState title="Nothing is read with this account">Add subscriptions that it can read.</EmptyState>
}
