import { toPickable, toPickableGroup } from '@/app/(portal)/integrations/azure/accounts/[accountId]/open-account'
import { checkAgain, confirmConnect, startSignIn } from '@/app/(portal)/integrations/azure/connect/actions'
import { azurePortal } from '@/components/connect/azure-steps'
import { CheckList } from '@/components/connect/check-list'
import { CheckFix } from '@/components/connect/checks'
import { ConnectForm } from '@/components/connect/connect-form'
import { SubmitButton } from '@/components/ui/submit-button'
import type { SessionActor } from '@/db/actor'
import { showRefusal } from '@/lib/auth/refusals'
import type { Attempt } from '@/lib/connections/attempts'
import { type Check, checkAttempt } from '@/lib/connections/checks'
import { env } from '@/lib/env'

type Props = { member: SessionActor; attempt: Attempt & { account: NonNullable<Attempt['account']> } }

/** Asks Microsoft what this account may read, and offers to connect or to mend what is missing. */
export async function AttemptChecks({ member, attempt }: Props) {
  const checked = await checkAttempt(member, attempt.id, { withPlaces: true }).catch(showRefusal)
  const { checks, canConnect, canConnectOthers, subscription, others, groups, othersUnread } = checked
  const goesWithout = !canConnect && canConnectOthers
  const needsAnotherCheck = checks.some(({ state }) => state !== 'passed' && state !== 'not_asked')

  return (
    <>
      <CheckList
        checks={checks}
        renderFix={(check) =>
          check.code &&
          isFirstOfItsFix(check, checks) && (
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
      {needsAnotherCheck && (
        <form action={checkAgain} className="flex justify-end">
          <SubmitButton pendingLabel="Checking…">Check again</SubmitButton>
        </form>
      )}
      <ConnectForm
        action={confirmConnect.bind(null, attempt.id)}
        others={others.map(toPickable)}
        groups={groups.map(toPickableGroup(attempt.tenantId))}
        othersUnread={othersUnread && (canConnect || goesWithout)}
        otherAccount={findOtherAccount(attempt)}
        blocked={canConnect || goesWithout ? null : 'A check above has to pass first.'}
        without={goesWithout ? { subscriptionId: attempt.subscriptionId, name: subscription?.name ?? null } : null}
        verb={attempt.connectionId ? 'Reconnect' : 'Connect'}
        backHref={`/integrations/azure/connect/${attempt.id}/sign-in`}
      />
    </>
  )
}

/** What makes a check pass, for those that the same makes pass: it is shown once. */
const fixOf = ({ code }: Check) => {
  if (code === 'subscription_not_readable') return 'reader_role_missing'
  return code === 'groups_not_permitted' ? 'admin_consent_required' : code
}

const isFirstOfItsFix = (check: Check, checks: Check[]): boolean =>
  checks.find((one) => fixOf(one) === fixOf(check)) === check

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
