'use client'

import { type ReactNode, useId, useState } from 'react'
import { Button } from '@/components/ui/button'
import { SearchField, SelectField } from '@/components/ui/fields'
import { Notice } from '@/components/ui/notice'
import { describeStates, isReadable } from '@/lib/domain/subscription-state'
import { spellControls } from '@/lib/domain/words'
import { type FormField, isFree, type OtherSubscription, SubscriptionLine } from './subscription-line'

/** A subscription, with the lowest management group above it that the account sees. */
export type PickableSubscription = OtherSubscription & { groupId: string | null }

/**
 * A management group, with the ids of those above it, the tenant's root first. A list of them has the order of a tree. `isRoot`
 * is the tenant's root group, in which everything lies.
 */
export type PickableGroup = { id: string; name: string; isRoot: boolean; above: string[] }

type Props = {
  subscriptions: PickableSubscription[]
  groups: PickableGroup[]
  chosen: ReadonlySet<string>
  onChoose: (chosen: ReadonlySet<string>) => void
  /** Whether those chosen are left out of what is connected, so that they are called so. */
  isLeavingOut?: boolean
  /** Whether there are connected ones among them, so that they can be left out of sight. */
  mixed?: boolean
  /** Up to so many subscriptions are in sight at once, so that nothing is offered to search or narrow them by. */
  fewUpTo?: number
  /** The form that sends those that are chosen, and under which name; without it whoever holds `chosen` sends them. */
  field?: FormField
  /** What stands between the filters and the list. */
  children?: ReactNode
}

/** Lines that are drawn at first, and with each further wish: a thousand boxes make a browser slow. */
const LINES = 200

const SHOWN = ['all', 'free', 'connected'] as const
type Shown = (typeof SHOWN)[number]
const SHOWN_LABELS: Record<Shown, string> = {
  all: 'All subscriptions',
  free: 'Not connected yet',
  connected: 'Connected',
}

/**
 * Subscriptions to choose from: narrowed by search, management group and whether they are connected, and chosen one by one or
 * all that match. What was chosen stays chosen when the list is narrowed otherwise.
 */
