'use client'

import { useActionState, useEffect, useId, useRef, useState } from 'react'
import { Name } from '@/components/ui/name'
import { Notice } from '@/components/ui/notice'
import { SubmitButton } from '@/components/ui/submit-button'
import { type OtherAccount, OtherAccountNotice } from './other-account-notice'
import { StepActions } from './step-actions'
import { type PickableGroup, type PickableSubscription, SubscriptionPicker } from './subscription-picker'

/** `chosen`: what was ticked, so that it still is on a page that comes back without a script. */
export type ConnectFormState = { error: string; chosen?: string[] } | null

type Props = {
  action: (state: ConnectFormState, formData: FormData) => Promise<ConnectFormState>
  others: PickableSubscription[]
  groups: PickableGroup[]
  /** Whether there may be more than these. */
  othersUnread: boolean
  /** Set when the connection was made with another account than the one that signed in now. */
  otherAccount: OtherAccount | null
  /** Why Connect cannot be pressed; null when it can. */
  blocked: string | null
  /** The subscription that the wizard was begun for, where it cannot be connected and others can; else null. */
  without: { subscriptionId: string; name: string | null } | null
  verb: 'Connect' | 'Reconnect'
  backHref: string
}

/** Up to so many other subscriptions need no search. */
const FEW = 8

/** The last form of the wizard: which subscriptions to connect, and whether a changed account is meant. */
export function ConnectForm(props: Props) {
  const { action, others, groups, othersUnread, otherAccount, blocked, without, verb, backHref } = props
  const [state, formAction] = useActionState(action, null)
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set(state?.chosen))
  const [accepted, setAccepted] = useState(false)
  const alert = useRef<HTMLDivElement>(null)
  const form = useId()
  const why = blocked ?? (otherAccount && !accepted ? 'Confirm the account first.' : null)

  useEffect(() => {
    if (state) alert.current?.focus()
  }, [state])

  return (
    <div className="grid grid-cols-1 gap-6">
      {without !== null && (
        <Notice tone="warn" title="You can go on without this subscription">
          Choose from the others below.{' '}
          {without.name === null ? (
            <span className="font-mono text-sm break-all">{without.subscriptionId}</span>
          ) : (
            <Name of={without.name} />
          )}{' '}
          is left out for now, and can be connected later, when its check passes.
        </Notice>
      )}
      {/* Beside the form, so that Enter in the search connects nothing. */}
      {others.length > 0 && (
        <fieldset disabled={blocked !== null} className="min-w-0 disabled:opacity-60">
          <legend className="mb-3 font-medium">
            {without === null ? 'Connect others too' : 'Connect others without it'}
          </legend>
          <SubscriptionPicker
            subscriptions={others}
            groups={groups}
            chosen={chosen}
            onChoose={setChosen}
            fewUpTo={FEW}
            field={{ form, name: 'also' }}
          />
        </fieldset>
      )}

      {othersUnread && (
        <Notice title="Not every other subscription could be listed">
          Azure did not give the whole list of what this account can read. Add others later under Accounts, or by their
          ID.
        </Notice>
      )}

      {otherAccount && (
        <OtherAccountNotice
          account={otherAccount}
          form={form}
          accepted={accepted}
          onAccept={setAccepted}
          disabled={blocked !== null}
        />
      )}

      {state?.error && (
        <div ref={alert} tabIndex={-1} className="outline-none">
          <Notice tone="bad" role="alert" title={state.error} />
        </div>
      )}

      {/* In sight also below a long list, and on a phone above the bar. */}
      <form
        id={form}
        action={formAction}
        onSubmit={(event) => {
          if (why) event.preventDefault()
        }}
        // React resets a form after its action, and would untick what is still chosen here.
        onReset={(event) => event.preventDefault()}
        className="sticky bottom-14 z-10 -mx-1 border-t border-line bg-canvas px-1 py-3 sm:bottom-0"
      >
        {without !== null && <input type="hidden" name="withoutOwn" value="on" />}
        <StepActions backHref={backHref}>
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
            {without === null ? nameButton(verb, chosen.size) : nameWithout(chosen.size)}
          </SubmitButton>
        </StepActions>
      </form>
    </div>
  )
}

const nameButton = (verb: Props['verb'], others: number): string =>
  others > 0 ? `${verb} ${(others + 1).toLocaleString('en')} subscriptions` : verb

/** Without a script nothing tells how many are ticked. */
const nameWithout = (others: number): string =>
  others > 0 ? `Connect the other ${others.toLocaleString('en')} without it` : 'Connect those chosen without it'
