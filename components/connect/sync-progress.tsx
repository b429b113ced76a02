import { ButtonLink } from '@/components/ui/button-link'
import { ElapsedTime } from '@/components/ui/elapsed-time'
import { Notice } from '@/components/ui/notice'
import { RelativeTime } from '@/components/ui/relative-time'
import type { ConnectionProgress } from '@/db/queries/connections'
import { explain } from '@/lib/domain/problems'
import type { RunPhase } from '@/lib/domain/vocabulary'
import { ProblemCodeLine } from './problem-code-line'
import { ProgressMark, type ProgressState } from './progress-mark'

const PHASES = [
  'starting',
  'reading_assignments',
  'reading_groups',
  'reading_people',
  'publishing',
  'done',
] as const satisfies readonly RunPhase[]
const SHOWN = [
  { phase: 'reading_assignments', name: 'Reading role assignments' },
  { phase: 'reading_people', name: 'Reading people' },
  { phase: 'publishing', name: 'Publishing' },
] as const

type Run = NonNullable<ConnectionProgress['run']>

/** The first sync of one connection, phase by phase, with what was really counted so far. */
export function SyncProgress({ progress }: { progress: ConnectionProgress }) {
  const { run, label, connectionId, nextSyncAt } = progress
  const succeeded = run?.state === 'succeeded'
  const ended = succeeded || run?.state === 'failed' || run?.state === 'cancelled'

  return (
    <section aria-label={label} className="rounded-lg border border-line bg-surface">
      <header className="flex items-baseline justify-between gap-3 border-b border-line px-4 py-2.5">
        <h3 dir="auto" className="min-w-0 font-medium break-words">
          {label}
        </h3>
        <span className="shrink-0 text-sm text-ink-soft">
          {run ? (
            <ElapsedTime since={run.startedAt ?? run.requestedAt} until={run.finishedAt ?? undefined} />
          ) : (
            'Waiting'
          )}
        </span>
      </header>
      <ol className="grid grid-cols-1 gap-2 px-4 py-3">
        {SHOWN.map(({ phase, name }) => {
          const state = stateOf(phase, run)
          return (
            <li key={phase} className="flex items-center gap-2.5">
              <ProgressMark state={state} />
              <span className={state === 'waiting' ? 'text-ink-soft' : ''}>{name}</span>
              <span className="ml-auto text-sm text-ink-soft tabular-nums">
                {state !== 'waiting' && run ? countOf(phase, run) : ''}
              </span>
            </li>
          )
        })}
      </ol>
      {run?.problem && run.state === 'failed' && <Failure problem={run.problem} nextSyncAt={nextSyncAt} />}
      {ended && (
        <div className="flex justify-end border-t border-line px-4 py-3">
          <ButtonLink href={`/integrations/azure/${connectionId}`} variant={succeeded ? 'primary' : 'secondary'}>
            {succeeded ? 'See who has access' : `Open ${label}`}
          </ButtonLink>
        </div>
      )}
    </section>
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

function stateOf(phase: (typeof SHOWN)[number]['phase'], run: Run | null): ProgressState {
  if (!run) return 'waiting'
  if (run.state === 'succeeded') return 'done'
  const at = PHASES.indexOf(run.phase)
  const own = PHASES.indexOf(phase)
  if (own < at) return 'done'
  if (own > at && !(run.phase === 'starting' && phase === 'reading_assignments')) return 'waiting'
  return run.state === 'running' || run.state === 'queued' ? 'current' : 'failed'
}

function countOf(phase: (typeof SHOWN)[number]['phase'], run: Run): string {
  const { assignments = run.assignments, people = run.people, peopleWanted } = run.counters
  if (phase === 'reading_assignments')
    return assignments ? number(assignments) : run.state === 'queued' ? 'waiting to start' : ''
  if (phase === 'reading_people')
    return peopleWanted ? `${number(people)} of ${number(peopleWanted)}` : people ? number(people) : ''
  return ''
}

const number = (count: number) => count.toLocaleString('en')
