import type { ConnectionProgress } from '@/db/queries/connections'
import { ProgressMark, type ProgressState } from './progress-mark'

/** One line for all connections together, announced when it changes; it ends in *Synced*. */
export function ProgressSummary({ all }: { all: ConnectionProgress[] }) {
  const { state, words, note } = summarise(all)
  const tone = state === 'done' ? 'text-good' : state === 'failed' ? 'text-bad' : 'text-ink'
  return (
    <div>
      <p role="status" className={`flex items-center gap-2.5 text-xl font-semibold ${tone}`}>
        <ProgressMark state={state} size={24} said />
        {words}
      </p>
      <p className="mt-1 text-ink-soft">{note}</p>
    </div>
  )
}

/** Whether any of the runs can still change by itself while someone looks on. */
export const underWay = (all: ConnectionProgress[]) =>
  all.some(({ run }) => !run || run.state === 'queued' || run.state === 'running')

function summarise(all: ConnectionProgress[]): { state: ProgressState; words: string; note: string } {
  const failed = all.filter(({ run }) => run?.state === 'failed' || run?.state === 'cancelled').length
  if (underWay(all))
    return {
      state: 'current',
      words: 'Syncing',
      note: 'You can leave this page: the sync goes on, and its tile shows how far it is.',
    }
  if (failed > 0) {
    const words = all.length === 1 ? 'The sync failed' : `${failed} of ${all.length} syncs failed`
    return { state: 'failed', words, note: 'The connection is stored. What to do stands below.' }
  }
  const gaps = all.some(({ run }) => run?.gaps)
  const subject =
    all.length === 1
      ? 'The subscription is'
      : all.length === 2
        ? 'Both subscriptions are'
        : `All ${all.length} subscriptions are`
  return {
    state: 'done',
    words: gaps ? 'Synced with gaps' : 'Synced',
    note: gaps
      ? `${subject} connected. Something could not be read; its page says what.`
      : `${subject} connected and kept up to date on schedule.`,
  }
}
