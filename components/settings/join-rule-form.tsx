'use client'

import { useActionState, useState } from 'react'
import { ConfirmIdentity } from '@/components/ui/confirm-identity'
import { SelectField } from '@/components/ui/fields'
import type { FormAction } from '@/components/ui/form-state'
import { SubmitButton } from '@/components/ui/submit-button'
import { JOIN_RULES, type JoinRule } from '@/lib/domain/vocabulary'

const LABELS: Record<JoinRule, string> = {
  everyone: 'Everyone of the tenant',
  approval: 'People an owner lets in',
}

/** Who becomes a member by signing in. */
export function JoinRuleForm({ rule, action }: { rule: JoinRule; action: FormAction }) {
  const [state, formAction] = useActionState(action, null)
  const [chosen, setChosen] = useState(rule)

  return (
    // React resets a form after its action. What waits for a confirmation would silently be another choice.
    <form
      action={formAction}
      onReset={(event) => event.preventDefault()}
      className="mb-6 grid max-w-2xl gap-3 rounded-lg border border-line bg-surface p-4"
    >
      <SelectField
        name="rule"
        label="Who may join"
        hint="Members stay members. If everyone may join, people who wait come in with their next sign-in."
        options={JOIN_RULES.map((value) => ({ value, label: LABELS[value] }))}
        value={chosen}
        onChange={(event) => setChosen(JOIN_RULES.find((one) => one === event.target.value) ?? rule)}
        className="w-full max-w-96"
      />
      {state?.confirm ? <ConfirmIdentity again="Save" /> : null}
      <div className="flex items-center gap-3">
        <SubmitButton pendingLabel="Saving…" aria-label="Save who may join">
          Save
        </SubmitButton>
        <p aria-live="polite" className="text-sm text-good">
          {state?.done && chosen === rule ? 'Saved' : null}
        </p>
      </div>
    </form>
  )
}
