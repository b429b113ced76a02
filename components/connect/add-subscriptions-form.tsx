'use client'

import { useActionState, useState } from 'react'
import { SearchField } from '@/components/ui/fields'
import { Notice } from '@/components/ui/notice'
import { SubmitButton } from '@/components/ui/submit-button'
import type { ConnectFormState } from './connect-form'
import { type OtherSubscription, SubscriptionLine } from './subscription-line'

type Props = {
  action: (state: ConnectFormState, formData: FormData) => Promise<ConnectFormState>
  subscriptions: OtherSubscription[]
}

/** Everything that an account can read, to choose from: searched as one types, all that is shown at once or one by one. */
export function AddSubscriptionsForm({ action, subscriptions }: Props) {
  const [state, formAction] = useActionState(action, null)
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set())
  const [search, setSearch] = useState('')
  const wanted = search.trim().toLowerCase()
  const isShown = ({ name, subscriptionId }: OtherSubscription) =>
    name.toLowerCase().includes(wanted) || subscriptionId.includes(wanted)
  const shown = subscriptions.filter(isShown)
  const free = shown.filter(({ connectedAs, otherTenant }) => connectedAs === null && otherTenant === null)
  const allChosen = free.length > 0 && free.every(({ subscriptionId }) => chosen.has(subscriptionId))

  function toggle(id: string) {
    const next = new Set(chosen)
    if (!next.delete(id)) next.add(id)
    setChosen(next)
  }

  function toggleAll() {
    const ids = free.map(({ subscriptionId }) => subscriptionId)
    setChosen(allChosen ? new Set([...chosen].filter((id) => !ids.includes(id))) : new Set([...chosen, ...ids]))
  }

  return (
    <form action={formAction} className="grid grid-cols-1 gap-4">
      <div className="flex flex-wrap items-center justify-between gap-x-4 gap-y-2">
        <div className="min-w-0 flex-1 basis-64">
          <SearchField label="Search subscriptions" onChange={(event) => setSearch(event.target.value)} />
        </div>
        <label className="flex items-center gap-2">
          <input
            type="checkbox"
            checked={allChosen}
            onChange={toggleAll}
            disabled={free.length === 0}
            className="size-4 shrink-0 accent-accent"
          />
          Choose all {free.length.toLocaleString('en')}
        </label>
      </div>
      <p role="status" className="text-sm text-ink-soft tabular-nums">
        {shown.length.toLocaleString('en')} of {subscriptions.length.toLocaleString('en')} subscriptions,{' '}
        {chosen.size.toLocaleString('en')} chosen
      </p>
      {shown.length === 0 ? (
        <Notice title="No subscription matches">Search for another name or ID, or clear the search.</Notice>
      ) : (
        <ul className="divide-y divide-line rounded-lg border border-line bg-surface">
          {shown.map((one) => (
            <SubscriptionLine
              key={one.subscriptionId}
              subscription={one}
              checked={chosen.has(one.subscriptionId)}
              onToggle={() => toggle(one.subscriptionId)}
            />
          ))}
        </ul>
      )}
      {/* What was chosen before the search was changed is sent too. */}
      {[...chosen].map((id) => (
        <input key={id} type="hidden" name="add" value={id} />
      ))}
      {state?.error && <Notice tone="bad" role="alert" title={state.error} />}
      <div className="flex flex-wrap items-center justify-end gap-x-4 gap-y-2">
        <SubmitButton variant="primary" pendingLabel="Connecting…" disabled={chosen.size === 0}>
          {nameButton(chosen.size)}
        </SubmitButton>
      </div>
    </form>
  )
}

function nameButton(chosen: number): string {
  if (chosen === 0) return 'Connect'
  return chosen === 1 ? 'Connect 1 subscription' : `Connect ${chosen.toLocaleString('en')} subscriptions`
}
