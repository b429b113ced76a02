'use client'

import { useActionState, useEffect } from 'react'
import { Button } from '@/components/ui/button'
import { TextField } from '@/components/ui/fields'
import type { FormAction } from '@/components/ui/form-state'
import { Modal } from '@/components/ui/modal'
import { SubmitButton } from '@/components/ui/submit-button'

type Props = { label: string; action: FormAction; open: boolean; onClose: () => void }

/** Gives a tile another label. Azure's own name of the subscription stays. */
export function RenameDialog({ label, action, open, onClose }: Props) {
  return (
    <Modal open={open} onClose={onClose} title="Rename">
      <RenameForm label={label} action={action} onClose={onClose} />
    </Modal>
  )
}

function RenameForm({ label, action, onClose }: Omit<Props, 'open'>) {
  const [state, formAction] = useActionState(action, null)
  useEffect(() => {
    if (state?.done) onClose()
  }, [state, onClose])

  return (
    <form action={formAction} className="grid gap-4">
      <TextField
        name="label"
        label="Label"
        hint="Only Rolecall uses it; nothing changes in Azure."
        error={state?.error}
        defaultValue={state?.values?.label ?? label}
        maxLength={90}
        autoComplete="off"
        dir="auto"
        required
      />
      <div className="flex justify-end gap-2">
        <Button onClick={onClose}>Cancel</Button>
        <SubmitButton variant="primary" pendingLabel="Renaming…">
          Rename
        </SubmitButton>
      </div>
    </form>
  )
}
