'use client'

import { useActionState, useState } from 'react'
import { ButtonLink } from '@/components/ui/button-link'
import { TextAreaField, TextField } from '@/components/ui/fields'
import { Notice } from '@/components/ui/notice'
import { SubmitButton } from '@/components/ui/submit-button'
import { CREDENTIAL_WORDS } from '@/lib/domain/credential-words'
import type { CredentialKind } from '@/lib/domain/vocabulary'

/** What was typed, without keys and secrets, which never come back to the browser. */
type Typed = { tenant?: string; clientId?: string }

export type ApplicationFormState = {
  values: Typed
  error?: string
  errors?: { tenant?: string; clientId?: string; pem?: string; secret?: string }
} | null

type Props = {
  action: (state: ApplicationFormState, form: FormData) => Promise<ApplicationFormState>
  kinds: CredentialKind[]
  /** Whether tenant and client ID are asked for; a new credential is of an application that is known. */
  asksWho: boolean
  /** The kind that is chosen to begin with. */
  initial: CredentialKind
}

const TEXT = { autoComplete: 'off', autoCapitalize: 'off', spellCheck: false } as const

/** Asks for an application and how it proves itself. */
export function ApplicationForm({ action, kinds, asksWho, initial }: Props) {
  const [state, formAction] = useActionState(action, null)
  const [kind, setKind] = useState(initial)

  return (
    <form action={formAction} className="grid grid-cols-1 gap-6">
      {asksWho && (
        <TextField
          name="tenant"
          label="Tenant"
          hint="Its ID, one of its domains, or the ID of a subscription in it."
          defaultValue={state?.values.tenant}
          error={state?.errors?.tenant}
          required
          {...TEXT}
        />
      )}
      <CredentialChoice kinds={kinds} kind={kind} onChoose={setKind} />
      {asksWho && (
        <TextField
          name="clientId"
          label={kind === 'managed_identity' ? 'Client ID of the identity' : 'Client ID'}
          hint={
            kind === 'managed_identity'
              ? 'Leave it empty for the identity that the machine itself has (system-assigned).'
              : 'Of the application, as az ad app create prints it. The Azure portal calls it Application (client) ID.'
          }
          defaultValue={state?.values.clientId}
          error={state?.errors?.clientId}
          required={kind !== 'managed_identity'}
          inputClassName="font-mono"
          {...TEXT}
        />
      )}
      {kind === 'certificate' && <CertificateChoice error={state?.errors?.pem} />}
      {kind === 'secret' && (
        <TextField
          name="secret"
          type="password"
          label="Value of the client secret"
          hint="The value, and not the ID of the secret. It is stored sealed and never shown again."
          error={state?.errors?.secret}
          required
          {...TEXT}
        />
      )}
      {state?.error && <Notice tone="bad" role="alert" title={state.error} />}
      <div className="flex flex-wrap justify-end gap-2">
        <ButtonLink href="/integrations/azure" variant="ghost">
          Cancel
        </ButtonLink>
        <SubmitButton variant="primary" pendingLabel="Looking it up…">
          Continue
        </SubmitButton>
      </div>
    </form>
  )
}

type ChoiceProps = { kinds: CredentialKind[]; kind: CredentialKind; onChoose: (kind: CredentialKind) => void }

function CredentialChoice({ kinds, kind, onChoose }: ChoiceProps) {
  return (
    <fieldset className="min-w-0">
      <legend className="mb-2 font-medium">How it proves itself to Microsoft</legend>
      <div className="divide-y divide-line rounded-lg border border-line bg-surface">
        {kinds.map((one) => (
          <label key={one} className="flex items-start gap-3 px-4 py-2.5">
            <input
              type="radio"
              name="credential"
              value={one}
              checked={kind === one}
              onChange={() => onChoose(one)}
              className="mt-0.5 size-4 shrink-0 accent-accent"
            />
            <span className="min-w-0 flex-1 text-ink-soft">
              <span className="text-ink">{CREDENTIAL_WORDS[one].name}</span>
              <br />
              {CREDENTIAL_WORDS[one].when}
            </span>
          </label>
        ))}
      </div>
    </fieldset>
  )
}

/** A certificate is made here, unless one is given. */
function CertificateChoice({ error }: { error?: string }) {
  const [gives, setGives] = useState(false)
  return (
    <div className="grid grid-cols-1 gap-3">
      <label className="flex items-start gap-2">
        <input
          type="checkbox"
          checked={gives}
          onChange={(event) => setGives(event.target.checked)}
          className="mt-0.5 size-4 shrink-0 accent-accent"
        />
        <span>
          I have a certificate with its key
          <span className="block text-sm text-ink-soft">
            Otherwise a key is made here, with a certificate that is good for a year, for you to register.
          </span>
        </span>
      </label>
      {gives && (
        <TextAreaField
          name="pem"
          label="Certificate and private key, in PEM"
          hint="Both parts in one text. The key is an RSA key without a password. It is stored sealed and never shown again."
          error={error}
          required
          {...TEXT}
        />
      )}
    </div>
  )
}
