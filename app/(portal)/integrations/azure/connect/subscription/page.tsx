import type { Metadata } from 'next'
import { beginAzureConnect } from '@/app/(portal)/integrations/azure/connect/actions'
import { AskAnAdmin } from '@/components/connect/ask-an-admin'
import { azurePortal, FindSubscriptionIdSteps, FoldedSteps } from '@/components/connect/azure-steps'
import { SubscriptionIdForm } from '@/components/connect/subscription-id-form'
import { WizardFrame } from '@/components/connect/wizard-frame'
import { mayDo } from '@/lib/actor'
import { requireMember } from '@/lib/auth/request'
import { findSubscriptionId } from '@/lib/domain/subscription-id'
import { env } from '@/lib/env'

export const metadata: Metadata = { title: 'Connect Microsoft Azure: subscription' }

export default async function SubscriptionStepPage({
  searchParams,
}: PageProps<'/integrations/azure/connect/subscription'>) {
  const member = await requireMember()
  if (!mayDo(member.role, 'connect')) return <AskAnAdmin />
  const { subscription } = await searchParams

  return (
    <WizardFrame
      step="subscription"
      title="Which subscription"
      description="Its tenant is looked up first, so that you sign in at the right place."
      links={{ start: '/integrations/azure/connect' }}
    >
      <SubscriptionIdForm action={beginAzureConnect} initial={findSubscriptionId(String(subscription ?? '')) ?? ''} />
      <FoldedSteps title="Where do I find it?">
        <FindSubscriptionIdSteps portal={azurePortal(env().azure.cloud)} />
      </FoldedSteps>
    </WizardFrame>
  )
}
