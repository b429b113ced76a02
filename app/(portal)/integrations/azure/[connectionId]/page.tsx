import type { Metadata } from 'next'
import { AccessFilters } from '@/components/access/access-filters'
import { AccessTable } from '@/components/access/access-table'
import { NobodyHere } from '@/components/access/nobody-here'
import { Pager } from '@/components/ui/pager'
import { countAccess } from '@/db/queries/count-access'
import { listAccess } from '@/db/queries/list-access'
import { listRolesHeld } from '@/db/queries/list-roles-held'
import { type AccessView, formatAccessView, parseAccessView } from '@/lib/access-view'
import { ConnectionScreen } from './connection-screen'
import { openConnection } from './open-connection'

type Props = PageProps<'/integrations/azure/[connectionId]'>

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const { connection } = await openConnection((await params).connectionId)
  return { title: `People in ${connection.label}` }
}

export default async function PeoplePage({ params, searchParams }: Props) {
  const { member, connection } = await openConnection((await params).connectionId)
  const view = parseAccessView(await searchParams)
  const path = `/integrations/azure/${connection.id}`
  const [page, matching, total, roles] = await Promise.all([
    listAccess(member, connection, view),
    countAccess(member, connection, view),
    countAccess(member, connection),
    listRolesHeld(member, connection),
  ])
  const pageHref = (cursor: AccessView['cursor']) => cursor && path + formatAccessView({ ...view, cursor })

  return (
    <ConnectionScreen connectionId={connection.id} current="people">
      {total.assignments > 0 ? (
        <AccessFilters path={path} view={view} roles={roles.filter((role) => role.people > 0)} />
      ) : null}
      {page.rows.length > 0 ? (
        <>
          <AccessTable rows={page.rows} path={path} view={view} />
          <Pager
            shown={page.rows.length}
            total={matching.assignments}
            unit={`assignments of ${matching.people.toLocaleString('en')} ${matching.people === 1 ? 'person' : 'people'}`}
            previousHref={pageHref(page.previous)}
            nextHref={pageHref(page.next)}
          />
        </>
      ) : (
        <NobodyHere path={path} total={total.assignments} published={connection.publishedAt !== null} />
      )}
    </ConnectionScreen>
  )
}
