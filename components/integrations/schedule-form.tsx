'use client'

import { useActionState } from 'react'
import { SelectField } from '@/components/ui/fields'
import type { FormAction } from '@/components/ui/form-state'
import { SubmitButton } from '@/components/ui/submit-button'
import type { Schedule } from '@/lib/domain/vocabulary'

const OPTIONS: { value: Schedule; label: string }[] = [
  { value: 'hourly', label: 'Every hour' },
  { value: 'every_6_hours', label: 'Every 6 hours' },
  { value: 'daily', label: 'Every day' },
  { value: 'off', label: 'Off: only by hand' },
]

/** How often a connection syncs by itself. */
export function ScheduleForm({ schedule, action }: { schedule: Schedule; action: FormAction }) {
  const [state, formAction] = useActionState(action, null)

  return (
    <form action={formAction} className="flex flex-wrap items-end gap-2">
      <SelectField
        key={schedule}
        name="schedule"
        label="Sync by itself"
        options={OPTIONS}
        defaultValue={schedule}
        error={state?.error}
        className="w-52"
      />
      <SubmitButton pendingLabel="Saving…">Save</SubmitButton>
      <p aria-live="polite" className="pb-2 text-sm text-good">
        {state?.done ? 'Saved' : null}
      </p>
    </form>
  )
}
