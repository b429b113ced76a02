import { ButtonLink } from '@/components/ui/button-link'
import { ShortId } from '@/components/ui/copyable'
import { Name } from '@/components/ui/name'
import { SubmitButton } from '@/components/ui/submit-button'
import { RelativeTime } from '@/components/ui/time'
import { CREDENTIAL_WORDS } from '@/lib/domain/credential-words'
import type { CredentialKind } from '@/lib/domain/vocabulary'

type Draft = {
  id: string
  accountId: string | null
  clientId: string | null
  credential: CredentialKind
  createdByName: string
  createdAt: Date
}

type Props = { drafts: Draft[]; discard: (draftId: string) => Promise<void> }

/** Application accounts, and new credentials of some, that were begun and do not work yet. */
export function ApplicationDrafts({ drafts, discard }: Props) {
  if (drafts.length === 0) return null
  return (
    <>
      <h3 className="mt-5 mb-2 font-medium">Begun, and not finished</h3>
      <ul className="divide-y divide-line rounded-lg border border-line bg-surface">
        {drafts.map(({ id, accountId, clientId, credential, createdByName, createdAt }) => (
          <li key={id} className="flex flex-wrap items-start justify-between gap-x-6 gap-y-3 p-4">
            <p className="min-w-0 flex-1 basis-72 text-ink-soft">
              <span className="text-ink">
                {accountId ? 'New credential' : 'Application account'}: {CREDENTIAL_WORDS[credential].name}
              </span>
              {clientId && (
                <>
                  {' · '}client ID <ShortId id={clientId} label="client ID" />
                </>
              )}
              <br />
              Begun by <Name of={createdByName} />, <RelativeTime at={createdAt} />.
            </p>
            <div className="flex flex-wrap gap-2">
              <ButtonLink href={`/integrations/azure/applications/${id}`} prefetch={false}>
                Go on
              </ButtonLink>
              <form action={discard.bind(null, id)}>
                <SubmitButton variant="ghost" pendingLabel="Discarding…">
                  Discard
                </SubmitButton>
              </form>
            </div>
          </li>
        ))}
      </ul>
    </>
  )
}
