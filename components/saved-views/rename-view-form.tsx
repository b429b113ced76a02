'use client'

import { useActionState } from 'react'
import { buttonClasses } from '@/components/ui/button'
import { TextField } from '@/components/ui/fields'
import type { FormAction } from '@/components/ui/form-state'
import { SubmitButton } from '@/components/ui/submit-button'

/** Gives a saved view another name: a line that unfolds a form. */
export function RenameViewForm({ name, action }: { name: string; action: FormAction }) {
  const [state, formAction] = useActionState(action, null)

  return (
    <details open={state?.error ? true : undefined} className="open:basis-full">
      <summary className={buttonClasses({ variant: 'ghost', size: 'sm' })}>
        Rename<span className="sr-only"> {name}</span>
      </summary>
      <form action={formAction} className="mx-2.5 mt-1 grid gap-2 pb-1">
        <TextField
          name="name"
          label="New name"
          error={state?.error}
          defaultValue={state?.values?.name ?? name}
          maxLength={90}
          autoComplete="off"
          dir="auto"
          required
        />
        <div className="flex flex-wrap items-center gap-3">
          <SubmitButton size="sm" pendingLabel="Renaming…">
            Save the name
          </SubmitButton>
          <p role="status" className="text-good">
            {state?.done ? 'Renamed' : null}
          </p>
        </div>
      </form>
    </details>
  )
}
