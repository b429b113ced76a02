import { ArrowLeft, ArrowRight, History } from 'lucide-react'
import Link from 'next/link'
import type { ReactNode } from 'react'
import { Button } from '@/components/ui/button'
import { ButtonLink } from '@/components/ui/button-link'
import { formatMoment, instantWords, keepMoment, type MomentProblem, parseMoment } from '@/lib/domain/as-of'
import type { RunTrigger } from '@/lib/domain/vocabulary'
import { isolateName } from '@/lib/domain/words'

/** What a page shows of the past: a result with those next to it, or why there is none to show. */
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

/** Says that the page shows the past, whose past, what of it is not kept, and leads to other moments and back to now. */
export function PastBand({ past, here, comparePath }: Props) {
  return (
    <section
      aria-label="This is the past"
      className="mb-4 grid grid-cols-[minmax(0,1fr)] gap-3 rounded-lg border border-l-4 border-warn bg-warn-soft px-4 py-3"
    >
      <div className="flex gap-3">
        <History aria-hidden className="mt-0.5 size-5 shrink-0 text-warn" />
        {past.kind === 'shown' ? <OfResult past={past} /> : <OfProblem problem={past.problem} />}
      </div>
      <div className="flex flex-wrap items-end gap-2 print:hidden">
        <ButtonLink href={here} variant="primary" size="sm">
          Back to now
        </ButtonLink>
        {past.kind === 'shown' ? <Neighbours past={past} here={here} comparePath={comparePath} /> : null}
        {past.kind === 'not_shown' && past.problem.next ? (
          <ButtonLink href={keepMoment(here, formatMoment(past.problem.next.at))} size="sm" prefetch={false}>
            {past.problem.next.label}
          </ButtonLink>
        ) : null}
        <MomentForm here={here} at={past.kind === 'shown' ? past.result.publishedAt : null} />
      </div>
    </section>
  )
}

function OfResult({ past: { asked, result, later } }: { past: Extract<Past, { kind: 'shown' }> }) {
  const moment = parseMoment(asked)?.at
  return (
    <div className="grid gap-1">
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
    </div>
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
      return `by the sync that ${requestedByName ? isolateName(requestedByName) : 'somebody'} asked for.`
    case 'schedule':
      return 'by the sync that was due by its schedule.'
    case 'retry':
      return 'by the second try of a sync that had failed.'
  }
}

const OfProblem = ({ problem: { title, sentence } }: { problem: MomentProblem }) => (
  <div className="grid gap-1">
    <h2 className="font-medium text-ink">{title}</h2>
    <p className="text-sm text-ink-soft">{sentence}</p>
  </div>
)

type NeighboursProps = Omit<Props, 'past'> & { past: Extract<Past, { kind: 'shown' }> }

function Neighbours({ past: { result, earlier, later }, here, comparePath }: NeighboursProps) {
  const link = (at: Date | null, content: ReactNode) =>
    at ? (
      <ButtonLink href={keepMoment(here, formatMoment(at))} size="sm" prefetch={false} title={instantWords(at)}>
        {content}
      </ButtonLink>
    ) : null
  return (
    <>
      {link(
        earlier,
        <>
          <ArrowLeft aria-hidden />
          Earlier result
        </>,
      )}
      {link(
        later,
        <>
          Later result
          <ArrowRight aria-hidden />
        </>,
      )}
      {later ? (
        <ButtonLink
          href={`${comparePath}?from=${encodeURIComponent(formatMoment(result.publishedAt))}`}
          size="sm"
          prefetch={false}
        >
          Compare with now
        </ButtonLink>
      ) : null}
    </>
  )
}

/** How a page of the present leads into the past. */
export function PastLinks({ here, comparePath }: Omit<Props, 'past'>) {
  return (
    <details className="group mb-4 text-sm text-ink-soft print:hidden">
      <summary className="-mx-1 inline-flex items-center gap-1 rounded-md px-1 hover:text-ink">
        <History aria-hidden className="size-4 shrink-0" />
        Look at the past
      </summary>
      <div className="mt-2 flex flex-wrap items-end gap-x-4 gap-y-2 rounded-lg border border-line bg-surface px-3 py-2.5">
        <MomentForm here={here} at={null} />
        <Link href={comparePath} prefetch={false} className="link self-center">
          Compare two moments
        </Link>
        <p className="basis-full text-xs">
          A minute counts to its end, and so does a day alone, as in an address with at=2026-03-12.
        </p>
      </div>
    </details>
  )
}

/** Asks for a moment and opens this page at it. A plain form, whose field makes the address. */
function MomentForm({ here, at }: { here: string; at: Date | null }) {
  const [path = '', query = ''] = here.split('?')
  return (
    <form action={path} className="flex flex-wrap items-end gap-2">
      {[...new URLSearchParams(query)].map(([name, value]) => (
        <input key={name} type="hidden" name={name} value={value} />
      ))}
      <MomentField name="at" label="Day and time, in UTC" at={at} />
      <Button type="submit" size="sm">
        Show
      </Button>
    </form>
  )
}

type MomentFieldProps = { name: string; label: string; at: Date | null; large?: boolean }

/** A field for a day and a time in UTC, to the second: two results may be of one minute. */
export function MomentField({ name, label, at, large = false }: MomentFieldProps) {
  return (
    <label className="grid gap-1 text-xs text-ink-soft">
      {label}
      <input
        type="datetime-local"
        name={name}
        step={1}
        // A link to another moment makes a new field; one that somebody has changed would keep its text.
        key={at?.getTime()}
        defaultValue={at ? formatMoment(at).slice(0, 19) : undefined}
        className={`rounded-md border border-line-strong bg-surface px-2 text-sm text-ink ${large ? 'h-9' : 'h-7'}`}
      />
    </label>
  )
}
