import type { Metadata } from 'next'
import { NobodyHere } from '@/components/access/nobody-here'
import { OtherPrincipalsTable } from '@/components/access/other-principals-table'
import { EmptyState } from '@/components/ui/empty-state'
import { Pager } from '@/components/ui/pager'
import { countAccess } from '@/db/queries/count-access'
import type { Cursor } from '@/db/queries/keyset'
import { listOtherPrincipals } from '@/db/queries/list-other-principals'
import { cursorParams, parseCursor, query } from '@/lib/access-view'
import { ConnectionScreen } from '../connection-screen'
import { openConnection } from '../open-connection'

type Props = PageProps<'/integrations/azure/[connectionId]/principals'>

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const { connection } = await openConnection((await params).connectionId)
  return { title: `Other principals in ${connection.label}` }
}

export default async function PrincipalsPage({ params, searchParams }: Props) {
  const { member, connection } = await openConnection((await params).connectionId)
  const path = `/integrations/azure/${connection.id}`
  const [page, total] = await Promise.all([
    listOtherPrincipals(member, connection, parseCursor(await searchParams)),
    countAccess(member, connection),
  ])
  const pageHref = (cursor: Cursor | null) => cursor && `${path}/principals${query(cursorParams(cursor))}`

  return (
    <ConnectionScreen connectionId={connection.id} current="principals">
      {page.rows.length > 0 ? (
        <>
          <OtherPrincipalsTable rows={page.rows} />
          <Pager
            shown={page.rows.length}
            total={total.otherAssignments}
            unit={`assignments of ${total.otherPrincipals.toLocaleString('en')} ${total.otherPrincipals === 1 ? 'principal' : 'principals'}`}
            previousHref={pageHref(page.previous)}
            nextHref={pageHref(page.next)}
          />
        </>
      ) : connection.publishedAt ? (
        <EmptyState title="Only people hold roles here">
          No group, service principal or other principal does.
        </EmptyState>
      ) : (
        <NobodyHere path={path} total={0} published={false} />
      )}
    </ConnectionScreen>
  )
}
