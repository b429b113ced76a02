'use client'

import { useActionState, useState } from 'react'
import { SelectField } from '@/components/ui/fields'
import { Notice } from '@/components/ui/notice'
import { SubmitButton } from '@/components/ui/submit-button'
import { spellControls } from '@/lib/domain/words'
import type { ConnectFormState } from './connect-form'
import { isFree, NOT_LISTED } from './subscription-line'
import { type PickableGroup, type PickableSubscription, SubscriptionPicker } from './subscription-picker'

type Props = {
  action: (state: ConnectFormState, formData: FormData) => Promise<ConnectFormState>
  /** Whether the account follows already, and which group; null for everything. */
  follows: boolean
  followedGroup: { id: string; name: string } | null
  groups: PickableGroup[]
  /** Subscriptions that are not connected, and those that are left out although Azure lists them no more. */
  subscriptions: PickableSubscription[]
  /** Which of them are left out now. */
  excluded: string[]
}

/** What an account follows, and which subscriptions are left out, with what that means before it is saved. */
export function FollowForm({ action, follows, followedGroup, groups, subscriptions, excluded }: Props) {
  const [state, formAction] = useActionState(action, null)
  const [range, setRange] = useState<'all' | 'group'>(followedGroup ? 'group' : 'all')
  const [groupId, setGroupId] = useState(followedGroup?.id ?? groups[0]?.id ?? '')
  // At first all subscriptions are left out, so that following connects only those that somebody has chosen.
  const [leftOut, setLeftOut] = useState<ReadonlySet<string>>(
    new Set(follows ? excluded : subscriptions.map(({ subscriptionId }) => subscriptionId)),
  )
  const aboveOf = new Map(groups.map(({ id, above }) => [id, [...above, id]]))
  const isInRange = (own: string | null) =>
    range === 'all' || (own !== null && Boolean(aboveOf.get(own)?.includes(groupId)))
  const shown = subscriptions.filter((one) => isInRange(one.groupId) || !isListed(one))
  const connecting = shown.filter((one) => isListed(one) && isFree(one) && !leftOut.has(one.subscriptionId)).length
  const before = new Set(excluded)
  const inSight = new Set(shown.map(({ subscriptionId }) => subscriptionId))
  const leftOutHere = new Set([...leftOut].filter((id) => inSight.has(id)))

  return (
    <div className="grid grid-cols-1 gap-6">
      <fieldset className="grid grid-cols-1 gap-2">
        <legend className="mb-2 text-lg font-semibold">What it follows</legend>
        <Choice checked={range === 'all'} onChoose={() => setRange('all')} title="Everything that it can read">
          Works without any right on management groups.
        </Choice>
        <Choice
          checked={range === 'group'}
          onChoose={() => setRange('group')}
          disabled={groups.length === 0}
          title="One management group, with all groups below it"
        >
          {groups.length === 0
            ? 'Azure shows this account no management group.'
            : 'What moves into the group connects itself; what moves out of it stays connected.'}
        </Choice>
        {range === 'group' && (
          <SelectField
            name="group"
            label="Management group to follow"
            hideLabel
            className="max-w-md pl-7"
            value={groupId}
            onChange={(event) => setGroupId(event.target.value)}
            options={groups.map(({ id, name, above }) => ({
              value: id,
              label: `${'\u2003'.repeat(above.length)}${spellControls(name)}`,
            }))}
          />
        )}
      </fieldset>
      <section aria-labelledby="left-out" className="grid grid-cols-1 gap-3">
        <div>
          <h2 id="left-out" className="text-lg font-semibold">
            Left out
          </h2>
          <p className="mt-1 text-ink-soft">
            What is ticked here is never connected by itself. What somebody deletes is added to it.
          </p>
        </div>
        {shown.length > 0 ? (
          <SubscriptionPicker
            subscriptions={shown}
            groups={range === 'all' ? groups : []}
            chosen={leftOutHere}
            onChoose={(chosen) => setLeftOut(new Set([...[...leftOut].filter((id) => !inSight.has(id)), ...chosen]))}
            isLeavingOut
          />
        ) : (
          <Notice title="Everything is connected">
            There is nothing here that could be left out. What is new will connect itself.
          </Notice>
        )}
      </section>
      {state?.error && <Notice tone="bad" role="alert" title={state.error} />}
      <form
        action={formAction}
        className="sticky bottom-14 z-10 -mx-1 flex flex-wrap items-center justify-end gap-x-4 gap-y-2 border-t border-line bg-canvas px-1 py-3 sm:bottom-0"
      >
        <input type="hidden" name="groupId" value={range === 'group' ? groupId : ''} />
        {/* What lies elsewhere is not left out, or it could not connect itself after it is moved here. */}
        <input type="hidden" name="keepOut" value={[...leftOutHere].filter((id) => !before.has(id)).join(',')} />
        <input type="hidden" name="letIn" value={excluded.filter((id) => !leftOut.has(id)).join(',')} />
        <p role="status" className="text-ink-soft tabular-nums">
          {connecting === 0 ? 'Nothing is connected at once.' : `${countNew(connecting)} connected at once.`}
        </p>
        <SubmitButton variant="primary" pendingLabel={follows ? 'Saving…' : 'Beginning…'}>
          {follows ? 'Save' : 'Follow'}
        </SubmitButton>
      </form>
    </div>
  )
}

const isListed = ({ state }: PickableSubscription): boolean => state !== NOT_LISTED

const countNew = (count: number): string =>
  count === 1 ? '1 subscription is' : `${count.toLocaleString('en')} subscriptions are`

type ChoiceProps = { checked: boolean; onChoose: () => void; disabled?: boolean; title: string; children: string }

function Choice({ checked, onChoose, disabled, title, children }: ChoiceProps) {
  return (
    <label className="flex items-start gap-3">
      <input
        type="radio"
        name="range"
        checked={checked}
        onChange={onChoose}
        disabled={disabled}
        className="mt-1 size-4 shrink-0 accent-accent"
      />
      <span className={disabled ? 'text-ink-faint' : ''}>
        {title}
        <span className="block text-sm text-ink-soft">{children}</span>
      </span>
    </label>
  )
}
