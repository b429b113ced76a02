import { Circle, CircleCheck, CircleX, LoaderCircle } from 'lucide-react'
import { PartlyMark } from '@/components/access/coverage'
import { RUN_PHASE_LABELS } from '@/components/access/labels'
import { ButtonLink } from '@/components/ui/button-link'
import { Name } from '@/components/ui/name'
import { Notice } from '@/components/ui/notice'
import { ElapsedTime, RelativeTime } from '@/components/ui/time'
import type { ConnectionProgress } from '@/db/queries/connections'
import { STATUS_WORDS } from '@/lib/domain/connection-status'
import { explain } from '@/lib/domain/problems'
import { RUN_PHASES, type RunPhase } from '@/lib/domain/vocabulary'
import { momentWords } from '@/lib/domain/words'
import { FoundList } from './found'
import { ProblemCodeLine } from './problem-code-line'

/** The phases that are shown; the others belong to the one before or after them. */
const SHOWN = ['reading_assignments', 'reading_people', 'publishing'] as const satisfies readonly RunPhase[]

type Run = NonNullable<ConnectionProgress['run']>

/** The sync that an attempt to connect began: phase by phase with what has been counted so far, and at its end what it found. */
export function SyncProgress({ progress }: { progress: ConnectionProgress }) {
  const { run, label, connectionId, nextSyncAt } = progress
  const succeeded = run?.state === 'succeeded'
  const ended = succeeded || run?.state === 'failed' || run?.state === 'cancelled'
  const isShown = succeeded && progress.found?.runId === run.id

  return (
    <section aria-label={label} className="rounded-lg border border-line bg-surface">
      <header className="flex items-baseline justify-between gap-3 border-b border-line px-4 py-2.5">
        <h3 className="min-w-0 font-medium break-words">
          <Name of={label} />
        </h3>
        <span className="shrink-0 text-sm text-ink-soft">
          {run?.startedAt && <ElapsedTime since={run.startedAt} until={run.finishedAt ?? undefined} />}
          {!run?.startedAt && !ended && 'Waiting'}
        </span>
      </header>
      <div className="px-4 py-3">
        {isShown ? <Result progress={progress} /> : succeeded ? <Superseded /> : <Phases run={run} />}
      </div>
      {run?.problem && run.state === 'failed' && <Failure problem={run.problem} nextSyncAt={nextSyncAt} />}
      {ended && (
        <div className="flex flex-wrap items-center justify-between gap-x-4 gap-y-2 border-t border-line px-4 py-3">
          <p className="text-sm text-ink-soft">{isShown && describeNextSync(nextSyncAt)}</p>
          <ButtonLink href={`/integrations/azure/${connectionId}`} variant={succeeded ? 'primary' : 'secondary'}>
            {succeeded ? 'See who has access' : `Open ${label}`}
          </ButtonLink>
        </div>
      )}
    </section>
  )
}

function Result({ progress: { found, connectionId } }: { progress: ConnectionProgress }) {
  const { people, unread, signals } = found ?? {}
  return (
    <FoundList
      connectionId={connectionId}
      found={{ people: people ?? 0, unread: unread ?? 0, signals: signals ?? {} }}
    />
  )
}

/** In place of what a sync found whose result readers see no more: a later one may have found something else. */
function Superseded() {
  return <p className="text-ink-soft">It was synced again since. Its page shows what was found.</p>
}

const describeNextSync = (at: Date | null): string => (at ? `Next sync ${momentWords(at)}` : 'No next sync is planned')

function Phases({ run }: { run: Run | null }) {
  return (
    <ol className="grid grid-cols-1 gap-2">
      {SHOWN.map((phase) => {
        const state = judgePhase(phase, run)
        return (
          <li key={phase} className="flex items-center gap-2.5">
            <ProgressMark state={state} />
            <span className={state === 'waiting' ? 'text-ink-soft' : ''}>{RUN_PHASE_LABELS[phase]}</span>
            <span className="ml-auto text-sm text-ink-soft tabular-nums">
              {state !== 'waiting' && run ? formatCount(phase, run) : ''}
            </span>
          </li>
        )
      })}
    </ol>
  )
}

