import Link from 'next/link'
import { type Found, type FoundLine, foundLines } from '@/lib/domain/found-words'
import { formatAccessView, parseAccessView } from '@/lib/domain/views'

/** What a first sync found, each line a link to those it counts. */
export function FoundList({ connectionId, found }: { connectionId: string; found: Found }) {
  return (
    <ul aria-label="What was found" className="grid grid-cols-[max-content_minmax(0,1fr)] gap-x-3 gap-y-1.5">
      {foundLines(found).map((line) => (
        <li key={`${line.list} ${line.signal}`} className="col-span-2 grid grid-cols-subgrid">
          <Link
            href={hrefOf(connectionId, line)}
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
