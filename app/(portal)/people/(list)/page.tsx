import type { Metadata } from 'next'
import { AllPeopleTable } from '@/components/people/all-people-table'
import { PeopleFrame } from '@/components/people/people-frame'
import { Pager } from '@/components/ui/pager'
import { listConnections } from '@/db/queries/connections'
import { countPeople, listPeople } from '@/db/queries/people'
import { requireMember } from '@/lib/auth/request'
import { listUnread } from '@/lib/domain/coverage'
import { formatPeopleView, type PeopleView, parsePeopleView } from '@/lib/domain/views'

export const metadata: Metadata = { title: 'People' }

export default async function PeoplePage({ searchParams }: PageProps<'/people'>) {
  const member = await requireMember()
  const view = parsePeopleView(await searchParams)
  const [page, matching, anyone, connections] = await Promise.all([
    listPeople(member, view),
    countPeople(member, view),
    listPeople(member, { search: '', status: null, direction: 'asc', cursor: null }, 1),
    listConnections(member),
  ])
  const href = (change: Partial<PeopleView>) => `/people${formatPeopleView({ ...view, cursor: null, ...change })}`

  return (
    <PeopleFrame current="list" view={view} anyone={anyone.rows.length > 0} unread={listUnread(connections)}>
      {page.rows.length > 0 ? (
        <>
          <AllPeopleTable
            rows={page.rows}
            direction={view.direction}
            sortHref={href({ direction: view.direction === 'asc' ? 'desc' : 'asc' })}
          />
          <Pager
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
