import Link from 'next/link'
import { type Found, type FoundLine, foundLines } from '@/lib/domain/found-words'
import { formatAccessView, formatPeopleView, parseAccessView, parsePeopleView } from '@/lib/domain/views'

/** What a first sync found, each line a link to those it counts. */
export function FoundList({ connectionId, found }: { connectionId: string; found: Found }) {
  return <Lines found={found} hrefOf={(line) => hrefOf(connectionId, line)} />
}

/** What is known over all connected subscriptions, each person counted once, and each line a link to the list over all. */
export function FoundEverywhere({ found }: { found: Found }) {
  const href = ({ signal }: FoundLine) => `/people${formatPeopleView({ ...parsePeopleView({}), signal })}`
  return (
    <section aria-labelledby="found-everywhere" className="rounded-lg border border-line bg-surface px-4 py-3">
      <h3 id="found-everywhere" className="mb-2 font-medium">
        In all connected subscriptions
      </h3>
      <Lines found={found} hrefOf={href} />
    </section>
  )
}

function Lines({ found, hrefOf }: { found: Found; hrefOf: (line: FoundLine) => string }) {
  return (
    <ul aria-label="What was found" className="grid grid-cols-[max-content_minmax(0,1fr)] gap-x-3 gap-y-1.5">
      {foundLines(found).map((line) => (
        <li key={`${line.list} ${line.signal}`} className="col-span-2 grid grid-cols-subgrid">
          <Link
            href={hrefOf(line)}
            prefetch={false}
            className="group col-span-2 grid grid-cols-subgrid items-baseline rounded-md"
          >
            <span className="text-right text-lg font-semibold tabular-nums">{line.count.toLocaleString('en')}</span>{' '}
            <span className="text-accent underline underline-offset-2 group-hover:no-underline">{line.words}</span>
          </Link>
        </li>
      ))}
    </ul>
  )
}

function hrefOf(connectionId: string, { list, signal }: FoundLine): string {
  const page = `/integrations/azure/${connectionId}${list === 'others' ? '/principals' : ''}`
  return `${page}${formatAccessView({ ...parseAccessView({}), signal })}`
}
