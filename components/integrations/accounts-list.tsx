import { ButtonLink } from '@/components/ui/button-link'
import { Chip } from '@/components/ui/chip'
import { ShortId } from '@/components/ui/copyable'
import { Name } from '@/components/ui/name'
import { SubmitButton } from '@/components/ui/submit-button'
import { RelativeTime } from '@/components/ui/time'
import { explain } from '@/lib/domain/problems'
import type { AccountState } from '@/lib/domain/vocabulary'

export type ShownAccount = {
  id: string
  name: string
  tenantId: string
  /** The tenant's name; its ID is shown where the name is not known. */
  tenantName: string | null
  state: AccountState
  stateReason: string | null
  optionalScopes: string[]
  signedInAt: Date
  signedInByName: string
  follows: boolean
  connections: number
  /** One of its connections, by which it is signed in again. */
  connectionIdToReconnect: string
}

type Props = {
  accounts: ShownAccount[]
  /** Signs an account in again by one of its connections; null for those who may only read. */
  startReconnect: ((connectionId: string) => Promise<void>) | null
}

/** The Microsoft accounts that Rolecall reads with, each with its state, its permissions, and what can be done. */
export function AccountsList({ accounts, startReconnect }: Props) {
  return (
    <ul className="divide-y divide-line rounded-lg border border-line bg-surface">
      {accounts.map((account) => (
        <li key={account.id} className="flex flex-wrap items-start justify-between gap-x-6 gap-y-3 p-4">
          <div className="grid min-w-0 flex-1 basis-72 gap-1">
            <h3 className="flex min-w-0 flex-wrap items-center gap-x-2 gap-y-1 font-medium">
              <Name of={account.name} className="break-all" />
              <AccountStateChip state={account.state} />
            </h3>
            {account.stateReason && (
              <p className="text-warn">
                {explain(account.stateReason).title}. Its {countSubscriptions(account.connections)}{' '}
                {account.connections === 1 ? 'waits' : 'wait'}; what was read stays.
              </p>
            )}
            <p className="text-ink-soft">
              Used for {countSubscriptions(account.connections)} of{' '}
              {account.tenantName ? (
                <Name of={account.tenantName} />
              ) : (
                <>
                  tenant <ShortId id={account.tenantId} label="tenant ID" />
                </>
              )}
              . Signed in by <Name of={account.signedInByName} />, <RelativeTime at={account.signedInAt} />.
            </p>
            {account.follows && (
              <p className="text-ink-soft">
                {account.state === 'active'
                  ? 'Follows its tenant: subscriptions that it can read newly connect themselves.'
                  : 'Follows its tenant once it is reconnected: nothing new is looked for until then.'}
              </p>
            )}
            <p className="flex flex-wrap gap-1.5">
              {account.optionalScopes.length === 0 ? (
                <span className="text-sm text-ink-faint">No optional permissions</span>
              ) : (
                account.optionalScopes.map((scope) => (
                  <Chip key={scope}>
                    <code className="font-mono">{scope}</code>
                  </Chip>
                ))
              )}
            </p>
          </div>
          {startReconnect && (
            <div className="flex flex-wrap gap-2">
              <form action={startReconnect.bind(null, account.connectionIdToReconnect)}>
                <SubmitButton
                  variant={account.state === 'active' ? undefined : 'primary'}
                  className="relative"
                  pendingLabel="Opening…"
                >
                  Reconnect <span className="sr-only">{account.name}</span>
                </SubmitButton>
              </form>
              {(account.state === 'active' || account.follows) && (
                <>
                  <ButtonLink
                    href={`/integrations/azure/${account.connectionIdToReconnect}/settings`}
                    prefetch={false}
                    className="relative"
                  >
                    Permissions <span className="sr-only">of {account.name}</span>
                  </ButtonLink>
                  <ButtonLink
                    href={`/integrations/azure/accounts/${account.id}/add`}
                    prefetch={false}
                    className="relative"
                  >
                    Add subscriptions <span className="sr-only">with {account.name}</span>
                  </ButtonLink>
                </>
              )}
            </div>
          )}
        </li>
      ))}
    </ul>
  )
}

const countSubscriptions = (count: number): string =>
  `${count.toLocaleString('en')} ${count === 1 ? 'subscription' : 'subscriptions'}`

function AccountStateChip({ state }: { state: AccountState }) {
  if (state === 'active') return <Chip tone="good">Active</Chip>
  return <Chip tone="warn">{state === 'signed_out' ? 'Signed out' : 'Reconnect needed'}</Chip>
}
