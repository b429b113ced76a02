import type { ReactNode } from 'react'
import { Notice } from '@/components/ui/notice'
import { RelativeTime } from '@/components/ui/relative-time'
import type { ConnectionFacts } from '@/db/queries/connections'
import type { ConnectionStatus } from '@/lib/domain/connection-status'
import { explain } from '@/lib/domain/problems'

type Props = { connection: ConnectionFacts; status: ConnectionStatus; reconnect?: ReactNode }

/** Why what is shown may be out of date, how old it is, and what to do about it. Nothing when all is well. */
export function ConnectionNotice({ connection, status, reconnect }: Props) {
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

  const problem = currentProblem(connection)
  if (!problem) return null
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

type Problem = { code: string | null; aadsts?: number; correlationId?: string }

/** What stands in the way now. It stays shown while another try is under way: only a good result ends it. */
function currentProblem({ state, stateReason, lastRun }: ConnectionFacts): Problem | null {
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
