import { Name } from '@/components/ui/name'
import { Notice } from '@/components/ui/notice'
import { SubmitButton } from '@/components/ui/submit-button'
import { RelativeTime } from '@/components/ui/time'
import { explain } from '@/lib/domain/problems'

type Props = {
  account: {
    state: string
    followedGroup: { name: string } | null
    lookedAt: Date | null
    lookProblem: string | null
  }
  lookNow: () => Promise<void>
  stop: () => Promise<void>
}

/** That an account follows, what it follows, how the last look ended, and how to look at once or to stop. */
export function FollowState({ account, lookNow, stop }: Props) {
  const { state, followedGroup, lookedAt, lookProblem } = account
  const problem = lookProblem ? explain(lookProblem) : null
  return (
    <section aria-labelledby="follows" className="rounded-lg border border-line bg-surface p-4">
      <div className="flex flex-wrap items-start justify-between gap-x-6 gap-y-3">
        <div className="min-w-0 flex-1 basis-72">
          <h2 id="follows" className="font-medium">
            {followedGroup ? (
              <>
                This account follows the management group <Name of={followedGroup.name} />
              </>
            ) : (
              'This account follows its tenant'
            )}
          </h2>
          <p className="mt-0.5 text-ink-soft">
            {state === 'active'
              ? 'Subscriptions that it can read newly connect themselves within six hours.'
              : 'Nothing is looked for until it is reconnected.'}{' '}
            {lookedAt && (
              <>
                Last look <RelativeTime at={lookedAt} />.
              </>
            )}
          </p>
        </div>
        <div className="flex flex-wrap gap-2">
          {state === 'active' && (
            <form action={lookNow}>
              <SubmitButton pendingLabel="Looking…">Look now</SubmitButton>
            </form>
          )}
          <form action={stop}>
            <SubmitButton pendingLabel="Ending…">Stop following</SubmitButton>
          </form>
        </div>
      </div>
      {problem && (
        <Notice tone="warn" title={problem.title} className="mt-3">
          The last look connected nothing. {problem.sentence} {problem.next}
        </Notice>
      )}
    </section>
  )
}
