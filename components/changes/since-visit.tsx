import Link from 'next/link'
import { type ChangeCounts, changeCountWords } from '@/lib/domain/change-words'
import { ALL_CHANGES, type ChangesView, formatChangesView } from '@/lib/domain/views'
import { momentWords } from '@/lib/domain/words'

/** The address of the changes since a moment, of one connection or of all. */
export const changesSinceHref = (after: Date, filter: Partial<ChangesView> = {}): string =>
  `/changes${formatChangesView({ ...ALL_CHANGES, after, ...filter })}`

type Props = {
  /** When the visit before this one ended. */
  since: Date
  /** What changed in all connections since then; null when it is too much to be counted. */
  changes: ChangeCounts | null
  /** How many connections need attention: what changed there may not have been seen. */
  attention: number
}

/** What changed since the reader was here before, over all connections, leading to these changes. */
export function SinceVisit({ since, changes, attention }: Props) {
  const words = changes ? changeCountWords(changes) : 'more than 1,000 changes'
  return (
    <p className="-mt-3 mb-4 text-sm text-ink-soft">
      {words ? (
        <>
          Since your last visit, {momentWords(since)}:{' '}
          <Link href={changesSinceHref(since)} prefetch={false} className="link">
            {words}
          </Link>
        </>
      ) : (
        <>Nobody was seen to gain or lose access since your last visit, {momentWords(since)}.</>
      )}
      {attention > 0 ? (
        <>
          {words ? '. ' : ' '}
          {attention === 1 ? '1 subscription needs' : `${attention.toLocaleString('en')} subscriptions need`} attention,
          and may have changes that were not seen.
        </>
      ) : null}
    </p>
  )
}
