import type { Metadata } from 'next'
import { AskAnAdmin } from '@/components/connect/ask-an-admin'
import { azurePortal } from '@/components/connect/azure-steps'
import { BeforeYouBegin } from '@/components/connect/before-you-begin'
import { StepActions } from '@/components/connect/step-actions'
import { WizardFrame } from '@/components/connect/wizard-frame'
import { ButtonLink } from '@/components/ui/button-link'
import { mayDo } from '@/lib/actor'
import { requireMember } from '@/lib/auth/request'
import { findSubscriptionId } from '@/lib/domain/subscription-id'
import { env } from '@/lib/env'

export const metadata: Metadata = { title: 'Connect Microsoft Azure: before you begin' }

export default async function BeforeYouBeginPage({ searchParams }: PageProps<'/integrations/azure/connect'>) {
  const member = await requireMember()
  if (!mayDo(member.role, 'connect')) return <AskAnAdmin />
  // What was typed already, by whoever has come back from the next step.
  const typed = findSubscriptionId(String((await searchParams).subscription ?? ''))

  return (
    <WizardFrame step="start" title="Before you begin">
      <BeforeYouBegin portal={azurePortal(env().azure.cloud)} />
      <StepActions backHref="/integrations">
        <ButtonLink
          href={`/integrations/azure/connect/subscription${typed ? `?subscription=${typed}` : ''}`}
          variant="primary"
        >
          Continue
        </ButtonLink>
      </StepActions>
    </WizardFrame>
  )
}
