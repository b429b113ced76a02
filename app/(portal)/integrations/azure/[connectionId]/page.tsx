import type { Metadata } from 'next'
import { SavedViewsOf } from '@/app/(portal)/saved-views/saved-views-of'
import { AccessFilters } from '@/components/access/access-filters'
import { PeopleEmptyState } from '@/components/access/empty-states'
import { PeopleSentence } from '@/components/access/people-sentence'
import { PeopleTable } from '@/components/access/people-table'
import { SignalChips } from '@/components/access/signal-chips'
import { Pager } from '@/components/ui/pager'
import { countHoldersShown, listHolders } from '@/db/queries/holders'
import { peopleSentence } from '@/lib/domain/people-sentence'
import { type AccessView, formatAccessView, isFiltered, parseAccessView, withoutFilters } from '@/lib/domain/views'
import { isolateName } from '@/lib/domain/words'
import { ConnectionScreen } from './connection-screen'
import { openConnection, openResult, readFilter, readResult } from './read-result'

type Props = PageProps<'/integrations/azure/[connectionId]'>

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const { connection } = await openConnection((await params).connectionId)
  return { title: `People in ${isolateName(connection.label)}` }
}

export default async function PeoplePage({ params, searchParams }: Props) {
  const { connectionId } = await params
  const typed = parseAccessView(await searchParams)
  const { member, connection } = await openResult(connectionId, typed.at)
  const { view, problems } = await readFilter(connectionId, typed)
  const path = `/integrations/azure/${connection.id}`
  const filter = { ...view, who: 'people' } as const
  const [page, matching, { counts, roles, signals }] = await Promise.all([
    listHolders(member, connection, filter, Number(view.size)),
    isFiltered(view) ? countHoldersShown(member, connection, filter) : null,
    readResult(connectionId, view.at),
  ])
  const pageHref = (cursor: AccessView['cursor']) => cursor && path + formatAccessView({ ...view, cursor })
  // Those of whom an earlier reading is shown are listed too, though they are counted apart.
  const listed = counts.people + (signals.not_read?.people ?? 0)

  const pager = (place: { className?: string; label?: string }) => (
    <Pager
      start={page.start}
      shown={page.rows.length}
      total={matching ?? listed}
      unit={(matching ?? listed) === 1 ? 'person' : 'people'}
      previousHref={pageHref(page.previous)}
      nextHref={pageHref(page.next)}
      {...place}
    />
  )

  return (
    <ConnectionScreen
      connectionId={connectionId}
      current="people"
      moment={{ at: view.at, here: path + formatAccessView({ ...view, at: '', cursor: null }) }}
    >
      {listed > 0 ? (
        <>
          <div className="mb-2 flex flex-wrap items-center justify-between gap-x-6 gap-y-1">
            <PeopleSentence
              parts={peopleSentence({
                people: counts.people,
                unread: signals.not_read?.people ?? 0,
                roles,
                signals,
                isPast: view.at !== '',
              })}
              path={path}
              view={view}
              coverage={connection.publishedRun?.coverage ?? null}
            />
            {page.rows.length > 0 ? pager({ className: 'ml-auto' }) : null}
          </div>
          <AccessFilters
            who="people"
            path={path}
            home={path}
            typed={typed}
            view={view}
            problems={problems}
            roles={roles}
            of={connection}
            savedViews={<SavedViewsOf address={path + formatAccessView(view)} />}
          />
          <SignalChips path={path} groupsPath={`${path}/groups`} view={view} counts={signals} of="people" />
        </>
      ) : null}
      {page.rows.length > 0 ? (
        <>
          <PeopleTable rows={page.rows} path={path} view={view} of={connection} />
          {page.previous || page.next ? pager({ label: 'Pages, below the list' }) : null}
        </>
      ) : (
        <PeopleEmptyState
          path={path + formatAccessView(withoutFilters(view))}
          total={listed}
          published={connection.publishedAt !== null}
        />
      )}
    </ConnectionScreen>
  )
}
