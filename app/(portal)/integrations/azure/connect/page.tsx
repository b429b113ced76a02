import type { Metadata } from 'next'
import { AskAnAdmin } from '@/components/connect/ask-an-admin'
import { AssignReaderSteps, azurePortal, FindSubscriptionIdSteps, FoldedSteps } from '@/components/connect/azure-steps'
import { NotRequested, PermissionsTable, Requirements } from '@/components/connect/permissions'
import { WizardFrame } from '@/components/connect/wizard-frame'
import { ButtonLink } from '@/components/ui/button-link'
import { mayDo } from '@/lib/actor'
import { requireMember } from '@/lib/auth/request'
import { env } from '@/lib/env'

export const metadata: Metadata = { title: 'Connect Microsoft Azure: before you begin' }

export default async function BeforeYouBeginPage() {
  const member = await requireMember()
  if (!mayDo(member.role, 'connect')) return <AskAnAdmin />
  const portal = azurePortal(env().azure.cloud)

  return (
    <WizardFrame
      step="start"
      title="Before you begin"
      description="It takes about two minutes. Nothing is changed in Azure."
    >
      <section aria-labelledby="requirements" className="grid grid-cols-1 gap-3">
        <h3 id="requirements" className="font-semibold">
          What the person who connects needs
        </h3>
        <Requirements />
        <FoldedSteps title="How to assign Reader on a subscription">
          <AssignReaderSteps portal={portal} />
        </FoldedSteps>
        <FoldedSteps title="Where to find the subscription ID">
          <FindSubscriptionIdSteps portal={portal} />
        </FoldedSteps>
      </section>
      <section aria-labelledby="permissions" className="grid grid-cols-1 gap-3">
        <h3 id="permissions" className="font-semibold">
          What Microsoft will ask you to allow
        </h3>
        <PermissionsTable />
      </section>
      <section aria-labelledby="not-requested" className="grid grid-cols-1 gap-3">
        <h3 id="not-requested" className="font-semibold">
          Not requested
        </h3>
        <NotRequested />
      </section>
      <div className="flex justify-end gap-2">
        <ButtonLink href="/integrations" variant="ghost">
          Cancel
        </ButtonLink>
        <ButtonLink href="/integrations/azure/connect/subscription" variant="primary">
          Continue
        </ButtonLink>
      </div>
    </WizardFrame>
  )
}
