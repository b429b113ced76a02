'use client'

import { useActionState } from 'react'
import { ConfirmIdentity } from '@/components/ui/confirm-identity'
import type { FormState } from '@/components/ui/form-state'
import { Name } from '@/components/ui/name'
import { SubmitButton } from '@/components/ui/submit-button'
import { RowTh } from '@/components/ui/table'

/** The cell that names somebody who has no access: the name, and below it the address. */
export const PersonTh = ({ name, email }: { name: string; email: string }) => (
  <RowTh>
    <Name of={name} />
    <span className="block font-normal text-ink-soft">
      <Name of={email} />
    </span>
  </RowTh>
)

/** What an owner decides about somebody: an action of which the person's id is the first argument. */
export type Decide = (memberId: string, state: FormState, form: FormData) => Promise<FormState>

type Props = {
  memberId: string
  decide: Decide
  /** What the button says, while it works too, and whom it is about for those who do not see beside whom it stands. */
  word: string
  pending: string
  name: string
}

/** A button that decides about somebody, which may ask the owner to confirm who they are first. */
export function MemberDecision({ memberId, decide, word, pending, name }: Props) {
  const [state, action] = useActionState(decide.bind(null, memberId), null)

  return (
    <form action={action} className="grid justify-items-start gap-2">
      <SubmitButton size="sm" pendingLabel={pending} aria-label={`${word}: ${name}`}>
        {word}
      </SubmitButton>
      {state?.confirm ? <ConfirmIdentity again={word} /> : null}
    </form>
  )
}
