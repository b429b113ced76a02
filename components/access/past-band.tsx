import { ButtonLink } from '@/components/ui/button-link'
import { formatMoment, instantWords, type MomentProblem, parseMoment } from '@/lib/domain/as-of'
import type { RunTrigger } from '@/lib/domain/vocabulary'
import { isolateName } from '@/lib/domain/words'
import { MomentBand } from './moment-band'

/** What a page of a subscription shows of the past: a result with those next to it, or why there is none to show. */
type Past =
  | { kind: 'shown'; asked: string; result: ShownResult; earlier: Date | null; later: Date | null }
  | { kind: 'not_shown'; asked: string; problem: MomentProblem }

type ShownResult = { publishedAt: Date; trigger: RunTrigger; requestedByName: string | null }

type Props = {
  past: Past
  /** The address of this page as of now, with its filters. */
  here: string
  /** The page that compares two moments. */
  comparePath: string
}

/** Says that a page of a subscription shows the past, which result of it, and what of it is not kept. */
export function PastBand({ past, here, comparePath }: Props) {
  if (past.kind === 'not_shown') return <MomentBand shown={past} here={here} />
  const { result, earlier, later } = past
  return (
    <MomentBand
      shown={{ kind: 'shown', at: result.publishedAt, earlier, later }}
      here={here}
      buttons={
        later ? (
          <ButtonLink
            href={`${comparePath}?from=${encodeURIComponent(formatMoment(result.publishedAt))}`}
            size="sm"
            prefetch={false}
          >
            Compare with now
          </ButtonLink>
        ) : null
      }
    >
      <OfResult past={past} />
    </MomentBand>
  )
}

function OfResult({ past: { asked, result, later } }: { past: Extract<Past, { kind: 'shown' }> }) {
  const moment = parseMoment(asked)?.at
  return (
    <>
      <h2 className="font-medium text-ink">
        The past, as Rolecall saw it on{' '}
        <time dateTime={formatMoment(result.publishedAt)}>{instantWords(result.publishedAt)}</time>,{' '}
        {describeRun(result)}
      </h2>
      <p className="text-sm text-ink-soft">
        {moment && moment.getTime() !== result.publishedAt.getTime()
          ? `It is the last result by ${instantWords(moment)}, which was asked for. `
          : ''}
        {later
          ? `This stood until the next result, on ${instantWords(later)}.`
          : 'No result has come since, so that this is also what is shown now.'}{' '}
        Who holds what, who is in which group, and the status of those who hold a role are as they were then. Names,
        email addresses, last sign-ins, what a role allows, and the management groups above the subscription are as
        known now.
      </p>
    </>
  )
}

/** Which sync a result is from, as the end of a sentence. */
function describeRun({ trigger, requestedByName }: ShownResult): string {
  switch (trigger) {
    case 'connect':
      return 'by its first sync.'
    case 'reconnect':
      return 'by the sync that followed a new sign-in.'
    case 'manual':
      return `by a sync that ${requestedByName ? isolateName(requestedByName) : 'somebody'} started.`
    case 'schedule':
      return 'by the sync that was due by its schedule.'
    case 'retry':
      return 'by the second try of a sync that had failed.'
  }
}