export function SubscriptionPicker(props: Props) {
  const { subscriptions, groups, chosen, onChoose, isLeavingOut = false, mixed, fewUpTo = 0, field, children } = props
  const noteId = useId()
  const [search, setSearch] = useState('')
  const [groupId, setGroupId] = useState('')
  const [shown, setShown] = useState<Shown>('all')
  const [lines, setLines] = useState(LINES)
  const groupOf = new Map(groups.map((group) => [group.id, group]))
  const isUnder = (own: string | null, above: string) =>
    own !== null && (own === above || Boolean(groupOf.get(own)?.above.includes(above)))
  const wanted = search.trim().toLowerCase()
  const matching = subscriptions.filter(
    (one) =>
      (one.name.toLowerCase().includes(wanted) || one.subscriptionId.includes(wanted)) &&
      (groupId === '' || isUnder(one.groupId, groupId)) &&
      (shown === 'all' || (shown === 'connected') === (one.connectedAs !== null)),
  )
  const drawn = matching.slice(0, lines)
  const free = matching.filter(isFree)
  const areFew = subscriptions.length <= fewUpTo
  const choosable = isLeavingOut ? free : free.filter(({ state }) => isReadable(state))
  const stateNote = isLeavingOut ? null : describeStates(free.map(({ state }) => state))
  const allChosen = choosable.length > 0 && choosable.every(({ subscriptionId }) => chosen.has(subscriptionId))

  function toggle(id: string) {
    const next = new Set(chosen)
    if (!next.delete(id)) next.add(id)
    onChoose(next)
  }

  function toggleAll() {
    const ids = new Set(choosable.map(({ subscriptionId }) => subscriptionId))
    onChoose(allChosen ? new Set([...chosen].filter((id) => !ids.has(id))) : new Set([...chosen, ...ids]))
  }

  return (
    <div className="grid grid-cols-1 gap-3">
      {!areFew && (
        <div className="flex flex-wrap items-center gap-2">
          <SearchField
            label="Search subscriptions"
            className="max-w-none! flex-1 basis-56"
            onChange={(event) => setSearch(event.target.value)}
          />
          {groups.length > 0 && (
            <SelectField
              name="shownGroup"
              label="Management group"
              hideLabel
              className="min-w-0 flex-1 basis-48"
              value={groupId}
              onChange={(event) => setGroupId(event.target.value)}
              options={[{ value: '', label: 'All management groups' }, ...groups.map(toOption)]}
            />
          )}
          {mixed && (
            <SelectField
              name="shown"
              label="Which are shown"
              hideLabel
              className="min-w-0 flex-1 basis-40"
              value={shown}
              onChange={(event) => setShown(SHOWN.find((one) => one === event.target.value) ?? 'all')}
              options={SHOWN.map((value) => ({ value, label: SHOWN_LABELS[value] }))}
            />
          )}
        </div>
      )}
      {children}
      <div className="flex flex-wrap items-center justify-between gap-x-4 gap-y-1 empty:hidden">
        {(!areFew || free.length > 1) && (
          <label className="flex items-center gap-2 pl-4">
            <input
              type="checkbox"
              checked={allChosen}
              onChange={toggleAll}
              disabled={choosable.length === 0}
              aria-describedby={stateNote ? noteId : undefined}
              className="size-4 shrink-0 accent-accent"
            />
            <span className="pl-1 tabular-nums">Choose all {choosable.length.toLocaleString('en')}</span>
          </label>
        )}
        {(!areFew || free.length > 1) && stateNote && (
          <p id={noteId} className="min-w-0 flex-1 basis-56 text-sm text-ink-soft">
            {stateNote}
          </p>
        )}
        {!areFew && (
          <p role="status" className="text-sm text-ink-soft tabular-nums">
            {matching.length.toLocaleString('en')} of {subscriptions.length.toLocaleString('en')} subscriptions,{' '}
            {chosen.size.toLocaleString('en')} {isLeavingOut ? 'left out' : 'chosen'}
          </p>
        )}
      </div>
      {matching.length === 0 ? (
        <Notice title="No subscription matches">Search for another name or ID, or choose another group.</Notice>
      ) : (
        <ul aria-label="Subscriptions" className="divide-y divide-line rounded-lg border border-line bg-surface">
          {drawn.map((one) => (
            <SubscriptionLine
              key={one.subscriptionId}
              subscription={one}
              path={pathTo(one.groupId, groupOf)}
              field={field}
              checked={chosen.has(one.subscriptionId)}
              onToggle={() => toggle(one.subscriptionId)}
            />
          ))}
        </ul>
      )}
      {field && <ChosenOutOfSight {...{ field, chosen, drawn }} />}
      {matching.length > lines && (
        <div className="flex flex-wrap items-center justify-between gap-2 text-sm text-ink-soft">
          <p className="tabular-nums">
            The first {lines.toLocaleString('en')} are shown. “Choose all” means all{' '}
            {choosable.length.toLocaleString('en')}.
          </p>
          <Button size="sm" onClick={() => setLines(lines + LINES)}>
            Show {Math.min(LINES, matching.length - lines).toLocaleString('en')} more
          </Button>
        </div>
      )}
    </div>
  )
}

type ChosenOutOfSightProps = { field: FormField; chosen: ReadonlySet<string>; drawn: OtherSubscription[] }

/** Sends what is chosen and not drawn now, because the list is narrowed or long. */
function ChosenOutOfSight({ field, chosen, drawn }: ChosenOutOfSightProps) {
  const inSight = new Set(drawn.map(({ subscriptionId }) => subscriptionId))
  return [...chosen]
    .filter((id) => !inSight.has(id))
    .map((id) => <input key={id} type="hidden" {...field} value={id} />)
}

/** A management group after those above it, without the root group, in which everything lies. */
function pathTo(groupId: string | null, groupOf: ReadonlyMap<string, PickableGroup>): PickableGroup[] {
  const own = groupId === null ? undefined : groupOf.get(groupId)
  const path = own ? [...own.above.map((id) => groupOf.get(id)), own] : []
  return path.flatMap((group) => (group && !group.isRoot ? [group] : []))
}

/** Groups are indented by their depth, with em spaces, because browsers remove ordinary spaces. */
const toOption = ({ id, name, above }: PickableGroup) => ({
  value: id,
  label: `${'\u2003'.repeat(above.length)}${spellControls(name)}`,
})
