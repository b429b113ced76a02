import Link from 'next/link'
import { ButtonLink } from '@/components/ui/button-link'
import { Chip } from '@/components/ui/chip'
import { ShortId } from '@/components/ui/copyable'
import type { FormState } from '@/components/ui/form-state'
import { Name } from '@/components/ui/name'
import { SubmitButton } from '@/components/ui/submit-button'
import { RelativeTime } from '@/components/ui/time'
import { explain } from '@/lib/domain/problems'
import type { AccountKind, AccountState, CredentialKind } from '@/lib/domain/vocabulary'
import { AccountStateChip } from './account-state-chip'
import { ApplicationFacts } from './application-facts'
import { RemoveAccountForm } from './remove-account-form'

export type ShownAccount = {
  id: string
  kind: AccountKind
  /** Of an application. */
  clientId: string | null
  credential: CredentialKind | null
  credentialExpiresAt: Date | null
  /** The time of the database, by which it is told what has expired. */
  now: Date
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
  followedGroup: { name: string } | null
  lookProblem: string | null
  connections: number
  /** One of its connections, by which a person's is signed in again; an application may have none yet. */
  connectionIdToReconnect: string | null
}

type Props = {
  accounts: ShownAccount[]
  /** What can be done with them; null for those who may only read. */
  actions: {
    /** Signs an account in again by one of its connections. */
    startReconnect: (connectionId: string) => Promise<void>
    removeAccount: (accountId: string, state: FormState, form: FormData) => Promise<FormState>
  } | null
}

/** The Microsoft accounts that Rolecall reads with, each with its state, its permissions, and what can be done. */
export function AccountsList({ accounts, actions }: Props) {
  return (
    <ul className="divide-y divide-line rounded-lg border border-line bg-surface">
      {accounts.map((account) => (
        <li key={account.id} data-row className="flex flex-wrap items-start justify-between gap-x-6 gap-y-3 p-4">
          <div className="grid min-w-0 flex-1 basis-72 gap-1">
            <h3 className="flex min-w-0 flex-wrap items-center gap-x-2 gap-y-1 font-medium">
              <Link href={`/integrations/azure/accounts/${account.id}`} prefetch={false} className="link">
                <Name of={account.name} className="break-all" />
              </Link>
              <AccountStateChip state={account.state} />
              <Chip>{account.kind === 'application' ? 'Application' : 'Person'}</Chip>
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
              . {account.kind === 'application' ? 'Credential given' : 'Signed in'} by{' '}
              <Name of={account.signedInByName} />, <RelativeTime at={account.signedInAt} />.
            </p>
            <ApplicationFacts account={account} />
            {account.follows && (
              <p className={account.lookProblem ? 'text-warn' : 'text-ink-soft'}>
                Follows{' '}
                {account.followedGroup ? (
                  <>
                    the management group <Name of={account.followedGroup.name} />
                  </>
                ) : (
                  'its tenant'
                )}
                {account.state !== 'active'
                  ? ' once it is reconnected: nothing new is looked for until then.'
                  : account.lookProblem
                    ? `. The last look failed: ${explain(account.lookProblem).title.toLowerCase()}.`
                    : ': subscriptions that it can read newly connect themselves.'}
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
          {actions && <AccountButtons account={account} actions={actions} />}
        </li>
      ))}
    </ul>
  )
}

const countSubscriptions = (count: number): string =>
  `${count.toLocaleString('en')} ${count === 1 ? 'subscription' : 'subscriptions'}`

type ButtonsProps = { account: ShownAccount; actions: NonNullable<Props['actions']> }

/** What can be done with an account: an application is given another credential where a person signs in again. */
function AccountButtons({ account, actions }: ButtonsProps) {
  const { id, name, kind, state, follows, connectionIdToReconnect } = account
  const isUsable = state === 'active' || follows
  return (
    <div className="flex flex-wrap gap-2">
      {kind === 'application' ? (
        <ButtonLink
          href={`/integrations/azure/accounts/${id}/credential`}
          variant={state === 'active' ? undefined : 'primary'}
          prefetch={false}
          className="relative"
        >
          New credential <span className="sr-only">for {name}</span>
        </ButtonLink>
      ) : (
        connectionIdToReconnect && (
          <form action={actions.startReconnect.bind(null, connectionIdToReconnect)}>
            <SubmitButton
              variant={state === 'active' ? undefined : 'primary'}
              className="relative"
              pendingLabel="Opening…"
            >
              Reconnect <span className="sr-only">{name}</span>
            </SubmitButton>
          </form>
        )
      )}
      {isUsable && connectionIdToReconnect && (
        <ButtonLink
          href={`/integrations/azure/${connectionIdToReconnect}/settings`}
          prefetch={false}
          className="relative"
        >
          Permissions <span className="sr-only">of {name}</span>
        </ButtonLink>
      )}
      {isUsable && (
        <ButtonLink href={`/integrations/azure/accounts/${id}/add`} prefetch={false} className="relative">
          Add subscriptions <span className="sr-only">with {name}</span>
        </ButtonLink>
      )}
      {kind === 'application' && account.connections === 0 && (
        <RemoveAccountForm name={name} action={actions.removeAccount.bind(null, id)} />
      )}
    </div>
  )
}
