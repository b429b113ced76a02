import { ButtonLink } from '@/components/ui/button-link'
import { ShortId } from '@/components/ui/copyable'
import { Name } from '@/components/ui/name'
import { SubmitButton } from '@/components/ui/submit-button'
import type { OptionalScope } from '@/lib/domain/permissions'
import { ApprovalLink } from './approval-link'
import type { AzureSignInOptions } from './azure-sign-in-button'
import { FoldedSteps } from './azure-steps'
import { KnownAccounts } from './known-accounts'
import { OptionalPermissionTicks } from './optional-permission-ticks'
import { StepActions } from './step-actions'
import { StuckAtMicrosoft } from './stuck-at-microsoft'

type Props = {
  attempt: {
    id: string
    subscriptionId: string
    tenantId: string
    account: { name: string } | null
    signInBegun: boolean
    optionalScopes: OptionalScope[]
    adminConsentUrl: string
  }
  /** What the tenant is called; null for one whose name is not known. */
  tenantName: string | null
  signIn: (options: AzureSignInOptions, form?: FormData) => Promise<void>
  /** Accounts with which one can go on without a sign-in. */
  accounts: { id: string; name: string; connections: number }[]
  goOnWithAccount: (accountId: string) => Promise<void>
  backHref: string
}

/** The last page before Microsoft's: to which tenant one signs in, what else to ask for, and what to do when it does not work out. */
export function SignInInvitation({ attempt, tenantName, signIn, accounts, goOnWithAccount, backHref }: Props) {
  return (
    <>
      <Subject attempt={attempt} tenantName={tenantName} />
      {accounts.length > 0 && <KnownAccounts accounts={accounts} goOnWithAccount={goOnWithAccount} />}
      <p className="text-ink-soft">Your password stays with Microsoft.</p>
      <form action={signIn.bind(null, { optional: 'ticked' })} className="grid grid-cols-1 gap-6">
        <OptionalPermissionTicks ticked={attempt.optionalScopes} />
        <FoldedSteps title="Approval link for an administrator">
          <div className="grid grid-cols-1 gap-2">
            <ApprovalLink url={attempt.adminConsentUrl} />
            <p className="text-ink-soft">
              It asks for what every connection needs, and for the optional permissions that were ticked when this page
              opened.
            </p>
          </div>
        </FoldedSteps>
        <StepActions backHref={backHref}>
          {attempt.account && (
            <ButtonLink href={`/integrations/azure/connect/${attempt.id}/checks`}>Go on to the checks</ButtonLink>
          )}
          <SubmitButton variant="primary" pendingLabel="Going to Microsoft…">
            Continue to Microsoft
          </SubmitButton>
        </StepActions>
      </form>
      {/* After the form, because it has one of its own. */}
      <StuckAtMicrosoft signIn={signIn} open={attempt.signInBegun && attempt.account === null} />
    </>
  )
}

/** Which subscription of which tenant it is about. The tenant's ID stands in full only where its name is not known. */
function Subject({ attempt, tenantName }: Pick<Props, 'attempt' | 'tenantName'>) {
  const { subscriptionId, tenantId, account } = attempt
  return (
    <dl className="grid grid-cols-1 gap-1 rounded-lg border border-line bg-surface px-4 py-3 sm:grid-cols-[7rem_1fr] sm:gap-y-2">
      <dt className="text-ink-soft">Subscription</dt>
      <dd>
        <ShortId id={subscriptionId} label="subscription ID" />
      </dd>
      <dt className="text-ink-soft">Tenant</dt>
      <dd className="flex min-w-0 flex-wrap items-baseline gap-x-2">
        {tenantName === null ? (
          <span className="font-mono text-sm break-all">{tenantId}</span>
        ) : (
          <>
            <Name of={tenantName} className="min-w-0 break-words" />
            <ShortId id={tenantId} label="tenant ID" className="ml-0" />
          </>
        )}
      </dd>
      {account && (
        <>
          <dt className="text-ink-soft">Signed in as</dt>
          <dd className="break-all">
            <Name of={account.name} />
          </dd>
        </>
      )}
    </dl>
  )
}
