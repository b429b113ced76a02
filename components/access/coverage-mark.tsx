import { CircleCheck, CircleDashed, CircleMinus, CircleSlash } from 'lucide-react'
import type { CoverageLine } from '@/lib/domain/vocabulary'
import { HalfCircle } from './half-circle'

/** The mark of a line of coverage; amber for a gap only. The words beside it say the same. */
export function CoverageMark({ state, gap }: { state: CoverageLine['state']; gap: boolean }) {
  const Mark = {
    whole: CircleCheck,
    partly: HalfCircle,
    not_permitted: CircleSlash,
    not_licensed: CircleMinus,
    not_asked: CircleDashed,
  }[state]
  const tone = state === 'whole' ? 'text-good' : gap ? 'text-warn' : 'text-ink-faint'
  return <Mark aria-hidden className={`mt-0.5 size-4 ${tone}`} />
}
