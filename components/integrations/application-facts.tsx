import { ShortId } from '@/components/ui/copyable'
import { CREDENTIAL_WORDS, isEndingSoon } from '@/lib/domain/credential-words'
import type { CredentialKind } from '@/lib/domain/vocabulary'
import { dateWords } from '@/lib/domain/words'

type Props = {
  account: { clientId: string | null; credential: CredentialKind | null; credentialExpiresAt: Date | null; now: Date }
}

/** Of an application: its client ID, how it proves itself, and when what proves it ends. Nothing of a person. */
export function ApplicationFacts({ account }: Props) {
  const { clientId, credential, credentialExpiresAt, now } = account
  if (clientId === null || credential === null) return null
  return (
    <p className="text-ink-soft">
      Client ID <ShortId id={clientId} label="client ID" /> · {CREDENTIAL_WORDS[credential].name}
      {credentialExpiresAt && (
        <>
          {' · '}
          <span className={isEndingSoon(credentialExpiresAt, now) ? 'text-warn' : undefined}>
            {credentialExpiresAt > now ? 'valid until' : 'expired on'} {dateWords(credentialExpiresAt)}
          </span>
        </>
      )}
    </p>
  )
}
