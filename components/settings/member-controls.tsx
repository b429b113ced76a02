'use client'

import { useActionState, useState } from 'react'
import { MEMBER_ROLE_LABELS } from '@/components/access/labels'
import { Button } from '@/components/ui/button'
import { ConfirmIdentity } from '@/components/ui/confirm-identity'
import { SelectField } from '@/components/ui/fields'
import type { FormAction, FormState } from '@/components/ui/form-state'
import { Modal } from '@/components/ui/modal'
import { Name } from '@/components/ui/name'
import { SubmitButton } from '@/components/ui/submit-button'
import { MEMBER_ROLES, type MemberRole } from '@/lib/domain/vocabulary'

export type MemberActions = {
  changeRole: (memberId: string, state: FormState, form: FormData) => Promise<FormState>
  removeMember: (memberId: string, state: FormState, form: FormData) => Promise<FormState>
  endSessionsOfMember: (memberId: string) => Promise<void>
}

type Props = {
  id: string
  name: string
  role: MemberRole
  /** How many browsers they are signed in with; null for the member who asks, who has a page for their own. */
  sessions: number | null
  actions: MemberActions
}

/** Changes the role of a member, ends their sessions, or removes them. */
export function MemberControls({ id, name, role, sessions, actions }: Props) {
  const [state, changeRole] = useActionState(actions.changeRole.bind(null, id), null)
  const chosen = (state?.confirm ? state.values?.role : undefined) ?? role
  const [removalOpen, setRemovalOpen] = useState(false)

  return (
    <div className="grid gap-1">
      <div className="flex items-center gap-1.5 max-sm:w-48 max-sm:flex-wrap">
        <form action={changeRole} className="flex items-center gap-1.5">
          <SelectField
            // A role that waits for a confirmation stays chosen, although React clears a form after its action.
            key={`${role} ${chosen}`}
            name="role"
            label={`Role of ${name}`}
            hideLabel
            options={MEMBER_ROLES.map((value) => ({ value, label: MEMBER_ROLE_LABELS[value] }))}
            defaultValue={chosen}
            className="w-28"
          />
          <SubmitButton size="sm" pendingLabel="Saving…" aria-label={`Save role of ${name}`}>
            Save
          </SubmitButton>
        </form>
        {sessions === null ? null : (
          <form action={actions.endSessionsOfMember.bind(null, id)}>
            <SubmitButton
              size="sm"
              variant="ghost"
              pendingLabel="Signing out…"
              aria-label={`Sign out ${name} everywhere`}
              disabled={sessions === 0}
              title={sessions === 0 ? 'Not signed in' : sessions === 1 ? 'Ends 1 session' : `Ends ${sessions} sessions`}
            >
              Sign out
            </SubmitButton>
          </form>
        )}
        <Button size="sm" variant="ghost" onClick={() => setRemovalOpen(true)} aria-label={`Remove ${name}`}>
          Remove
        </Button>
      </div>
      <p aria-live="polite" className={state?.error ? 'text-xs text-bad' : 'text-xs text-good'}>
        {state?.error ?? (state?.done ? 'Saved' : null)}
      </p>
      {state?.confirm ? <ConfirmIdentity again="Save" /> : null}
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
        They are signed out everywhere at once, and cannot sign in again until an owner lets them in. What they
        connected stays.
      </p>
      {state?.confirm ? <ConfirmIdentity again="Remove" /> : null}
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
