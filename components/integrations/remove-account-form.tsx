'use client'

import { useActionState } from 'react'
import { ConfirmIdentity } from '@/components/ui/confirm-identity'
import type { FormAction } from '@/components/ui/form-state'
import { SubmitButton } from '@/components/ui/submit-button'

/** Removes an application account that nothing is read with, and deletes its credential. */
export function RemoveAccountForm({ name, action }: { name: string; action: FormAction }) {
  const [state, remove] = useActionState(action, null)

  return (
    <form action={remove} className="grid justify-items-start gap-2">
      <SubmitButton className="relative" pendingLabel="Removing…">
        Remove <span className="sr-only">{name}</span>
      </SubmitButton>
      {state?.error && (
        <p role="alert" className="text-sm text-bad">
          {state.error}
        </p>
      )}
      {state?.confirm ? <ConfirmIdentity again="Remove" /> : null}
    </form>
  )
}
