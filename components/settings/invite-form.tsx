'use client'

import { useActionState } from 'react'
import { ConfirmIdentity } from '@/components/ui/confirm-identity'
import { TextField } from '@/components/ui/fields'
import type { FormAction } from '@/components/ui/form-state'
import { SubmitButton } from '@/components/ui/submit-button'

/** Invites one person, by user name or object ID. */
export function InviteForm({ action }: { action: FormAction }) {
  const [state, formAction] = useActionState(action, null)

  return (
    <form action={formAction} className="mb-6 grid max-w-2xl gap-3 rounded-lg border border-line bg-surface p-4">
      <TextField
        name="who"
        label="Whom to invite"
        hint="The object ID in Microsoft Entra is best, because it never changes and belongs to nobody else. A user name works for people of your own tenant, and guests need the object ID."
        error={state?.error}
        defaultValue={state?.values?.who}
        maxLength={320}
        autoComplete="off"
        spellCheck={false}
        dir="auto"
        required
        className="w-full"
      />
      {state?.confirm ? <ConfirmIdentity again="Invite" /> : null}
      <div className="flex items-center gap-3">
        <SubmitButton pendingLabel="Inviting…">Invite</SubmitButton>
        <p aria-live="polite" className="text-sm text-good">
          {state?.done ? 'Invited' : null}
        </p>
      </div>
    </form>
  )
}
