'use client'

import { useActionState } from 'react'
import { ConfirmIdentity } from '@/components/ui/confirm-identity'
import type { FormAction } from '@/components/ui/form-state'
import { Notice } from '@/components/ui/notice'
import { SubmitButton } from '@/components/ui/submit-button'

type Props = {
  action: FormAction
  /** What the button is called: it adds an account, or gives one its new credential. */
  label: string
  canFinish: boolean
}

/** Takes an application whose checks have passed. */
export function FinishApplicationForm({ action, label, canFinish }: Props) {
  const [state, finish] = useActionState(action, null)

  return (
    <form action={finish} className="grid grid-cols-1 gap-3">
      {state?.error && <Notice tone="bad" role="alert" title={state.error} />}
      {state?.confirm ? <ConfirmIdentity again={label} /> : null}
      <div className="flex justify-end">
        <SubmitButton variant="primary" pendingLabel="Checking once more…" disabled={!canFinish}>
          {label}
        </SubmitButton>
      </div>
    </form>
  )
}
