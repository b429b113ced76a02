import type { Metadata } from 'next'
import Link from 'next/link'
import { ConnectionScreen } from '@/app/(portal)/integrations/azure/[connectionId]/connection-screen'
import { openConnection } from '@/app/(portal)/integrations/azure/[connectionId]/read-result'
import { CompareForm } from '@/components/access/compare-form'
import { CompareTable, UnevenNotice } from '@/components/access/compare-table'
import { ButtonLink } from '@/components/ui/button-link'
import { EmptyState } from '@/components/ui/empty-state'
import { Notice } from '@/components/ui/notice'
import { Pager } from '@/components/ui/pager'
import type { Actor } from '@/db/actor'
import type { ConnectionFacts } from '@/db/queries/connections'
import { showRefusal } from '@/lib/auth/refusals'
import { type Compare, findCompared, readDifferences } from '@/lib/compare'
import { formatMoment, instantsWords, instantWords, keepMoment } from '@/lib/domain/as-of'
import { listUneven } from '@/lib/domain/comparable'
import { type CompareView, formatCompareView, parseCompareView } from '@/lib/domain/views'
import { isolateName } from '@/lib/domain/words'

type Props = PageProps<'/integrations/azure/[connectionId]/compare'>

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const { connection } = await openConnection((await params).connectionId)
  return { title: `Two moments of ${isolateName(connection.label)}` }
}

export default async function ComparePage({ params, searchParams }: Props) {
  const { connectionId } = await params
  const { member, connection } = await openConnection(connectionId)
  const view = parseCompareView(await searchParams)
  const home = `/integrations/azure/${connection.id}`
  const path = `${home}/compare`
  const compared = await findCompared(member, connection, view)
  const momentOf = (side: 'from' | 'to') => (compared.kind === 'shown' ? compared[side].result.publishedAt : null)

  return (
    <ConnectionScreen connectionId={connectionId} current={null}>
      <h2 className="mb-3 text-xl font-semibold tracking-tight">Compare two moments</h2>
      <CompareForm path={path} view={view} from={momentOf('from')} to={momentOf('to')} />
      {compared.kind === 'shown' ? (
        <Differences member={member} connection={connection} compared={compared} view={view} />
      ) : compared.kind === 'nothing_before' ? (
        <EmptyState title="There is nothing before it yet">
          Only one result is known, of {instantWords(compared.to.result.publishedAt)}. The next sync has one to be
          compared with.
        </EmptyState>
      ) : (
        <NotShown problem={compared.past.problem} path={path} />
      )}
    </ConnectionScreen>
  )
}

function NotShown({
  problem,
  path,
}: {
  problem: Extract<Compare, { kind: 'not_shown' }>['past']['problem']
  path: string
}) {
  const { title, sentence, next } = problem
  return (
    <Notice
      tone="warn"
      title={title}
      action={
        <>
          {next ? (
            <ButtonLink href={`${path}?from=${encodeURIComponent(formatMoment(next.at))}`} size="sm" prefetch={false}>
              Compare the first that is known with now
            </ButtonLink>
          ) : null}
          <ButtonLink href={path} size="sm">
            Compare the last two results
          </ButtonLink>
        </>
      }
    >
      {sentence}
    </Notice>
  )
}

type DifferencesProps = {
  member: Actor
  connection: ConnectionFacts
  compared: Extract<Compare, { kind: 'shown' }>
  view: CompareView
}

async function Differences({ member, connection, compared, view }: DifferencesProps) {
  const home = `/integrations/azure/${connection.id}`
  const { page, counts } = await readDifferences(member, compared, view).catch(showRefusal)
  const [from, to] = [compared.from.result.publishedAt, compared.to.result.publishedAt]
  const all = counts.gained + counts.lost + counts.not_comparable
  const moments = { from: formatMoment(from), to: formatMoment(to) }
  const href = (cursor: CompareView['cursor']) =>
    cursor && `${home}/compare${formatCompareView({ ...view, ...moments, cursor })}`
  const [fromWords, toWords] = instantsWords(from, to)
  const peopleAt = (at: Date, words: string) => (
    <Link href={keepMoment(home, formatMoment(at))} prefetch={false} className="link">
      {words}
    </Link>
  )

  return (
    <>
      <p className="mb-3 text-base">
        <span className="font-medium">
          {counts.gained.toLocaleString('en')} gained, {counts.lost.toLocaleString('en')} lost
          {counts.not_comparable > 0 ? `, ${counts.not_comparable.toLocaleString('en')} not comparable` : ''}
        </span>{' '}
        between {peopleAt(from, fromWords)} and {peopleAt(to, toWords)}.
      </p>
      <UnevenNotice
        lists={listUneven(compared.from.result.coverage, compared.to.result.coverage)}
        from={from}
        to={to}
      />
      {page.rows.length > 0 ? (
        <>
          <CompareTable rows={page.rows} from={from} to={to} home={home} of={connection} />
          <Pager
            start={page.start}
            shown={page.rows.length}
            total={view.change ? counts[view.change] : all}
            unit={all === 1 ? 'difference' : 'differences'}
            previousHref={href(page.previous)}
            nextHref={href(page.next)}
          />
        </>
      ) : (
        <EmptyState title="No difference">
          {from.getTime() === to.getTime()
            ? 'Both moments have the same result: nothing was published between them.'
            : 'With these filters, no difference was found between the two results. What was read at neither moment is not compared.'}
        </EmptyState>
      )}
    </>
  )
}
