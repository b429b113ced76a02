import { TriangleAlert } from 'lucide-react'
import { missedWords, whyUnknown } from '@/lib/domain/coverage'
import type { CoverageLine } from '@/lib/domain/vocabulary'

/**
 * Says beside a count that there may be more than was counted: with the reason where somebody's role now may be missing, and else, as where
 * eligible members of groups were not asked for, with the place that gives it. Nothing where all of it was read.
 */
export function MissedNote({ coverage }: { coverage: CoverageLine[] | null }) {
  if (coverage === null) return null
  const unknown = whyUnknown(coverage)
  if (unknown)
    return (
      <span className="text-warn">
        <TriangleAlert aria-hidden className="mb-0.5 inline size-3.5" /> There may be more: {unknown}.
      </span>
    )
  const missed = missedWords(coverage)
  return missed.length === 0 ? null : <span title={missed.join(' ')}>There may be more, see Coverage.</span>
}
