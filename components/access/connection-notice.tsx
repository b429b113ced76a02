import type { ReactNode } from 'react'
import { Notice } from '@/components/ui/notice'
import { RefreshWhile } from '@/components/ui/refresh-while'
import { ElapsedTime, RelativeTime } from '@/components/ui/time'
import type { ConnectionFacts } from '@/db/queries/connections'
import type { ConnectionStatus } from '@/lib/domain/connection-status'
import { dropWords } from '@/lib/domain/coverage'
import { explain } from '@/lib/domain/problems'
import type { CoverageLine } from '@/lib/domain/vocabulary'
import { RUN_PHASE_LABELS, RUN_STATE_LABELS } from './labels'

/** The sync that is under way: its phase and what it has counted so far, refreshed every two seconds. */
export function RunProgress({ run }: { run: NonNullable<ConnectionFacts['openRun']> }) {
  const { assignments, groups, groupsWanted, people, peopleWanted, roles } = run.counters
  const soFar = [
    assignments === undefined ? null : `${assignments.toLocaleString('en')} assignments`,
    roles === undefined ? null : `${roles.toLocaleString('en')} roles`,
    formatCount(groups, groupsWanted, 'groups'),
    formatCount(people, peopleWanted, 'people'),
  ].filter(Boolean)

  return (
    <div className="mb-4 flex flex-wrap items-center gap-x-3 gap-y-1 rounded-lg border border-line bg-accent-soft px-3 py-2 text-sm">
      <RefreshWhile active everyMs={2000} />
      <p role="status" className="font-medium">
        {run.state === 'queued' ? RUN_STATE_LABELS.queued : RUN_PHASE_LABELS[run.phase]}
      </p>
      <p className="text-ink-soft tabular-nums">{soFar.join(' · ')}</p>
      <ElapsedTime since={run.startedAt ?? run.requestedAt} className="ml-auto text-ink-soft" />
    </div>
  )
}

function formatCount(read: number | undefined, wanted: number | undefined, unit: string): string | null {
  if (read === undefined || (read === 0 && !wanted)) return null
  return `${read.toLocaleString('en')}${wanted ? ` of ${wanted.toLocaleString('en')}` : ''} ${unit}`
}

type ConnectionNoticeProps = { connection: ConnectionFacts; status: ConnectionStatus; reconnect?: ReactNode }

/** Why the data may be out of date, how old it is, and what to do about it. Nothing when all is well. */
export function ConnectionNotice({ connection, status, reconnect }: ConnectionNoticeProps) {
  const { state } = status
  if (state === 'disconnected')
    return (
      <Notice title="This subscription is disconnected" className="mb-4">
        Nothing is read from it any more. <LastGood connection={connection} />
      </Notice>
    )
  if (state === 'stale' || state === 'paused')
    return (
      <Notice
        tone="warn"
        title={state === 'stale' ? 'This data is older than its schedule' : 'Scheduled syncs are off'}
        className="mb-4"
      >
        <LastGood connection={connection} />{' '}
        {state === 'stale' ? 'Sync now; if it stays old, see Runs.' : 'Sync now, or choose a schedule under Settings.'}
      </Notice>
    )

  const problem = findProblem(connection)
  if (!problem) return <DropNotice coverage={connection.publishedRun?.coverage ?? []} />
  const { title, sentence, next, kind } = explain(problem.code)
  return (
    <Notice
      tone={state === 'failed' ? 'bad' : 'warn'}
      title={title}
      action={kind === 'sign_in' ? reconnect : null}
      className="mb-4"
    >
      <p>{sentence}</p>
      <p>{next}</p>
      <p>
        <LastGood connection={connection} />
      </p>
      {problem.aadsts || problem.correlationId ? (
        <p className="mt-1 font-mono text-xs break-all text-ink-faint">
          {[problem.aadsts ? `AADSTS${problem.aadsts}` : null, problem.correlationId].filter(Boolean).join(' · ')}
        </p>
      ) : null}
    </Notice>
  )
}

/** Says that many assignments are gone since an earlier result, because that can also mean that they are not seen any more. */
export function DropNotice({ coverage }: { coverage: CoverageLine[] }) {
  const line = coverage.find(({ drop }) => drop)
  if (!line?.drop) return null
  const { sentence, next } = explain('assignments_halved')
  return (
    <Notice tone="warn" title={dropWords(line.drop, line.read)} className="mb-4">
      {sentence} {next}
    </Notice>
  )
}

type Problem = { code: string | null; aadsts?: number; correlationId?: string }

/** What keeps the connection from being read. It stays shown while another sync runs, because only a good result ends it. */
function findProblem({ state, stateReason, lastRun }: ConnectionFacts): Problem | null {
  const failure = lastRun?.state === 'failed' ? lastRun.problem : null
  if (state === 'reconnect_needed' || state === 'action_needed')
    return failure && failure.code === stateReason ? failure : { code: stateReason }
  if (lastRun?.state === 'failed') return failure ?? { code: null }
  return null
}

function LastGood({ connection: { publishedAt } }: { connection: ConnectionFacts }) {
  if (!publishedAt) return <>There is no earlier data to show.</>
  return (
    <>
      What you see is the last good data, read <RelativeTime at={publishedAt} />.
    </>
  )
}
