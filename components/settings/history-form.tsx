'use client'

import { useActionState, useState } from 'react'
import { ConfirmIdentity } from '@/components/ui/confirm-identity'
import { SelectField, TextField } from '@/components/ui/fields'
import type { FormAction } from '@/components/ui/form-state'
import { Notice } from '@/components/ui/notice'
import { SubmitButton } from '@/components/ui/submit-button'
import { HISTORY_LENGTH_WORDS, isShorterHistory, shorterHistorySentence } from '@/lib/domain/retention'
import { HISTORY_LENGTHS, type HistoryLength } from '@/lib/domain/vocabulary'
import { upperFirst } from '@/lib/domain/words'

type Props = { kept: HistoryLength; organisationName: string; action: FormAction }

const OPTIONS = HISTORY_LENGTHS.map((value) => ({ value, label: upperFirst(HISTORY_LENGTH_WORDS[value]) }))

/** For how long history is kept. A shorter length says what it deletes, and is confirmed by typing the organisation's name. */
export function HistoryForm({ kept, organisationName, action }: Props) {
  const [state, formAction] = useActionState(action, null)
  const [chosen, setChosen] = useState(kept)
  const isShorter = isShorterHistory(chosen, kept)

  return (
    // React resets a form after its action. What waits for a confirmation would silently be another choice.
    <form
      action={formAction}
      onReset={(event) => event.preventDefault()}
      className="grid max-w-2xl gap-4 rounded-lg border border-line bg-surface p-4"
    >
      <SelectField
        name="length"
        label="Keep history"
        hint="A longer time brings nothing back that was deleted."
        options={OPTIONS}
        value={chosen}
        onChange={(event) => setChosen(HISTORY_LENGTHS.find((length) => length === event.target.value) ?? kept)}
        className="w-full max-w-80"
      />
      <div role="status" className="empty:hidden">
        {isShorter ? (
          <Notice tone="warn" title={`History older than ${HISTORY_LENGTH_WORDS[chosen]} will be deleted`}>
            {shorterHistorySentence(chosen)}
          </Notice>
        ) : null}
      </div>
      {isShorter ? (
        <TextField
          name="typed"
          label={
            <>
              Type <bdi className="font-mono text-sm">{organisationName}</bdi> to confirm
            </>
          }
          error={state?.error}
          autoComplete="off"
          spellCheck={false}
          dir="auto"
          required
        />
      ) : null}
      {state?.confirm ? <ConfirmIdentity again="Save" /> : null}
      <div className="flex items-center gap-3">
        <SubmitButton variant={isShorter ? 'danger' : 'secondary'} pendingLabel="Saving…">
          Save
        </SubmitButton>
        <p aria-live="polite" className="text-sm text-good">
          {state?.done && chosen === kept ? 'Saved' : null}
        </p>
      </div>
    </form>
  )
}
