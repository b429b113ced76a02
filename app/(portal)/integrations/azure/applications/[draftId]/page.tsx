import type { Metadata } from 'next'
import { Suspense } from 'react'
import {
  checkApplicationAgain,
  discardDraft,
  finishApplication,
} from '@/app/(portal)/integrations/azure/applications/actions'
import { ApplicationChecks } from '@/components/connect/application-checks'
import { ApplicationCommands } from '@/components/connect/application-commands'
import { AskAnAdmin } from '@/components/connect/ask-an-admin'
import { ChecksSkeleton } from '@/components/connect/checks'
import { FinishApplicationForm } from '@/components/connect/finish-application-form'
import { PageHeader } from '@/components/ui/page-header'
import { SubmitButton } from '@/components/ui/submit-button'
import { isGuid } from '@/db/queries/input'
import { mayDo, NotFound } from '@/lib/actor'
import { showRefusal, showUnknown } from '@/lib/auth/refusals'
import { requireMember, type SignedInMember } from '@/lib/auth/request'
import { readFederation } from '@/lib/azure/client/app-tokens'
import { cloud } from '@/lib/azure/client/cloud'
import { type ApplicationDraft, getDraft } from '@/lib/connections/application-drafts'
import { checkApplication } from '@/lib/connections/check-application'
import { commandsToRegister } from '@/lib/domain/application-commands'
import { CREDENTIAL_WORDS } from '@/lib/domain/credential-words'
import { dateWords, spellControls } from '@/lib/domain/words'

export const metadata: Metadata = { title: 'Application account' }

const HEADING = 'mb-3 text-lg font-semibold'

export default async function ApplicationPage({ params }: PageProps<'/integrations/azure/applications/[draftId]'>) {
  const member = await requireMember()
  if (!mayDo(member.role, 'connect')) return <AskAnAdmin />
  const draft = await openDraft(member, (await params).draftId)
  const federation = draft.credential === 'federated' ? await readFederation() : null
  const commands = commandsToRegister({ ...draft, federation, graph: cloud().graph })

  return (
    <>
      <PageHeader
        title={draft.accountName === null ? 'Add an application account' : 'New credential'}
        description={
          draft.accountName === null
            ? undefined
            : `For ${spellControls(draft.accountName)}, in place of the one it has.`
        }
        back={{ href: '/integrations/azure', label: 'Microsoft Azure' }}
      >
        <form action={discardDraft.bind(null, draft.id)}>
          <SubmitButton pendingLabel="Discarding…">Discard</SubmitButton>
        </form>
      </PageHeader>
      <div className="grid max-w-[800px] grid-cols-1 gap-8">
        <DraftFacts draft={draft} />
        <section aria-labelledby="register">
          <h2 id="register" className={HEADING}>
            What to do at Microsoft
          </h2>
          <ApplicationCommands commands={commands} />
        </section>
        <section aria-labelledby="checks">
          <h2 id="checks" className={HEADING}>
            Checks
          </h2>
          <Suspense fallback={<ChecksSkeleton />}>
            <Checks member={member} draft={draft} />
          </Suspense>
        </section>
      </div>
    </>
  )
}

async function openDraft(member: SignedInMember, draftId: string): Promise<ApplicationDraft> {
  if (!isGuid(draftId)) return showUnknown(member, 'application')
  return getDraft(member, draftId).catch((error: unknown) => {
    if (error instanceof NotFound) return showUnknown(member, 'application')
    throw error
  })
}

function DraftFacts({ draft }: { draft: ApplicationDraft }) {
  const { tenantId, clientId, credential, credentialExpiresAt } = draft
  const facts: [string, string][] = [
    ['Tenant', tenantId],
    ['Client ID', clientId ?? 'that of the machine itself'],
    ['Credential', CREDENTIAL_WORDS[credential].name],
    ...(credentialExpiresAt ? [['Valid until', dateWords(credentialExpiresAt)] as [string, string]] : []),
  ]
  return (
    <dl className="grid grid-cols-1 gap-1 rounded-lg border border-line bg-surface px-4 py-3 sm:grid-cols-[9rem_1fr] sm:gap-y-2">
      {facts.map(([name, value]) => (
        <div key={name} className="contents">
          <dt className="text-ink-soft">{name}</dt>
          <dd className="break-all">{value}</dd>
        </div>
      ))}
    </dl>
  )
}

/** Everything is tried at Microsoft each time that the page is opened. */
async function Checks({ member, draft }: { member: SignedInMember; draft: ApplicationDraft }) {
  const { checks, identity } = await checkApplication(member, draft.id).catch(showRefusal)
  return (
    <div className="grid grid-cols-1 gap-4">
      <ApplicationChecks checks={checks} />
      <form action={checkApplicationAgain} className="flex justify-end">
        <SubmitButton pendingLabel="Checking…">Check again</SubmitButton>
      </form>
      <FinishApplicationForm
        action={finishApplication.bind(null, draft.id)}
        label={draft.accountId === null ? 'Add the account' : 'Use the new credential'}
        canFinish={identity !== null}
      />
    </div>
  )
}
