'use client'

import { useActionState, useState } from 'react'
import { Notice } from '@/components/ui/notice'
import { SubmitButton } from '@/components/ui/submit-button'
import type { ConnectFormState } from './connect-form'
import { isFree } from './subscription-line'
import { type PickableGroup, type PickableSubscription, SubscriptionPicker } from './subscription-picker'

type Props = {
  action: (state: ConnectFormState, formData: FormData) => Promise<ConnectFormState>
  subscriptions: PickableSubscription[]
  groups: PickableGroup[]
}

/** As many as one request carries. */
const MOST_AT_ONCE = 1000

/** Everything that an account can read, to choose from, and the button that connects what was chosen. */
export function AddSubscriptionsForm({ action, subscriptions, groups }: Props) {
  const [state, formAction] = useActionState(action, null)
  const [ticked, setTicked] = useState<ReadonlySet<string>>(new Set())
  // What was connected meanwhile, or is not listed any more, is chosen no longer.
  const free = new Set(subscriptions.filter(isFree).map(({ subscriptionId }) => subscriptionId))
  const chosen = new Set([...ticked].filter((id) => free.has(id)))

  return (
    <div className="grid grid-cols-1 gap-4">
      {/* Beside the form, so that Enter in the search connects nothing. */}
      <SubscriptionPicker
        subscriptions={subscriptions}
        groups={groups}
        chosen={chosen}
        onChoose={setTicked}
        mixed={subscriptions.some(({ connectedAs }) => connectedAs !== null)}
      />
      {state?.error && <Notice tone="bad" role="alert" title={state.error} />}
      {/* In sight also below a list of hundreds, and on a phone above the bar. */}
      <form
        action={formAction}
        className="sticky bottom-14 z-10 -mx-1 flex flex-wrap items-center justify-end gap-x-4 gap-y-2 border-t border-line bg-canvas px-1 py-3 sm:bottom-0"
      >
        {[...chosen].map((id) => (
          <input key={id} type="hidden" name="add" value={id} />
        ))}
        {chosen.size > MOST_AT_ONCE && (
          <p id="too-many" className="text-ink-soft">
            Choose at most {MOST_AT_ONCE.toLocaleString('en')} at once.
          </p>
        )}
        <SubmitButton
          variant="primary"
          pendingLabel="Connecting…"
          disabled={chosen.size === 0 || chosen.size > MOST_AT_ONCE}
          aria-describedby={chosen.size > MOST_AT_ONCE ? 'too-many' : undefined}
        >
          {nameButton(chosen.size)}
        </SubmitButton>
      </form>
    </div>
  )
}

function nameButton(chosen: number): string {
  if (chosen === 0) return 'Connect'
  return chosen === 1 ? 'Connect 1 subscription' : `Connect ${chosen.toLocaleString('en')} subscriptions`
}
