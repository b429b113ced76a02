import type { Metadata } from 'next'
import { readPeople } from '@/app/(portal)/people/(list)/read-people'
import { SavedViewsOf } from '@/app/(portal)/saved-views/saved-views-of'
import { AccessMatrix, ColumnPager } from '@/components/people/access-matrix'
import { PeopleFrame } from '@/components/people/people-frame'
import { Pager } from '@/components/ui/pager'
import type { Actor } from '@/db/actor'
import { listCells } from '@/db/queries/cells'
import { showRefusal } from '@/lib/auth/refusals'
import { requireMember } from '@/lib/auth/request'
import { listUnread, whyUnknown } from '@/lib/domain/coverage'
import { formatPeopleView, type PeopleView, parsePeopleView } from '@/lib/domain/views'
import { withLease } from '@/lib/leases'

export const metadata: Metadata = { title: 'People by subscription' }

/** How many subscriptions are shown side by side: as many as can be compared at a glance on a wide screen. */
const COLUMNS = 8

export default async function MatrixPage({ searchParams }: PageProps<'/people/matrix'>) {
  const member = await requireMember()
  const typed = parsePeopleView(await searchParams)
  const { page, matching, anyone, connections, past, cells, asked } = await withLease('question', member.memberId, () =>
    readMatrix(member, typed),
  ).catch(showRefusal)
  const { view } = asked
  const connected = connections.filter(
    ({ state, publishedAt, notShown }) => state !== 'disconnected' && (publishedAt !== null || notShown !== null),
  )
  const from = view.from < connected.length ? view.from : 0
  const columns = connected.slice(from, from + COLUMNS)
  const href = (change: Partial<PeopleView>) =>
    `/people/matrix${formatPeopleView({ ...view, cursor: null, ...change })}`

  return (
    <PeopleFrame
      current="matrix"
      typed={typed}
      {...asked}
      anyone={anyone}
      unread={listUnread(connections)}
      past={past}
      savedViews={<SavedViewsOf address={`/people/matrix${formatPeopleView(view)}`} />}
    >
      {page.rows.length > 0 ? (
        <>
          <ColumnPager
            from={from}
            shown={columns.length}
            total={connected.length}
            previousHref={from > 0 ? href({ from: Math.max(0, from - COLUMNS), cursor: view.cursor }) : null}
            nextHref={from + COLUMNS < connected.length ? href({ from: from + COLUMNS, cursor: view.cursor }) : null}
          />
          <AccessMatrix
            rows={page.rows}
            columns={columns.map(({ id, label, note, notShown, publishedAt, coverage }) => ({
              ...{ id, label, note, notShown },
              asOf: past ? publishedAt : null,
              unknown: whyUnknown(publishedAt ? (coverage ?? []) : null),
            }))}
            cells={cells}
            direction={view.direction}
            sortHref={href({ direction: view.direction === 'asc' ? 'desc' : 'asc' })}
            at={view.at}
          />
          <Pager
            start={page.start}
            shown={page.rows.length}
            total={matching}
            unit={matching === 1 ? 'person' : 'people'}
            previousHref={page.previous && href({ cursor: page.previous })}
            nextHref={page.next && href({ cursor: page.next })}
          />
        </>
      ) : null}
    </PeopleFrame>
  )
}

async function readMatrix(member: Actor, view: PeopleView) {
  const people = await readPeople(member, view)
  return { ...people, cells: await listCells(member, people.results, people.page.rows) }
}
