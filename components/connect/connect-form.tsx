'use client'

import { useActionState, useState } from 'react'
import { Notice } from '@/components/ui/notice'
import { SubmitButton } from '@/components/ui/submit-button'
import { type OtherSubscription, SubscriptionLine } from './subscription-line'

export type ConnectFormState = { error: string } | null

type Props = {
  action: (state: ConnectFormState, formData: FormData) => Promise<ConnectFormState>
  others: OtherSubscription[]
  /** Whether there may be more than these. */
  othersUnread: boolean
  /** Set when the connection was made with another account than the one that signed in now. */
  otherAccount: {
    label: string
    previous: string
    now: string
    /** Other subscriptions that are read with the account from before. */
    others: number
  } | null
  /** Why Connect cannot be pressed; null when it can. */
  blocked: string | null
  verb: 'Connect' | 'Reconnect'
}

/** The last form of the wizard: which subscriptions to connect, and whether a changed account is meant. */
export function ConnectForm({ action, others, othersUnread, otherAccount, blocked, verb }: Props) {
  const [state, formAction] = useActionState(action, null)
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set())
  const [accepted, setAccepted] = useState(false)
  const why = blocked ?? (otherAccount && !accepted ? 'Confirm the account first.' : null)

  function toggle(id: string) {
    const next = new Set(chosen)
    if (!next.delete(id)) next.add(id)
    setChosen(next)
  }

  return (
    <form
      action={formAction}
      onSubmit={(event) => {
        if (why) event.preventDefault()
      }}
      className="grid grid-cols-1 gap-6"
    >
      {others.length > 0 && (
        <fieldset disabled={blocked !== null} className="min-w-0 disabled:opacity-60">
          <legend className="font-medium">Other subscriptions this account can read</legend>
          <p className="mt-1 mb-3 text-ink-soft">Connect them with the same sign-in. Each becomes its own tile.</p>
          <ul className="divide-y divide-line rounded-lg border border-line bg-surface">
            {others.map((other) => (
              <SubscriptionLine
                key={other.subscriptionId}
                subscription={other}
                name="also"
                checked={chosen.has(other.subscriptionId)}
                onToggle={() => toggle(other.subscriptionId)}
              />
            ))}
          </ul>
        </fieldset>
      )}

      {othersUnread && (
        <Notice title="Not every other subscription could be listed">
          Azure did not give the whole list of what this account can read. Add others later under Accounts, or by their
          ID.
        </Notice>
      )}

      {otherAccount && (
        <Notice tone="warn" title="Another account than before">
          <p>
            {otherAccount.label} was connected with {otherAccount.previous}. Now it would be read with{' '}
            {otherAccount.now}.
          </p>
          <label className="mt-2 flex items-start gap-2 text-ink">
            <input
              type="checkbox"
              name="acceptOtherAccount"
              checked={accepted}
              onChange={(event) => setAccepted(event.target.checked)}
              disabled={blocked !== null}
              className="mt-0.5 size-4 shrink-0 accent-accent"
            />
            Use {otherAccount.now} from now on
          </label>
          {otherAccount.others > 0 && (
            <label className="mt-2 flex items-start gap-2 text-ink">
              <input
                type="checkbox"
                name="takesOver"
                disabled={!accepted}
                className="mt-0.5 size-4 shrink-0 accent-accent"
              />
              Also for the {otherAccount.others.toLocaleString('en')} other{' '}
              {otherAccount.others === 1 ? 'subscription' : 'subscriptions'} of {otherAccount.previous}
            </label>
          )}
        </Notice>
      )}

      {state?.error && <Notice tone="bad" role="alert" title={state.error} />}

      <div className="flex flex-wrap items-center justify-end gap-x-4 gap-y-2">
        {why && (
          <p id="why-blocked" className="text-sm text-ink-soft">
            {why}
          </p>
        )}
        <SubmitButton
          variant="primary"
          pendingLabel={verb === 'Connect' ? 'Connecting…' : 'Reconnecting…'}
          disabled={why !== null}
          aria-describedby={why ? 'why-blocked' : undefined}
        >
          {chosen.size > 0 ? `${verb} ${chosen.size + 1} subscriptions` : verb}
        </SubmitButton>
      </div>
    </form>
  )
}
