import { ChevronRight } from 'lucide-react'
import type { ReactNode } from 'react'
import { RowTh, Table, Tbody, Td, Th, Thead, Tr } from '@/components/ui/table'
import { type CountedResult, isPartly, layOutPeopleChart } from '@/lib/domain/people-chart'
import { dateWords, momentWords } from '@/lib/domain/words'

const WIDTH = 600
const HEIGHT = 96

/**
 * How many people had access over time, and how many of them held a privileged role; whoever could only activate one does not count there. For a screen reader it is one image, because the table
 * below it, which is folded, says the same. Nothing before there are two results.
 */
export function PeopleChart({ results }: { results: CountedResult[] }) {
  const [first, last] = [results[0], results.at(-1)]
  if (!first || !last || first === last) return null
  const { people, privileged, partly, top } = layOutPeopleChart(results, WIDTH, HEIGHT)

  return (
    <figure className="mb-4 rounded-lg border border-line bg-surface p-4">
      <figcaption className="mb-2 flex flex-wrap items-baseline gap-x-5 gap-y-1 text-sm">
        <span className="font-semibold">People with access</span>
        <Legend line="text-accent">everyone, {last.people.toLocaleString('en')} at the last sync</Legend>
        {privileged ? (
          <Legend line="text-bad" dashed>
            holding a privileged role, {last.privileged?.toLocaleString('en') ?? 'not counted'} at the last sync
          </Legend>
        ) : null}
        {partly.length > 0 ? (
          <span className="inline-flex items-center gap-1.5 text-ink-soft">
            <span aria-hidden className="inline-block size-2 rounded-full border-2 border-warn" />
            not everything was read
          </span>
        ) : null}
      </figcaption>
      <div className="grid grid-cols-[auto_minmax(0,1fr)] gap-x-2 text-xs text-ink-faint tabular-nums">
        <div aria-hidden className="flex flex-col justify-between text-right">
          <span className="-mt-2">{top.toLocaleString('en')}</span>
          <span className="-mb-2">0</span>
        </div>
        <div className="relative border-y border-line">
          <svg
            role="img"
            aria-label={`People with access from ${dateWords(first.publishedAt)} to ${dateWords(last.publishedAt)}. The table below says the same.`}
            viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
            preserveAspectRatio="none"
            className="block h-24 w-full overflow-visible"
          >
            <path d={people} {...LINE} className="text-accent" />
            {privileged ? <path d={privileged} {...LINE} strokeDasharray="5 3" className="text-bad" /> : null}
          </svg>
          {partly.map(({ x, y }) => (
            <span
              key={x}
              aria-hidden
              style={{ left: `${(x / WIDTH) * 100}%`, top: `${(y / HEIGHT) * 100}%` }}
              className="absolute size-2 -translate-x-1/2 -translate-y-1/2 rounded-full border-2 border-warn bg-surface"
            />
          ))}
        </div>
        <div aria-hidden className="col-start-2 mt-2 flex justify-between gap-4">
          <span>{dateWords(first.publishedAt)}</span>
          <span>{dateWords(last.publishedAt)}</span>
        </div>
      </div>
      <details className="group mt-3 text-sm">
        <summary className="-mx-1 inline-flex items-center gap-1 rounded-md px-1 text-ink-soft hover:text-ink">
          <ChevronRight aria-hidden className="size-4 shrink-0 transition-transform group-open:rotate-90" />
          The numbers
        </summary>
        <div className="mt-2">
          <Numbers results={results} />
        </div>
      </details>
    </figure>
  )
}

const LINE = { fill: 'none', stroke: 'currentColor', strokeWidth: 2, vectorEffect: 'non-scaling-stroke' } as const

function Legend({ line, dashed = false, children }: { line: string; dashed?: boolean; children: ReactNode }) {
  return (
    <span className="inline-flex items-center gap-1.5 text-ink-soft">
      <svg aria-hidden="true" viewBox="0 0 20 4" className={`h-1 w-5 ${line}`}>
        <path d="M0 2H20" {...LINE} strokeDasharray={dashed ? '5 3' : undefined} />
      </svg>
      <span>{children}</span>
    </span>
  )
}

function Numbers({ results }: { results: CountedResult[] }) {
  return (
    <Table caption="People with access over time" scrolls>
      <Thead>
        <Th>Result of</Th>
        <Th>People</Th>
        <Th>Holding a privileged role</Th>
        <Th>Not read</Th>
      </Thead>
      <Tbody>
        {results.toReversed().map((result) => (
          <Tr key={result.publishedAt.getTime()}>
            <RowTh className="whitespace-nowrap">{momentWords(result.publishedAt)}</RowTh>
            <Td className="tabular-nums">{result.people.toLocaleString('en')}</Td>
            <Td className="tabular-nums">{result.privileged?.toLocaleString('en') ?? 'not counted'}</Td>
            <Td className="tabular-nums">{describeUnread(result)}</Td>
          </Tr>
        ))}
      </Tbody>
    </Table>
  )
}

function describeUnread(result: CountedResult): string {
  if (!isPartly(result)) return '–'
  return result.unread > 0
    ? `${result.unread.toLocaleString('en')} principals, counted in neither`
    : 'some of what was asked for'
}
