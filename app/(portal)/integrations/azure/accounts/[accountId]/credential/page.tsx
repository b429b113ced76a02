import type { Metadata } from 'next'
import { beginCredential } from '@/app/(portal)/integrations/azure/applications/actions'
import { ApplicationForm } from '@/components/connect/application-form'
import { AskAnAdmin } from '@/components/connect/ask-an-admin'
import { PageHeader } from '@/components/ui/page-header'
import { isGuid } from '@/db/queries/input'
import { mayDo, NotFound } from '@/lib/actor'
import { showUnknown } from '@/lib/auth/refusals'
import { requireMember, type SignedInMember } from '@/lib/auth/request'
import { findApplication, listCredentialKinds } from '@/lib/connections/application-drafts'
import { spellControls } from '@/lib/domain/words'

export const metadata: Metadata = { title: 'New credential' }

export default async function NewCredentialPage({
  params,
}: PageProps<'/integrations/azure/accounts/[accountId]/credential'>) {
  const member = await requireMember()
  if (!mayDo(member.role, 'connect')) return <AskAnAdmin />
  const { name, credential } = await openApplication(member, (await params).accountId)
  const kinds = listCredentialKinds()
  const initial = kinds.find((kind) => kind === credential) ?? 'certificate'

  return (
    <>
      <PageHeader
        title="New credential"
        description={`For ${spellControls(name)}. The one that it has stays in use until the new one works, and everything that waits goes on then.`}
        back={{ href: '/integrations/azure', label: 'Microsoft Azure' }}
      />
      <div className="max-w-[640px]">
        <ApplicationForm
          action={beginCredential.bind(null, (await params).accountId)}
          kinds={kinds}
          asksWho={false}
          initial={initial}
        />
      </div>
    </>
  )
}

async function openApplication(member: SignedInMember, accountId: string) {
  if (!isGuid(accountId)) return showUnknown(member, 'account')
  return findApplication(member, accountId).catch((error: unknown) => {
    if (error instanceof NotFound) return showUnknown(member, 'account')
    throw error
  })
}
