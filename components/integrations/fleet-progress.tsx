import { ATTENTION_STATES } from '@/lib/domain/connection-status'
import type { ConnectionStatusState } from '@/lib/domain/vocabulary'
import { attentionWords } from '@/lib/domain/words'

/**
 * How many connections are in each of these ways: `synced` are those of which everything that was asked for was read whole, `gaps`
 * those of which it was not, `paused` those whose schedule is off and whose result is old; `waiting` have not begun.
 */
export type Progress = Record<'total' | 'synced' | 'gaps' | 'paused' | 'syncing' | 'waiting' | 'attention', number>

type Props = {
  progress: Progress
  /** How many people have access in what is synced so far, each counted once; left out where nobody has counted them. */
  people?: number | undefined
}

/** How often screen readers are told: often enough to know that it goes on, and seldom enough to be listened to. */
const ANNOUNCED_STEPS = 10

/**
 * How far many syncs have come: in words, and as one bar. Screen readers are told at each tenth and at the end, and not each
 * time that a number changes.
 */
export function FleetProgress({ progress, people }: Props) {
  const { total, synced, gaps, paused, syncing, waiting, attention } = progress
  const under = syncing + waiting
  const parts = [
    syncing > 0 ? `${number(syncing)} syncing` : null,
    waiting > 0 ? `${number(waiting)} waiting` : null,
    gaps > 0 ? `${number(gaps)} synced with gaps` : null,
    paused > 0 ? `${number(paused)} paused` : null,
    attention > 0 ? attentionWords(attention) : null,
  ].filter((part) => part !== null)

  return (
    <section aria-label="Progress" className="mb-4 grid grid-cols-1 gap-2">
      <div className="flex flex-wrap items-baseline justify-between gap-x-4 gap-y-1">
        <p className="text-xl font-semibold tabular-nums">
          {number(synced)} of {number(total)} synced
          {people !== undefined && `, ${number(people)} ${people === 1 ? 'person' : 'people'}`}
        </p>
        <p className="min-h-5 text-sm text-ink-soft tabular-nums">{parts.join(', ') || 'Nothing is being synced.'}</p>
      </div>
      <div
        role="progressbar"
        aria-label="Synced subscriptions"
        aria-valuemin={0}
        aria-valuemax={total}
        aria-valuenow={synced}
        aria-valuetext={`${number(synced)} of ${number(total)} synced`}
        className="flex h-2 overflow-hidden rounded-md border border-line bg-ink/4 forced-colors:border-[CanvasText]"
      >
        <Part of={total} count={synced} className="bg-good forced-colors:bg-[Highlight]" />
        <Part of={total} count={gaps + paused + attention} className="bg-warn forced-colors:bg-[Mark]" />
        <Part of={total} count={syncing} className="bg-accent" />
      </div>
      <p role="status" className="sr-only">
        {announce(progress, under)}
      </p>
    </section>
  )
}

function Part({ of, count, className }: { of: number; count: number; className: string }) {
  return <span className={className} style={{ width: of === 0 ? 0 : `${(100 * count) / of}%` }} />
}

function announce({ total, synced, gaps, paused, attention }: Progress, under: number): string {
  if (total === 0) return ''
  if (under > 0) {
    const tenth = Math.floor((ANNOUNCED_STEPS * (total - under)) / total)
    return `Syncing, ${tenth * (100 / ANNOUNCED_STEPS)} percent done.`
  }
  if (synced === total) return 'Done: all are synced.'
  const others = [
    gaps > 0 ? `${number(gaps)} with gaps` : null,
    paused > 0 ? `${number(paused)} paused` : null,
    attention > 0 ? `${number(attention)} that need attention` : null,
  ]
  return `Done: ${[`${number(synced)} synced`, ...others].filter((part) => part !== null).join(', ')}.`
}

const number = (count: number) => count.toLocaleString('en')

/** The ways of {@link Progress}, from how many there are in each state. */
export function toProgress(counts: { state: ConnectionStatusState; all: number; waiting: number }[]): Progress {
  const sum = (wanted: (state: ConnectionStatusState) => boolean) =>
    counts.filter(({ state }) => wanted(state)).reduce((total, { all }) => total + all, 0)
  const waiting = counts.reduce((total, one) => total + one.waiting, 0)
  return {
    total: sum((state) => state !== 'disconnected'),
    synced: sum((state) => state === 'synced'),
    gaps: sum((state) => state === 'gaps'),
    paused: sum((state) => state === 'paused'),
    syncing: sum((state) => state === 'syncing') - waiting,
    waiting,
    attention: sum(
      (state) => state !== 'gaps' && (ATTENTION_STATES as readonly ConnectionStatusState[]).includes(state),
    ),
  }
}
