import Link from 'next/link'
import { type HistoryBegin, historyBeginSentence } from '@/lib/domain/retention'

/** How far back a connection can be asked, and what was deleted before that. Nothing for one that has no result yet. */
export function HistoryBeginLine({ begin }: { begin: HistoryBegin | null }) {
  if (!begin) return null
  return (
    <p className="mt-4 max-w-3xl text-sm text-ink-soft">
      {historyBeginSentence(begin)}{' '}
      <Link href="/settings/history" className="text-accent underline underline-offset-2">
        How long history is kept
      </Link>
    </p>
  )
}