function Failure({ problem, nextSyncAt }: { problem: NonNullable<Run['problem']>; nextSyncAt: Date | null }) {
  const { kind, title, sentence, next } = explain(problem.code)
  return (
    <Notice tone="bad" title={title} className="m-4 mt-1">
      <p>{sentence}</p>
      <p className="mt-1">{next}</p>
      {kind === 'transient' && nextSyncAt && (
        <p className="mt-1">
          Next try <RelativeTime at={nextSyncAt} />.
        </p>
      )}
      <ProblemCodeLine problem={problem} />
    </Notice>
  )
}

function judgePhase(phase: (typeof SHOWN)[number], run: Run | null): ProgressState {
  if (!run) return 'waiting'
  const at = RUN_PHASES.indexOf(run.phase)
  const own = RUN_PHASES.indexOf(phase)
  if (own < at) return 'done'
  if (own > at && !(run.phase === 'starting' && phase === 'reading_assignments')) return 'waiting'
  return run.state === 'running' || run.state === 'queued' ? 'current' : 'failed'
}

function formatCount(phase: (typeof SHOWN)[number], run: Run): string {
  const { assignments = run.assignments, people = run.people, peopleWanted } = run.counters
  if (phase === 'reading_assignments')
    return assignments ? number(assignments) : run.state === 'queued' ? 'waiting to start' : ''
  if (phase === 'reading_people')
    return peopleWanted ? `${number(people)} of ${number(peopleWanted)}` : people ? number(people) : ''
  return ''
}

const number = (count: number) => count.toLocaleString('en')

type ProgressState = 'waiting' | 'current' | 'done' | 'gaps' | 'failed'

const MARKS = {
  waiting: { icon: Circle, word: 'Not yet', className: 'text-ink-faint' },
  current: { icon: LoaderCircle, word: 'Under way', className: 'text-accent motion-safe:animate-spin' },
  done: { icon: CircleCheck, word: 'Done', className: 'text-good' },
  gaps: { icon: PartlyMark, word: STATUS_WORDS.gaps, className: 'text-warn' },
  failed: { icon: CircleX, word: 'Failed', className: 'text-bad' },
}

type ProgressMarkProps = {
  state: ProgressState
  size?: number
  /** Set where the text beside the mark tells the state, so that screen readers need no word for it. */
  labelled?: boolean
}

/** The mark of something that takes time, with a word for those who do not see the mark. */
function ProgressMark({ state, size = 16, labelled = false }: ProgressMarkProps) {
  const { icon: Icon, word, className } = MARKS[state]
  return (
    <>
      <Icon width={size} height={size} aria-hidden="true" className={`shrink-0 ${className}`} />
      {!labelled && <span className="sr-only">{word}: </span>}
    </>
  )
}

const TONES: Record<ProgressState, string> = {
  waiting: 'text-ink',
  current: 'text-ink',
  done: 'text-good',
  gaps: 'text-warn',
  failed: 'text-bad',
}

/** How the sync of one connection stands in one line, which screen readers announce when it changes. */
export function ProgressSummary({ run }: { run: Run | null }) {
  const { state, words, note } = summarise(run)
  return (
    <div>
      <p role="status" className={`flex items-center gap-2.5 text-xl font-semibold ${TONES[state]}`}>
        <ProgressMark state={state} size={24} labelled />
        {words}
      </p>
      {note && <p className="mt-1 text-ink-soft">{note}</p>}
    </div>
  )
}

/** Whether any of the syncs is still waiting or running. */
export const isUnderWay = (all: ConnectionProgress[]) =>
  all.some(({ run }) => !run || run.state === 'queued' || run.state === 'running')

function summarise(run: Run | null): { state: ProgressState; words: string; note: string | null } {
  if (!run || run.state === 'queued' || run.state === 'running')
    return {
      state: 'current',
      words: STATUS_WORDS.syncing,
      note: 'You can leave this page: the sync goes on, and its tile shows how far it is.',
    }
  if (run.state !== 'succeeded')
    return {
      state: 'failed',
      words: 'The sync failed',
      note: 'The connection is stored. What to do is said below.',
    }
  if (run.gaps)
    return { state: 'gaps', words: STATUS_WORDS.gaps, note: 'Something could not be read; its page says what.' }
  return { state: 'done', words: STATUS_WORDS.synced, note: null }
}
