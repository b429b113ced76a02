import type { Metadata } from 'next'
import { SavedViewsOf } from '@/app/(portal)/saved-views/saved-views-of'
import { AllPeopleTable } from '@/components/people/all-people-table'
import { PeopleFrame } from '@/components/people/people-frame'
import { Pager } from '@/components/ui/pager'
import { requireMember } from '@/lib/auth/request'
import { listUnread } from '@/lib/domain/coverage'
import { formatPeopleView, type PeopleView, parsePeopleView } from '@/lib/domain/views'
import { readPeople } from './read-people'

export const metadata: Metadata = { title: 'People' }

export default async function PeoplePage({ searchParams }: PageProps<'/people'>) {
  const member = await requireMember()
  const typed = parsePeopleView(await searchParams)
  const { connections, past, page, matching, anyone, asked } = await readPeople(member, typed)
  const { view } = asked
  const href = (change: Partial<PeopleView>) => `/people${formatPeopleView({ ...view, cursor: null, ...change })}`

  return (
    <PeopleFrame
      current="list"
      typed={typed}
      {...asked}
      anyone={anyone}
      unread={listUnread(connections)}
      past={past}
      savedViews={<SavedViewsOf address={`/people${formatPeopleView(view)}`} />}
    >
      {page.rows.length > 0 ? (
        <>
          <AllPeopleTable
            rows={page.rows}
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
          <p className="mt-3 max-w-3xl text-sm text-ink-soft">
            “Roles in subscriptions” counts a role once for each subscription in which it holds, as the page of a person
            and the export do: one that is inherited by three subscriptions counts three times.
          </p>
        </>
      ) : null}
    </PeopleFrame>
  )
}
