'use client'

import { useActionState, useState } from 'react'
import { MEMBER_ROLE_LABELS } from '@/components/access/labels'
import { Button } from '@/components/ui/button'
import { SelectField } from '@/components/ui/fields'
import type { FormAction, FormState } from '@/components/ui/form-state'
import { Modal } from '@/components/ui/modal'
import { Name } from '@/components/ui/name'
import { SubmitButton } from '@/components/ui/submit-button'
import { MEMBER_ROLES, type MemberRole } from '@/lib/domain/vocabulary'

export type MemberActions = {
  changeRole: (memberId: string, state: FormState, form: FormData) => Promise<FormState>
  removeMember: (memberId: string, state: FormState, form: FormData) => Promise<FormState>
}

type Props = { id: string; name: string; role: MemberRole; actions: MemberActions }

/** Changes the role of a member, or removes them. */
export function MemberControls({ id, name, role, actions }: Props) {
  const [state, changeRole] = useActionState(actions.changeRole.bind(null, id), null)
  const [removalOpen, setRemovalOpen] = useState(false)

  return (
    <div className="grid gap-1">
      <div className="flex items-center gap-1.5 max-sm:w-48 max-sm:flex-wrap">
        <form action={changeRole} className="flex items-center gap-1.5">
          <SelectField
            key={role}
            name="role"
            label={`Role of ${name}`}
            hideLabel
            options={MEMBER_ROLES.map((value) => ({ value, label: MEMBER_ROLE_LABELS[value] }))}
            defaultValue={role}
            className="w-28"
          />
          <SubmitButton size="sm" pendingLabel="Saving…" aria-label={`Save role of ${name}`}>
            Save
          </SubmitButton>
        </form>
        <Button size="sm" variant="ghost" onClick={() => setRemovalOpen(true)} aria-label={`Remove ${name}`}>
          Remove
        </Button>
      </div>
      <p aria-live="polite" className={state?.error ? 'text-xs text-bad' : 'text-xs text-good'}>
        {state?.error ?? (state?.done ? 'Saved' : null)}
      </p>
      <Modal
        open={removalOpen}
        onClose={() => setRemovalOpen(false)}
        title={
          <>
            Remove <Name of={name} />
          </>
        }
      >
        <RemoveForm action={actions.removeMember.bind(null, id)} onClose={() => setRemovalOpen(false)} />
      </Modal>
    </div>
  )
}

function RemoveForm({ action, onClose }: { action: FormAction; onClose: () => void }) {
  const [state, remove] = useActionState(action, null)

  return (
    <form action={remove} className="grid gap-4">
      <p className="text-ink-soft">
        They are signed out everywhere at once. Signing in again makes them a viewer; to keep them out, block their
        account in Microsoft Entra. What they connected stays.
      </p>
      <p aria-live="polite" className="text-sm text-bad empty:hidden">
        {state?.error}
      </p>
      <div className="flex justify-end gap-2">
        <Button onClick={onClose}>Cancel</Button>
        <SubmitButton variant="danger" pendingLabel="Removing…">
          Remove
        </SubmitButton>
      </div>
    </form>
  )
}
