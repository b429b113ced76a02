'use client'

import { CircleCheck } from 'lucide-react'
import { useActionState, useEffect, useRef, useState } from 'react'
import { ButtonLink } from '@/components/ui/button-link'
import { TextField } from '@/components/ui/fields'
import { Notice } from '@/components/ui/notice'
import { SubmitButton } from '@/components/ui/submit-button'
import { findSubscriptionId } from '@/lib/domain/subscription-id'
import { StepActions } from './step-actions'

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

/** Asks for the subscription ID, recognises it while it is typed, and looks it up on submit. The field has the focus, also after an error. */
export function SubscriptionIdForm({ action, initial }: Props) {
  const [state, formAction] = useActionState(action, null)
  const [typed, setTyped] = useState(state?.values.subscriptionId ?? initial)
  const [tried, setTried] = useState(false)
  const field = useRef<HTMLInputElement>(null)

  // At first, and after each answer: the ID is what has to be typed or mended then.
  useEffect(() => {
    if (state !== null || !document.activeElement?.matches('main *')) field.current?.focus()
  }, [state])

  const found = findSubscriptionId(typed)
  const answered = state?.values.subscriptionId === typed ? state : null
  const unfinished = tried && typed.trim() !== '' && !found ? NOT_AN_ID : undefined

  return (
    <form
      action={formAction}
      noValidate
      onSubmit={(event) => {
        if (found) return
        event.preventDefault()
        setTried(true)
        field.current?.focus()
      }}
      className="grid grid-cols-1 gap-6"
    >
      <div>
        <TextField
          ref={field}
          name="subscriptionId"
          label="Azure subscription ID"
          hint={`Like ${EXAMPLE}, or a portal link.`}
          error={
            answered?.error ??
            unfinished ??
            (tried && typed.trim() === '' ? 'Enter the ID of the subscription to connect.' : undefined)
          }
          value={typed}
          onChange={(event) => {
            setTyped(event.target.value)
            setTried(false)
          }}
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
          role="status"
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

      <StepActions backHref={`/integrations/azure/connect${found ? `?subscription=${found}` : ''}`}>
        <SubmitButton variant="primary" pendingLabel="Looking it up…">
          Continue
        </SubmitButton>
      </StepActions>
    </form>
  )
}
