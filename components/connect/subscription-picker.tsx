'use client'

import { type ReactNode, useState } from 'react'
import { Button } from '@/components/ui/button'
import { SearchField, SelectField } from '@/components/ui/fields'
import { Notice } from '@/components/ui/notice'
import { spellControls } from '@/lib/domain/words'
import { isFree, type OtherSubscription, SubscriptionLine } from './subscription-line'

/** A subscription, with the lowest management group above it that the account sees. */
export type PickableSubscription = OtherSubscription & { groupId: string | null }

/** A management group, with the ids of those above it, the tenant's root first. A list of them has the order of a tree. */
export type PickableGroup = { id: string; name: string; above: string[] }

type Props = {
  subscriptions: PickableSubscription[]
  groups: PickableGroup[]
  chosen: ReadonlySet<string>
  onChoose: (chosen: ReadonlySet<string>) => void
  /** What those are called that were chosen: `12 chosen`. */
  word?: string
  /** Whether there are connected ones among them, so that they can be left out of sight. */
  mixed?: boolean
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
export function SubscriptionPicker({ subscriptions, groups, chosen, onChoose, word, mixed, children }: Props) {
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
  const free = matching.filter(isFree)
  const allChosen = free.length > 0 && free.every(({ subscriptionId }) => chosen.has(subscriptionId))

  function toggle(id: string) {
    const next = new Set(chosen)
    if (!next.delete(id)) next.add(id)
    onChoose(next)
  }

  function toggleAll() {
    const ids = new Set(free.map(({ subscriptionId }) => subscriptionId))
    onChoose(allChosen ? new Set([...chosen].filter((id) => !ids.has(id))) : new Set([...chosen, ...ids]))
  }

  return (
    <div className="grid grid-cols-1 gap-3">
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
      {children}
      <div className="flex flex-wrap items-center justify-between gap-x-4 gap-y-1">
        <label className="flex items-center gap-2 pl-4">
          <input
            type="checkbox"
            checked={allChosen}
            onChange={toggleAll}
            disabled={free.length === 0}
            className="size-4 shrink-0 accent-accent"
          />
          <span className="pl-1 tabular-nums">Choose all {free.length.toLocaleString('en')}</span>
        </label>
        <p role="status" className="text-sm text-ink-soft tabular-nums">
          {matching.length.toLocaleString('en')} of {subscriptions.length.toLocaleString('en')} subscriptions,{' '}
          {chosen.size.toLocaleString('en')} {word ?? 'chosen'}
        </p>
      </div>
      {matching.length === 0 ? (
        <Notice title="No subscription matches">Search for another name or ID, or choose another group.</Notice>
      ) : (
        <ul aria-label="Subscriptions" className="divide-y divide-line rounded-lg border border-line bg-surface">
          {matching.slice(0, lines).map((one) => (
            <SubscriptionLine
              key={one.subscriptionId}
              subscription={one}
              group={one.groupId === null ? null : groupOf.get(one.groupId)?.name}
              checked={chosen.has(one.subscriptionId)}
              onToggle={() => toggle(one.subscriptionId)}
            />
          ))}
        </ul>
      )}
      {matching.length > lines && (
        <div className="flex flex-wrap items-center justify-between gap-2 text-sm text-ink-soft">
          <p className="tabular-nums">
            The first {lines.toLocaleString('en')} are shown. “Choose all” means all {free.length.toLocaleString('en')}.
          </p>
          <Button size="sm" onClick={() => setLines(lines + LINES)}>
            Show {Math.min(LINES, matching.length - lines).toLocaleString('en')} more
          </Button>
        </div>
      )}
    </div>
  )
}

/** Groups are indented by their depth, with em spaces, because browsers remove ordinary spaces. */
const toOption = ({ id, name, above }: PickableGroup) => ({
  value: id,
  label: `${'\u2003'.repeat(above.length)}${spellControls(name)}`,
})
