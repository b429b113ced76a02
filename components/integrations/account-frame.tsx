import type { ReactNode } from 'react'
import { ShortId } from '@/components/ui/copyable'
import { Name } from '@/components/ui/name'
import { PageHeader } from '@/components/ui/page-header'
import { Tabs } from '@/components/ui/tabs'
import { AccountStateChip } from './account-state-chip'
import type { ShownAccount } from './accounts-list'

const TABS = { subscriptions: 'Subscriptions', add: 'Add subscriptions', follow: 'Follow' } as const
export type AccountTab = keyof typeof TABS

type Props = {
  account: Pick<ShownAccount, 'id' | 'kind' | 'name' | 'tenantId' | 'tenantName' | 'state' | 'connections'>
  tab: AccountTab
  /** Whether the reader may connect: the other tabs are of use to nobody else. */
  mayConnect: boolean
  /** The buttons beside the name. */
  actions?: ReactNode
  children: ReactNode
}

/** What surrounds the pages of one account: whose it is, how it stands, and the way from one page to the next. */
export function AccountFrame({ account, tab, mayConnect, actions, children }: Props) {
  const base = `/integrations/azure/accounts/${account.id}`
  const shown: AccountTab[] = mayConnect ? ['subscriptions', 'add', 'follow'] : ['subscriptions']
  return (
    <>
      <PageHeader
        title={account.name}
        description={
          <span className="flex flex-wrap items-center gap-x-2 gap-y-1">
            <AccountStateChip state={account.state} />
            <span>
              {account.kind === 'application' ? 'Application' : 'Microsoft account'} of{' '}
              {account.tenantName ? (
                <Name of={account.tenantName} />
              ) : (
                <>
                  tenant <ShortId id={account.tenantId} label="tenant ID" />
                </>
              )}
            </span>
          </span>
        }
        back={{ href: '/integrations/azure', label: 'Microsoft Azure' }}
      >
        {actions}
      </PageHeader>
      <Tabs
        label="Account"
        tabs={shown.map((one) => ({
          href: one === 'subscriptions' ? base : `${base}/${one}`,
          label: TABS[one],
          count: one === 'subscriptions' ? account.connections : undefined,
          current: one === tab,
        }))}
      />
      {children}
    </>
  )
}
