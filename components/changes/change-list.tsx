import { ArrowDownRight, ArrowUpRight, CircleDot, Eye, EyeOff, type LucideIcon } from 'lucide-react'
import Link from 'next/link'
import { Chip } from '@/components/ui/chip'
import { joinClasses } from '@/components/ui/join-classes'
import type { ChangeEffectRow, ChangeRow } from '@/db/queries/changes'
import { causeWords, EFFECT_LABELS, effectWords } from '@/lib/domain/change-words'
import type { Effect } from '@/lib/domain/vocabulary'
import { dateWords, momentWords } from '@/lib/domain/words'

const LOOKS: Record<Effect, { Icon: LucideIcon; tone: string }> = {
  gained: { Icon: ArrowUpRight, tone: 'text-accent' },
  lost: { Icon: ArrowDownRight, tone: 'text-ink-soft' },
  altered: { Icon: CircleDot, tone: 'text-ink-soft' },
  seen: { Icon: Eye, tone: 'text-ink-faint' },
  unseen: { Icon: EyeOff, tone: 'text-ink-faint' },
}

type Props = { changes: ChangeRow[]; hrefOf: (change: ChangeRow) => string }

/** Changes of access, the latest first, under the day on which each was first seen. */
export function ChangeList({ changes, hrefOf }: Props) {
  const days = [...Map.groupBy(changes, ({ at }) => dateWords(at))]
  return days.map(([day, ofDay]) => (
    <section key={day} aria-label={day} data-list tabIndex={-1} className="mb-6">
      <h2 className="mb-2 text-sm font-semibold text-ink-soft">{day}</h2>
      <ul className="divide-y divide-line rounded-lg border border-line bg-surface">
        {ofDay.map((change) => (
          <li key={change.id} data-row>
            <Entry change={change} href={hrefOf(change)} />
          </li>
        ))}
      </ul>
    </section>
  ))
}

/** The most effects of one change that the list tells; the page of the change tells all. */
const MOST_EFFECTS = 3

function Entry({ change, href }: { change: ChangeRow; href: string }) {
  const shown = change.effects.slice(0, MOST_EFFECTS)
  const more = change.effects.length - shown.length
  return (
    <Link
      href={href}
      prefetch={false}
      className="grid gap-x-4 gap-y-1 px-4 py-3 hover:bg-ink/3 sm:grid-cols-[minmax(0,1fr)_auto]"
    >
      <div className="grid min-w-0 gap-1">
        {shown.map((effect) => (
          <EffectLine key={`${effect.nodeId} ${effect.effect}`} change={change} effect={effect} />
        ))}
        {more > 0 ? <p className="pl-6 text-sm text-ink-soft">and {more.toLocaleString('en')} more</p> : null}
        <p className="pl-6 text-sm wrap-anywhere text-ink-soft">{causeWords(change)}</p>
      </div>
      <SeenAt change={change} className="pl-6 text-sm text-ink-faint sm:pl-0" />
    </Link>
  )
}

/** What a change did at one place: an icon, the sentence, and whether a privileged role is among it. */
export function EffectLine({ change, effect }: { change: ChangeRow; effect: ChangeEffectRow }) {
  const { Icon, tone } = LOOKS[effect.effect]
  return (
    <p className="flex min-w-0 items-start gap-2">
      <Icon aria-hidden className={joinClasses('mt-0.5 size-4 shrink-0', tone)} />
      <span className="min-w-0 font-medium wrap-anywhere">
        <span className="sr-only">{EFFECT_LABELS[effect.effect]}: </span>
        {effectWords(change, effect)} {effect.privileged ? <Chip tone="accent">privileged</Chip> : null}
      </span>
    </p>
  )
}

/** When a change was first seen; on hover, until when it was not so yet. */
function SeenAt({ change: { at, after }, className }: { change: ChangeRow; className?: string }) {
  const title = after
    ? `First seen ${momentWords(at)}. Not so yet ${momentWords(after)}.`
    : `First seen ${momentWords(at)}.`
  return (
    <time dateTime={at.toISOString()} title={title} className={joinClasses('tabular-nums', className)}>
      {at.toISOString().slice(11, 16)} UTC
    </time>
  )
}
