'use client'

import { CircleCheck } from 'lucide-react'
import { useActionState, useState } from 'react'
import { ButtonLink } from '@/components/ui/button-link'
import { TextField } from '@/components/ui/fields'
import { Notice } from '@/components/ui/notice'
import { SubmitButton } from '@/components/ui/submit-button'
import { findSubscriptionId } from '@/lib/domain/subscription-id'

export type SubscriptionFormState = {
  values: { subscriptionId: string }
  error?: string
  /** Set when the subscription is connected already. */
  connected?: { connectionId: string; label: string }
} | null

type Props = {
  action: (state: SubscriptionFormState, formData: FormData) => Promise<SubscriptionFormState>
  /** The ID that is filled in when an attempt is started again; empty otherwise. */
  initial: string
}

const EXAMPLE = '5d1f0c3e-7a42-4c0b-9f10-2b6d8e54a903'
const NOT_AN_ID = 'That is not a subscription ID yet. It has 32 hexadecimal digits, in groups of 8, 4, 4, 4 and 12.'

/** Asks for the subscription ID, recognises it while it is typed, and looks it up on submit. */
export function SubscriptionIdForm({ action, initial }: Props) {
  const [state, formAction] = useActionState(action, null)
  const [typed, setTyped] = useState(state?.values.subscriptionId ?? initial)
  const [left, setLeft] = useState(false)

  const found = findSubscriptionId(typed)
  const answered = state?.values.subscriptionId === typed ? state : null
  const unfinished = left && typed.trim() !== '' && !found ? NOT_AN_ID : undefined

  return (
    <form
      action={formAction}
      noValidate
      onSubmit={(event) => {
        if (found) return
        event.preventDefault()
        setLeft(true)
      }}
      className="grid grid-cols-1 gap-6"
    >
      <div>
        <TextField
          name="subscriptionId"
          label="Azure subscription ID"
          hint={`Like ${EXAMPLE}. A link from the Azure portal or a resource ID works too.`}
          error={
            answered?.error ??
            unfinished ??
            (left && typed.trim() === '' ? 'Enter the ID of the subscription to connect.' : undefined)
          }
          value={typed}
          onChange={(event) => {
            setTyped(event.target.value)
            setLeft(false)
          }}
          onBlur={() => setLeft(typed.trim() !== '')}
          autoComplete="off"
          autoCapitalize="off"
          spellCheck={false}
          required
          inputClassName="font-mono"
        />
        <p aria-live="polite" className="mt-2 flex min-h-5 items-center gap-1.5 text-sm text-good">
          {found && !answered && (
            <>
              <CircleCheck size={16} aria-hidden="true" className="shrink-0" />
              <span>
                Recognised <span className="font-mono break-all">{found}</span>
              </span>
            </>
          )}
        </p>
      </div>

      {answered?.connected && (
        <Notice
          tone="info"
          title={`This subscription is already connected as ${answered.connected.label}`}
          action={
            <ButtonLink href={`/integrations/azure/${answered.connected.connectionId}`} size="sm">
              Open {answered.connected.label}
            </ButtonLink>
          }
        >
          Each subscription is connected once. Enter another ID to connect another one.
        </Notice>
      )}

      <div className="flex flex-wrap justify-end gap-2">
        <ButtonLink href="/integrations/azure/connect" variant="ghost">
          Back
        </ButtonLink>
        <SubmitButton variant="primary" pendingLabel="Looking it up…">
          Continue
        </SubmitButton>
      </div>
    </form>
  )
}
