'use client'

import { useActionState } from 'react'
import { SelectField } from '@/components/ui/fields'
import type { FormAction } from '@/components/ui/form-state'
import { SubmitButton } from '@/components/ui/submit-button'
import { SCHEDULES, type Schedule } from '@/lib/domain/vocabulary'

const LABELS: Record<Schedule, string> = {
  hourly: 'Every hour',
  every_6_hours: 'Every 6 hours',
  daily: 'Every day',
  off: 'Off: only by hand',
}

/** How often a connection syncs by itself. */
export function ScheduleForm({ schedule, action }: { schedule: Schedule; action: FormAction }) {
  const [state, formAction] = useActionState(action, null)

  return (
    <form action={formAction} className="flex flex-wrap items-end gap-2">
      <SelectField
        key={schedule}
        name="schedule"
        label="Sync by itself"
        options={SCHEDULES.map((value) => ({ value, label: LABELS[value] }))}
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
