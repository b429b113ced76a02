import type { Metadata } from 'next'
import { redirect } from 'next/navigation'
import {
  formatBackHref,
  formatStartAgainHref,
  linkSteps,
  readAttempt,
} from '@/app/(portal)/integrations/azure/connect/[attemptId]/read-attempt'
import { goOnWithAccount, startSignIn } from '@/app/(portal)/integrations/azure/connect/actions'
import { AskAnAdmin } from '@/components/connect/ask-an-admin'
import { azurePortal } from '@/components/connect/azure-steps'
import { ExpiredAttempt } from '@/components/connect/expired-attempt'
import { SignInInvitation } from '@/components/connect/sign-in-invitation'
import { SignInProblem } from '@/components/connect/sign-in-problem'
import { WizardFrame } from '@/components/connect/wizard-frame'
import { listAccounts } from '@/db/queries/accounts'
import { mayDo } from '@/lib/actor'
import { requireMember, type SignedInMember } from '@/lib/auth/request'
import type { Attempt } from '@/lib/connections/attempts'
import { connectRedirectUri } from '@/lib/connections/sign-in'
import { isProblemCode } from '@/lib/domain/problems'
import { env } from '@/lib/env'

export const metadata: Metadata = { title: 'Connect Microsoft Azure: sign in' }

export default async function SignInPage({
  params,
  searchParams,
}: PageProps<'/integrations/azure/connect/[attemptId]/sign-in'>) {
  const member = await requireMember()
  if (!mayDo(member.role, 'connect')) return <AskAnAdmin />
  const attempt = await readAttempt(member, (await params).attemptId)
  if (attempt.confirmed) redirect(`/integrations/azure/connect/${attempt.id}/progress`)
  const code = String((await searchParams).problem ?? '')
  const problem = attempt.problem ?? (isProblemCode(code) ? { code } : null)
  const signIn = startSignIn.bind(null, attempt.id)

  return (
    <WizardFrame
      step="sign-in"
      title="Sign in to Microsoft"
      reconnecting={attempt.connectionLabel}
      links={linkSteps(attempt)}
    >
      {attempt.expired ? (
        <ExpiredAttempt startAgainHref={formatStartAgainHref(attempt)} />
      ) : problem ? (
        <SignInProblem
          problem={problem}
          signIn={signIn}
          optionalScopes={attempt.optionalScopes}
          fewerScopes={attempt.fewerScopes}
          adminConsentUrl={attempt.adminConsentUrl}
          startAgainHref={formatStartAgainHref(attempt)}
          backHref={formatBackHref(attempt)}
          app={{ clientId: env().azure.clientId, redirectUri: connectRedirectUri() }}
          portal={azurePortal(env().azure.cloud)}
        />
      ) : (
        <SignInInvitation
          attempt={attempt}
          tenantName={attempt.tenantId === member.tenantId ? member.organisationName : null}
          signIn={signIn}
          accounts={await listUsableAccounts(member, attempt)}
          goOnWithAccount={goOnWithAccount.bind(null, attempt.id)}
          backHref={formatBackHref(attempt)}
        />
      )}
    </WizardFrame>
  )
}

/**
 * Accounts that read this tenant already and can go on without a sign-in. To reconnect, that is another account than the one of
 * before, which is there to be signed in again.
 */
async function listUsableAccounts(member: SignedInMember, { tenantId, previousAccount }: Attempt) {
  const accounts = await listAccounts(member, tenantId)
  return accounts.filter(({ state, objectId }) => state === 'active' && objectId !== previousAccount?.objectId)
}
