'use client'

import { useActionState, useState } from 'react'
import { ConfirmIdentity } from '@/components/ui/confirm-identity'
import { SelectField, TextAreaField } from '@/components/ui/fields'
import type { FormAction } from '@/components/ui/form-state'
import { SubmitButton } from '@/components/ui/submit-button'
import { JOIN_RULES, type JoinRule } from '@/lib/domain/vocabulary'

const LABELS: Record<JoinRule, string> = {
  everyone: 'Everyone of the tenant',
  groups: 'People of named groups',
  invitation: 'People an owner has invited',
  approval: 'People an owner lets in',
}

type Props = {
  rule: JoinRule
  /** The groups and app roles that the rule names so far. */
  named: string[]
  action: FormAction
}

/** Who becomes a member by signing in. */
export function JoinRuleForm({ rule, named, action }: Props) {
  const [state, formAction] = useActionState(action, null)
  const [chosen, setChosen] = useState(rule)

  return (
    // React resets a form after its action. What waits for a confirmation would silently be another choice.
    <form
      action={formAction}
      onReset={(event) => event.preventDefault()}
      className="group mb-6 grid max-w-2xl gap-3 rounded-lg border border-line bg-surface p-4"
    >
      <SelectField
        name="rule"
        label="Who may join"
        hint="Members stay members, except that people who joined by a group or an app role have to be in one that is named now. People who wait come in with their next sign-in, if the new rule admits them."
        options={JOIN_RULES.map((value) => ({ value, label: LABELS[value] }))}
        value={chosen}
        onChange={(event) => setChosen(JOIN_RULES.find((one) => one === event.target.value) ?? rule)}
        className="w-full max-w-96"
      />
      {/* It is hidden by its style alone, so that it appears without a script too. */}
      <div className="hidden group-has-[option[value=groups]:checked]:block">
        <TextAreaField
          name="named"
          label="Groups and app roles"
          hint="On each line the object ID of a group, or the value of an app role. Whoever is in one of the groups, or holds one of the roles, joins as a viewer, and has to be in one at every later sign-in too."
          error={state?.error}
          defaultValue={named.join('\n')}
          rows={4}
          autoComplete="off"
          spellCheck={false}
        />
      </div>
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
