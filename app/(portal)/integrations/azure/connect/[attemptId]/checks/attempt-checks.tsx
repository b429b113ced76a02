import { checkAgain, confirmConnect, startSignIn } from '@/app/(portal)/integrations/azure/connect/actions'
import { azurePortal } from '@/components/connect/azure-steps'
import { CheckFix, CheckLine } from '@/components/connect/checks'
import { ConnectForm } from '@/components/connect/connect-form'
import { SubmitButton } from '@/components/ui/submit-button'
import type { SessionActor } from '@/db/actor'
import { showRefusal } from '@/lib/auth/refusals'
import type { Attempt } from '@/lib/connections/attempts'
import { checkAttempt } from '@/lib/connections/checks'
import { env } from '@/lib/env'

type Props = { member: SessionActor; attempt: Attempt & { account: NonNullable<Attempt['account']> } }

/** Asks Microsoft what this account may read, and offers to connect or to mend what is missing. */
export async function AttemptChecks({ member, attempt }: Props) {
  const { checks, canConnect, others, othersUnread } = await checkAttempt(member, attempt.id).catch(showRefusal)
  // The Reader role mends both of these checks, so its steps are shown once.
  const [, repeated] = checks.filter(
    ({ code }) => code === 'subscription_not_readable' || code === 'reader_role_missing',
  )
  const needsAnotherCheck = checks.some(({ state }) => state !== 'passed' && state !== 'not_asked')

  return (
    <>
      <ul aria-label="Checks" className="divide-y divide-line rounded-lg border border-line bg-surface">
        {checks.map((check) => (
          <CheckLine
            key={check.id}
            check={check}
            fix={
              check.code &&
              check !== repeated && (
                <CheckFix
                  code={check.code}
                  subscriptionId={attempt.subscriptionId}
                  tenantId={attempt.tenantId}
                  account={attempt.account}
                  adminConsentUrl={attempt.adminConsentUrl}
                  portal={azurePortal(env().azure.cloud)}
                  signIn={startSignIn.bind(null, attempt.id)}
                />
              )
            }
          />
        ))}
      </ul>
      {needsAnotherCheck && (
        <form action={checkAgain} className="flex justify-end">
          <SubmitButton pendingLabel="Checking…">Check again</SubmitButton>
        </form>
      )}
      <ConnectForm
        action={confirmConnect.bind(null, attempt.id)}
        others={others}
        othersUnread={othersUnread && canConnect}
        otherAccount={findOtherAccount(attempt)}
        blocked={canConnect ? null : 'A check above has to pass first.'}
        verb={attempt.connectionId ? 'Reconnect' : 'Connect'}
      />
    </>
  )
}

/** The account of before, when another one has signed in to reconnect; null otherwise. */
function findOtherAccount({ previousAccount, account, connectionLabel }: Props['attempt']) {
  if (
    !previousAccount ||
    (previousAccount.objectId === account.objectId && previousAccount.tenantId === account.tenantId)
  )
    return null
  const { name, tenantId } = previousAccount
  // An account of another tenant cannot read what lies in this one.
  const others = tenantId === account.tenantId ? previousAccount.others : 0
  return { label: connectionLabel ?? 'This connection', previous: name, now: account.name, others }
}
