import { ChevronRight } from 'lucide-react'
import Link from 'next/link'
import type { ReactNode } from 'react'
import { MomentBand, PastLinks } from '@/components/access/moment-band'
import { formatMoment, instantsWords, instantWords, keepMoment, parseMoment } from '@/lib/domain/as-of'
import { spellControls } from '@/lib/domain/words'
import type { PastOfAll } from '@/lib/past-results'

type Props = {
  /** Null for now. */
  past: PastOfAll | null
  /** The address of this page as of now, with its filters. */
  here: string
  /** More buttons of the page: beside the one that leads into the past, or below the band. */
  children?: ReactNode
}

/**
 * Says that a page over all subscriptions shows the past, each by its own result of then, and of which of them nothing is shown. Leads
 * into the past from a page of now.
 */
export function AllPastBand({ past, here, children }: Props) {
  if (!past)
    return (
      <div className="mb-3 flex flex-wrap gap-x-6 gap-y-1 text-sm">
        <PastLinks here={here} />
        {children}
      </div>
    )
  return (
    <>
      <MomentBand shown={past.kind === 'shown' ? { ...past, at: past.publishedAt } : past} here={here}>
        {past.kind === 'shown' ? <OfResults past={past} /> : null}
        <Hidden hidden={past.hidden} at={past.asked} />
      </MomentBand>
      {children ? <div className="mb-3 text-sm">{children}</div> : null}
    </>
  )
}

function OfResults({ past: { asked, publishedAt, later } }: { past: Extract<PastOfAll, { kind: 'shown' }> }) {
  const moment = parseMoment(asked)?.at
  const [then, next] = later ? instantsWords(publishedAt, later) : [instantWords(publishedAt), null]
  return (
    <>
      <h2 className="font-medium text-ink">
        The past, as Rolecall saw it on <time dateTime={formatMoment(publishedAt)}>{then}</time>, over all subscriptions
      </h2>
      <p className="text-sm text-ink-soft">
        Each subscription is shown by its own last result of then.{' '}
        {moment && moment.getTime() !== publishedAt.getTime()
          ? `The last of them by ${instantWords(moment)}, which was asked for, is of that moment. `
          : ''}
        {next
          ? `This stood until the next result of any of them, on ${next}.`
          : 'No result of any of them has come since.'}{' '}
        Who holds what, who is in which group, and the status of those who hold a role are as they were then. Names,
        email addresses, last sign-ins, and what a role allows are as known now.
      </p>
    </>
  )
}

/** The most subscriptions that are named before the rest is folded away. */
const UNFOLDED = 5

/** The subscriptions of which nothing is shown: whoever had a role there is not listed for it. */
function Hidden({ hidden, at }: { hidden: PastOfAll['hidden']; at: string }) {
  if (hidden.length === 0) return null
  const item = ({ id, label, why }: (typeof hidden)[number], place: number) => (
    <li key={id ?? `deleted ${place}`} className="wrap-anywhere">
      {id ? (
        <Link href={keepMoment(`/integrations/azure/${id}`, at)} prefetch={false} className="link">
          <bdi>{spellControls(label)}</bdi>
        </Link>
      ) : (
        <bdi className="font-medium">{spellControls(label)}</bdi>
      )}
      : not shown, because {why}.
    </li>
  )
  const rest = hidden.slice(UNFOLDED)
  return (
    <div className="text-sm text-ink">
      <ul aria-label="Subscriptions that are not shown" className="grid gap-0.5">
        {hidden.slice(0, UNFOLDED).map(item)}
      </ul>
      {rest.length > 0 ? (
        <details className="group mt-1">
          <summary className="inline-flex items-center gap-1 rounded-md font-medium">
            <ChevronRight aria-hidden className="size-4 text-ink-soft transition-transform group-open:rotate-90" />
            {rest.length.toLocaleString('en')} more that {rest.length === 1 ? 'is' : 'are'} not shown
          </summary>
          <ul aria-label="More subscriptions that are not shown" className="mt-1 grid gap-0.5">
            {rest.map(item)}
          </ul>
        </details>
      ) : null}
    </div>
  )
}
