import type { Metadata } from 'next'
import { redirect } from 'next/navigation'
import { Suspense } from 'react'
import {
  formatStartAgainHref,
  linkSteps,
  readAttempt,
} from '@/app/(portal)/integrations/azure/connect/[attemptId]/read-attempt'
import { startSignIn } from '@/app/(portal)/integrations/azure/connect/actions'
import { AskAnAdmin } from '@/components/connect/ask-an-admin'
import { AzureSignInButton } from '@/components/connect/azure-sign-in-button'
import { CheckListSkeleton } from '@/components/connect/checks'
import { ExpiredAttempt } from '@/components/connect/expired-attempt'
import { WizardFrame } from '@/components/connect/wizard-frame'
import { mayDo } from '@/lib/actor'
import { requireMember } from '@/lib/auth/request'
import { AttemptChecks } from './attempt-checks'

export const metadata: Metadata = { title: 'Connect Microsoft Azure: checks' }

type Props = PageProps<'/integrations/azure/connect/[attemptId]/checks'>

export default async function ChecksPage({ params, searchParams }: Props) {
  const member = await requireMember()
  if (!mayDo(member.role, 'connect')) return <AskAnAdmin />
  const attempt = await readAttempt(member, (await params).attemptId)
  const { account } = attempt
  // What is sent after the rest of a page is put in its place by a script, so the address without one has all of it at once.
  const isWhole = (await searchParams).whole !== undefined
  if (attempt.confirmed) redirect(`/integrations/azure/connect/${attempt.id}/progress`)
  if (!account && !attempt.expired) redirect(`/integrations/azure/connect/${attempt.id}/sign-in`)

  return (
    <WizardFrame step="checks" title="Checks" reconnecting={attempt.connectionLabel} links={linkSteps(attempt)}>
      {attempt.expired || !account ? (
        <ExpiredAttempt startAgainHref={formatStartAgainHref(attempt)} />
      ) : (
        <>
          <div className="flex flex-wrap items-center justify-between gap-x-4 gap-y-2">
            <p className="min-w-0 text-ink-soft">
              Signed in as <span className="font-medium break-all text-ink">{account.name}</span>
            </p>
            <AzureSignInButton
              action={startSignIn.bind(null, attempt.id)}
              options={{ prompt: 'select_account' }}
              variant="ghost"
              size="sm"
            >
              Use another account
            </AzureSignInButton>
          </div>
          {isWhole ? (
            <AttemptChecks member={member} attempt={{ ...attempt, account }} />
          ) : (
            <Suspense fallback={<CheckListSkeleton />}>
              <AttemptChecks member={member} attempt={{ ...attempt, account }} />
            </Suspense>
          )}
        </>
      )}
    </WizardFrame>
  )
}
