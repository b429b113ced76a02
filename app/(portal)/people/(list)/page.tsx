import type { Metadata } from 'next'
import { PeopleFilters } from '@/components/access/people-filters'
import { PeopleTable } from '@/components/access/people-table'
import { ButtonLink } from '@/components/ui/button-link'
import { EmptyState } from '@/components/ui/empty-state'
import { PageHeader } from '@/components/ui/page-header'
import { Pager } from '@/components/ui/pager'
import { countPeople } from '@/db/queries/count-people'
import type { Direction } from '@/db/queries/keyset'
import { listPeople, type PeopleQuery } from '@/db/queries/list-people'
import { cursorParams, parseCursor, parseDirection, parseSearch, parseStatus, query } from '@/lib/access-view'
import { requireMember } from '@/lib/session'

export const metadata: Metadata = { title: 'People' }

export default async function PeoplePage({ searchParams }: PageProps<'/people'>) {
  const member = await requireMember()
  const params = await searchParams
  const filter = { search: parseSearch(params), status: parseStatus(params) }
  const direction = parseDirection(params)
  const [page, matching, total] = await Promise.all([
    listPeople(member, { ...filter, direction, cursor: parseCursor(params) }),
    countPeople(member, filter),
    countPeople(member, { search: '', status: null }),
  ])
  const href = (to: Direction, cursor: PeopleQuery['cursor'] = null) =>
    `/people${query({ q: filter.search, status: filter.status, dir: to === 'desc' ? 'desc' : null, ...cursorParams(cursor) })}`

  return (
    <>
      <PageHeader title="People" description="Everyone who holds an Azure role in a connected subscription." />
      {total > 0 ? <PeopleFilters filter={filter} direction={direction} /> : null}
      {page.rows.length > 0 ? (
        <>
          <PeopleTable rows={page.rows} direction={direction} sortHref={href(direction === 'asc' ? 'desc' : 'asc')} />
          <Pager
            shown={page.rows.length}
            total={matching}
            unit={matching === 1 ? 'person' : 'people'}
            previousHref={page.previous && href(direction, page.previous)}
            nextHref={page.next && href(direction, page.next)}
          />
        </>
      ) : (
        <Nobody filtered={total > 0} />
      )}
    </>
  )
}

function Nobody({ filtered }: { filtered: boolean }) {
  if (filtered)
    return <EmptyState title="No one matches" action={<ButtonLink href="/people">Clear filters</ButtonLink>} />
  return (
    <EmptyState title="No one yet" action={<ButtonLink href="/integrations">Integrations</ButtonLink>}>
      People appear here once a connected subscription has been synced.
    </EmptyState>
  )
}
