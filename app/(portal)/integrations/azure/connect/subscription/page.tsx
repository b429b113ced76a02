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
  const initial = findSubscriptionId(String((await searchParams).subscription ?? '')) ?? ''

  return (
    <WizardFrame
      step="subscription"
      title="Which subscription"
      links={{ start: `/integrations/azure/connect${initial && `?subscription=${initial}`}` }}
      focusesField
    >
      <SubscriptionIdForm action={beginAzureConnect} initial={initial} />
      <FoldedSteps title="Where to find it">
        <FindSubscriptionIdSteps portal={azurePortal(env().azure.cloud)} />
      </FoldedSteps>
    </WizardFrame>
  )
}
