import type { Metadata } from 'next'
import { beginApplication } from '@/app/(portal)/integrations/azure/applications/actions'
import { ApplicationCommands } from '@/components/connect/application-commands'
import { ApplicationForm } from '@/components/connect/application-form'
import { AskAnAdmin } from '@/components/connect/ask-an-admin'
import { FoldedSteps } from '@/components/connect/azure-steps'
import { PageHeader } from '@/components/ui/page-header'
import { mayDo } from '@/lib/actor'
import { requireMember } from '@/lib/auth/request'
import { listCredentialKinds } from '@/lib/connections/application-drafts'
import { commandsToCreate } from '@/lib/domain/application-commands'

export const metadata: Metadata = { title: 'Add an application account' }

export default async function NewApplicationPage() {
  const member = await requireMember()
  if (!mayDo(member.role, 'connect')) return <AskAnAdmin />

  return (
    <>
      <PageHeader
        title="Add an application account"
        description="An application of your tenant reads in place of a person, so that nothing ends when somebody leaves. It needs no more than Reader, and permissions of Microsoft Graph that only read."
        back={{ href: '/integrations/azure', label: 'Microsoft Azure' }}
      />
      <div className="grid max-w-[640px] grid-cols-1 gap-6">
        <FoldedSteps title="How to create the application with the Azure CLI">
          <ApplicationCommands commands={commandsToCreate()} />
        </FoldedSteps>
        <ApplicationForm action={beginApplication} kinds={listCredentialKinds()} asksWho initial="certificate" />
      </div>
    </>
  )
}
