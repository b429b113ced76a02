import type { Metadata } from 'next'
import { WizardFrame } from '@/components/connect/wizard-frame'
import { ButtonLink } from '@/components/ui/button-link'
import { Notice } from '@/components/ui/notice'
import { requireMember } from '@/lib/auth/request'
import { explain } from '@/lib/domain/problems'

export const metadata: Metadata = { title: 'Connect Microsoft Azure: sign-in not used' }

/** Shown for an answer from Microsoft that belongs to no attempt of this member. */
export default async function UnmatchedSignInPage({ searchParams }: PageProps<'/integrations/azure/connect/problem'>) {
  await requireMember()
  const { title, sentence, next } = explain(String((await searchParams).code ?? ''))

  return (
    <WizardFrame
      step="sign-in"
      title="Sign in to Microsoft"
      links={{ start: '/integrations/azure/connect', subscription: '/integrations/azure/connect/subscription' }}
    >
      <Notice tone="warn" role="alert" title={title}>
        <p>{sentence}</p>
        <p className="mt-1 text-ink">{next}</p>
      </Notice>
      <div className="flex flex-wrap justify-end gap-2">
        <ButtonLink href="/integrations" variant="ghost">
          Back to Integrations
        </ButtonLink>
        <ButtonLink href="/integrations/azure/connect/subscription" variant="primary">
          Start again
        </ButtonLink>
      </div>
    </WizardFrame>
  )
}
