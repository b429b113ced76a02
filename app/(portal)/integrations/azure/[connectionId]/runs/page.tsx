import type { Metadata } from 'next'
import Link from 'next/link'
import { ConnectionScreen } from '@/app/(portal)/integrations/azure/[connectionId]/connection-screen'
import { openConnection } from '@/app/(portal)/integrations/azure/[connectionId]/read-result'
import { HistoryBeginLine } from '@/components/access/history-begin'
import { PeopleChart } from '@/components/access/people-chart'
import { RunsTable } from '@/components/access/runs-table'
import { EmptyState } from '@/components/ui/empty-state'
import { ExportMenu } from '@/components/ui/export-menu'
import { Pager } from '@/components/ui/pager'
import { readHistoryBegin } from '@/db/queries/history-horizon'
import { listCountedResults, listRuns } from '@/db/queries/runs'
import {
  ALL_CHANGES,
  type ChangesView,
  type Cursor,
  formatChangesView,
  formatRunsView,
  parseRunsView,
} from '@/lib/domain/views'
import { isolateName } from '@/lib/domain/words'

type Props = PageProps<'/integrations/azure/[connectionId]/runs'>

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const { connection } = await openConnection((await params).connectionId)
  return { title: `Runs of ${isolateName(connection.label)}` }
}

export default async function RunsPage({ params, searchParams }: Props) {
  const { member, connection } = await openConnection((await params).connectionId)
  const view = parseRunsView(await searchParams)
  const page = await listRuns(member, connection.id, view.cursor)
  const begin = await readHistoryBegin(member, connection.id)
  const pageHref = (cursor: Cursor | null) =>
    cursor && `/integrations/azure/${connection.id}/runs${formatRunsView({ cursor })}`
  const changesHref = (filter: Partial<ChangesView>) =>
    `/changes${formatChangesView({ ...ALL_CHANGES, connectionId: connection.id, ...filter })}`

  return (
    <ConnectionScreen connectionId={connection.id} current="runs">
      {page.rows.length > 0 ? (
        <>
          <div className="mb-3 flex flex-wrap items-center justify-between gap-2">
            <Link href={changesHref({})} prefetch={false} className="link">
              All changes of access to this subscription
            </Link>
            <ExportMenu path={`/integrations/azure/${connection.id}/export`} query="list=runs" />
          </div>
          {view.cursor ? null : <PeopleChart results={await listCountedResults(member, connection.id)} />}
          <RunsTable
            rows={page.rows}
            path={`/integrations/azure/${connection.id}`}
            changesHref={(after, until, effect) => changesHref({ after, until, effect })}
          />
          <Pager
            start={page.start}
            shown={page.rows.length}
            unit={page.rows.length === 1 ? 'run' : 'runs'}
            previousHref={pageHref(page.previous)}
            nextHref={pageHref(page.next)}
          />
        </>
      ) : (
        <EmptyState title="No sync has been asked for yet">
          Each one is listed here, with what it read and what changed.
        </EmptyState>
      )}
      <HistoryBeginLine begin={begin} />
    </ConnectionScreen>
  )
}
