import type { Metadata } from 'next'
import { ConnectionScreen } from '@/app/(portal)/integrations/azure/[connectionId]/connection-screen'
import {
  findCoverage,
  openConnection,
  openResult,
  readFilter,
  readResult,
} from '@/app/(portal)/integrations/azure/[connectionId]/read-result'
import { SavedViewsOf } from '@/app/(portal)/saved-views/saved-views-of'
import { AccessFilters } from '@/components/access/access-filters'
import { PeopleEmptyState } from '@/components/access/empty-states'
import { MissedNote } from '@/components/access/missed-note'
import { OtherPrincipalsTable } from '@/components/access/other-principals-table'
import { SignalChips } from '@/components/access/signal-chips'
import { ButtonLink } from '@/components/ui/button-link'
import { EmptyState } from '@/components/ui/empty-state'
import { Pager } from '@/components/ui/pager'
import { countHoldersShown, listHolders } from '@/db/queries/holders'
import { keepMoment } from '@/lib/domain/as-of'
import { type AccessView, formatAccessView, isFiltered, parseAccessView, withoutFilters } from '@/lib/domain/views'
import { isolateName } from '@/lib/domain/words'

type Props = PageProps<'/integrations/azure/[connectionId]/principals'>

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const { connection } = await openConnection((await params).connectionId)
  return { title: `Other principals in ${isolateName(connection.label)}` }
}

export default async function PrincipalsPage({ params, searchParams }: Props) {
  const { connectionId } = await params
  const typed = parseAccessView(await searchParams)
  const { member, connection } = await openResult(connectionId, typed.at)
  const { view, problems } = await readFilter(connectionId, typed)
  const home = `/integrations/azure/${connection.id}`
  const path = `${home}/principals`
  const filter = { ...view, who: 'others' } as const
  const [page, matching, { counts, roles, signals }] = await Promise.all([
    listHolders(member, connection, filter, Number(view.size)),
    countHoldersShown(member, connection, filter),
    readResult(connectionId, view.at),
  ])
  // The number of all was counted with the result, but for those of whom an earlier reading is shown.
  const total = isFiltered(view) || signals.not_read ? matching : counts.principals
  const pageHref = (cursor: AccessView['cursor']) => cursor && path + formatAccessView({ ...view, cursor })

  return (
    <ConnectionScreen
      connectionId={connectionId}
      current="principals"
      moment={{ at: view.at, here: path + formatAccessView({ ...view, at: '', cursor: null }) }}
    >
      {page.rows.length > 0 || isFiltered(typed) ? (
        <>
          <AccessFilters
            who="others"
            path={path}
            home={home}
            typed={typed}
            view={view}
            problems={problems}
            roles={roles}
            of={connection}
            savedViews={<SavedViewsOf address={path + formatAccessView(view)} />}
          />
          <SignalChips path={path} groupsPath={`${home}/groups`} view={view} counts={signals} of="others" />
        </>
      ) : null}
      {page.rows.length > 0 ? (
        <>
          <p className="mb-2 text-sm text-ink-soft empty:hidden">
            <MissedNote coverage={connection.publishedRun?.coverage ?? null} />
          </p>
          <OtherPrincipalsTable
            rows={page.rows}
            path={path}
            home={home}
            view={view}
            of={connection}
            names={findCoverage(connection, 'other_principals')?.state ?? null}
          />
          <Pager
            start={page.start}
            shown={page.rows.length}
            total={total}
            unit={total === 1 ? 'principal' : 'principals'}
            previousHref={pageHref(page.previous)}
            nextHref={pageHref(page.next)}
          />
        </>
      ) : isFiltered(view) ? (
        <EmptyState
          title="Nothing matches"
          action={<ButtonLink href={path + formatAccessView(withoutFilters(view))}>Clear filters</ButtonLink>}
        />
      ) : connection.publishedAt ? (
        <EmptyState title="Only people and groups hold roles here">
          No service principal, managed identity, agent, device or delegate of another tenant does.
        </EmptyState>
      ) : (
        <PeopleEmptyState path={keepMoment(path, view.at)} total={0} published={false} />
      )}
    </ConnectionScreen>
  )
}
