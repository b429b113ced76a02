import { ButtonLink } from '@/components/ui/button-link'
import { Name } from '@/components/ui/name'
import { SubmitButton } from '@/components/ui/submit-button'
import { OPTIONAL_PERMISSIONS, type OptionalScope, PERMISSIONS } from '@/lib/domain/permissions'
import { ApprovalLink } from './approval-link'
import type { AzureSignInOptions } from './azure-sign-in-button'
import { FoldedSteps } from './azure-steps'

type Props = {
  attempt: {
    id: string
    subscriptionId: string
    tenantId: string
    account: { name: string } | null
    optionalScopes: OptionalScope[]
    adminConsentUrl: string
  }
  signIn: (options: AzureSignInOptions, form?: FormData) => Promise<void>
  /** Accounts with which one can go on without a sign-in. */
  accounts: { id: string; name: string; connections: number }[]
  goOnWithAccount: (accountId: string) => Promise<void>
}

/** The last page before Microsoft's: to which tenant one signs in, for what, and what to do without the right to consent. */
export function SignInInvitation({ attempt, signIn, accounts, goOnWithAccount }: Props) {
  return (
    <>
      <dl className="grid grid-cols-1 gap-1 rounded-lg border border-line bg-surface px-4 py-3 sm:grid-cols-[9rem_1fr] sm:gap-y-2">
        <dt className="text-ink-soft">Subscription</dt>
        <dd className="font-mono text-sm break-all">{attempt.subscriptionId}</dd>
        <dt className="text-ink-soft">Belongs to tenant</dt>
        <dd className="font-mono text-sm break-all">{attempt.tenantId}</dd>
        {attempt.account && (
          <>
            <dt className="text-ink-soft">Signed in as</dt>
            <dd className="break-all">{attempt.account.name}</dd>
          </>
        )}
      </dl>
      {accounts.length > 0 && (
        <section aria-labelledby="known-accounts" className="grid grid-cols-1 gap-2">
          <h3 id="known-accounts" className="font-medium">
            Without another sign-in
          </h3>
          <p className="text-ink-soft">
            Rolecall reads this tenant already. Go on with one of these accounts, and the next step tells whether it can
            read this subscription too. The audit log will say that you did.
          </p>
          <ul className="divide-y divide-line rounded-lg border border-line bg-surface">
            {accounts.map(({ id, name, connections }) => (
              <li key={id} className="flex flex-wrap items-center justify-between gap-x-4 gap-y-2 px-4 py-3">
                <p className="min-w-0 flex-1 basis-56">
                  <Name of={name} className="break-all" />
                  <span className="block text-sm text-ink-soft">
                    Used for {connections.toLocaleString('en')} {connections === 1 ? 'subscription' : 'subscriptions'}
                  </span>
                </p>
                <form action={goOnWithAccount.bind(null, id)}>
                  <SubmitButton className="relative" pendingLabel="Going on…">
                    Go on <span className="sr-only">with {name}</span>
                  </SubmitButton>
                </form>
              </li>
            ))}
          </ul>
        </section>
      )}
      <section aria-labelledby="asked-for" className="grid grid-cols-1 gap-2">
        <h3 id="asked-for" className="font-medium">
          What Microsoft will ask for
        </h3>
        <ul className="grid grid-cols-1 gap-2">
          {PERMISSIONS.map((permission) => (
            <li key={permission.scope} className="text-ink-soft">
              <code className="font-mono text-sm text-ink">{permission.scope}</code>
              {permission.adminConsent && (
                <span className="text-xs"> · needs an administrator’s consent, once per tenant</span>
              )}
              <br />
              {permission.why}
            </li>
          ))}
        </ul>
        <p className="text-ink-soft">
          You sign in on Microsoft’s own page, with an account that has Reader on this subscription. Your password never
          reaches Rolecall.
        </p>
      </section>
      <form action={signIn.bind(null, { optional: 'ticked' })} className="grid grid-cols-1 gap-6">
        <OptionalPermissionTicks ticked={attempt.optionalScopes} />
        <FoldedSteps title="Need an administrator? Send them this link">
          <div className="grid grid-cols-1 gap-2">
            <ApprovalLink url={attempt.adminConsentUrl} />
            <p className="text-ink-soft">
              It asks for the permissions above, and for the optional ones that were ticked when this page opened.
            </p>
          </div>
        </FoldedSteps>
        <div className="flex flex-wrap justify-end gap-2">
          {attempt.account && (
            <ButtonLink href={`/integrations/azure/connect/${attempt.id}/checks`}>Go on to the checks</ButtonLink>
          )}
          <SubmitButton variant="primary" pendingLabel="Going to Microsoft…">
            Continue to Microsoft
          </SubmitButton>
        </div>
      </form>
    </>
  )
}

/** The optional permissions, each with its reason. The form sends the ticked ones as `optional`. */
function OptionalPermissionTicks({ ticked }: { ticked: readonly OptionalScope[] }) {
  return (
    <fieldset className="min-w-0">
      <legend className="font-medium">Optional, for more answers</legend>
      <p className="mt-1 mb-3 text-ink-soft">
        An administrator approves each once per tenant. What is left out can be asked for later, in the connection’s
        settings.
      </p>
      <div className="divide-y divide-line rounded-lg border border-line bg-surface">
        {OPTIONAL_PERMISSIONS.map(({ scope, recommended, why }) => (
          <label key={scope} className="flex items-start gap-3 px-4 py-2.5">
            <input
              type="checkbox"
              name="optional"
              value={scope}
              defaultChecked={ticked.includes(scope)}
              className="mt-0.5 size-4 shrink-0 accent-accent"
            />
            <span className="min-w-0 flex-1 text-ink-soft">
              <code className="font-mono text-sm break-all text-ink">{scope}</code>
              {recommended && <span className="text-xs"> · recommended</span>}
              <br />
              {why}
            </span>
          </label>
        ))}
      </div>
    </fieldset>
  )
}
