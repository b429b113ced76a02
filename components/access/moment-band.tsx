import { ArrowLeft, ArrowRight, History } from 'lucide-react'
import Link from 'next/link'
import type { ReactNode } from 'react'
import { Button } from '@/components/ui/button'
import { ButtonLink } from '@/components/ui/button-link'
import { Popover } from '@/components/ui/popover'
import { formatMoment, instantWords, keepMoment, type MomentProblem } from '@/lib/domain/as-of'

/** The moments that a page of the past leads to, or what is wrong about the one that was asked for. */
type Shown =
  | { kind: 'shown'; at: Date; earlier: Date | null; later: Date | null }
  | { kind: 'not_shown'; problem: MomentProblem }

type Props = {
  shown: Shown
  /** The address of this page as of now, with its filters. */
  here: string
  /** What of the past is shown. */
  children?: ReactNode
  /** More buttons, after those that lead to the results beside it. */
  buttons?: ReactNode
}

/** Says unmistakably that a page shows the past, and leads to other moments and back to now. */
export function MomentBand({ shown, here, children, buttons }: Props) {
  return (
    <section
      aria-label="This is the past"
      className="mb-4 grid grid-cols-[minmax(0,1fr)] gap-3 rounded-lg border border-l-4 border-warn bg-warn-soft px-4 py-3"
    >
      <div className="flex gap-3">
        <History aria-hidden className="mt-0.5 size-5 shrink-0 text-warn" />
        <div className="grid min-w-0 gap-1">
          {shown.kind === 'not_shown' ? <Problem problem={shown.problem} /> : null}
          {children}
        </div>
      </div>
      <div className="flex flex-wrap items-end gap-2 print:hidden">
        <ButtonLink href={here} variant="primary" size="sm">
          Back to now
        </ButtonLink>
        {shown.kind === 'shown' ? (
          <>
            <ResultLink at={shown.earlier} here={here}>
              <ArrowLeft aria-hidden />
              Earlier result
            </ResultLink>
            <ResultLink at={shown.later} here={here}>
              Later result
              <ArrowRight aria-hidden />
            </ResultLink>
          </>
        ) : null}
        {shown.kind === 'not_shown' && shown.problem.next ? (
          <ButtonLink href={keepMoment(here, formatMoment(shown.problem.next.at))} size="sm" prefetch={false}>
            {shown.problem.next.label}
          </ButtonLink>
        ) : null}
        {buttons}
        <MomentForm here={here} at={shown.kind === 'shown' ? shown.at : null} />
      </div>
    </section>
  )
}

const Problem = ({ problem: { title, sentence } }: { problem: MomentProblem }) => (
  <>
    <h2 className="font-medium text-ink">{title}</h2>
    <p className="text-sm text-ink-soft">{sentence}</p>
  </>
)

type ResultLinkProps = { at: Date | null; here: string; children: ReactNode }

function ResultLink({ at, here, children }: ResultLinkProps) {
  if (!at) return null
  return (
    <ButtonLink href={keepMoment(here, formatMoment(at))} size="sm" prefetch={false} title={instantWords(at)}>
      {children}
    </ButtonLink>
  )
}

type PastLinksProps = {
  here: string
  /** The page that compares two moments, where there is one. */
  comparePath?: string
}

/** How a page of the present leads into the past. */
export function PastLinks({ here, comparePath }: PastLinksProps) {
  return (
    <Popover
      label="Look at the past"
      screenOnly
      trigger={
        <>
          <History aria-hidden className="text-ink-faint" />
          <span>Look at the past</span>
        </>
      }
    >
      <div className="grid gap-3">
        <MomentForm here={here} at={null} />
        <p className="text-xs">What is shown is the last result that there was at the end of that minute, in UTC.</p>
        {comparePath ? (
          <p>
            <Link href={comparePath} prefetch={false} className="link">
              Compare two moments
            </Link>
          </p>
        ) : null}
      </div>
    </Popover>
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
