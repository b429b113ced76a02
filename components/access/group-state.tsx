import { CircleCheck, CircleDashed, CircleSlash, CircleX } from 'lucide-react'
import type { GroupState as State } from '@/lib/domain/vocabulary'
import { GROUP_WORDS } from './group-words'
import { HalfCircle } from './half-circle'

const MARKS = {
  whole: { mark: CircleCheck, tone: 'text-good' },
  flat: { mark: HalfCircle, tone: 'text-good' },
  not_asked: { mark: CircleDashed, tone: 'text-ink-faint' },
  not_permitted: { mark: CircleSlash, tone: 'text-warn' },
  not_found: { mark: CircleX, tone: 'text-bad' },
} satisfies Record<State, unknown>

/** How far a group was opened, as a mark and a word; why is on hover. */
export function GroupState({ state }: { state: State }) {
  const { mark: Mark, tone } = MARKS[state]
  const { word, says } = GROUP_WORDS[state]
  return (
    <span title={says} className="inline-flex items-center gap-1.5 whitespace-nowrap">
      <Mark aria-hidden className={`size-4 shrink-0 ${tone}`} />
      {word}
    </span>
  )
}
