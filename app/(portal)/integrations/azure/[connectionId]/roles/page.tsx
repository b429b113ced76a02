import type { Metadata } from 'next'
import { ConnectionScreen } from '@/app/(portal)/integrations/azure/[connectionId]/connection-screen'
import { openConnection, openResult, readResult } from '@/app/(portal)/integrations/azure/[connectionId]/read-result'
import { PeopleEmptyState } from '@/components/access/empty-states'
import { RolesHeld } from '@/components/access/roles-held'
import { ExportMenu } from '@/components/ui/export-menu'
import { listRoleHolders } from '@/db/queries/roles'
import { formatAsOfView, parseAsOfView } from '@/lib/domain/views'
import { isolateName } from '@/lib/domain/words'

type Props = PageProps<'/integrations/azure/[connectionId]/roles'>

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const { connection } = await openConnection((await params).connectionId)
  return { title: `Roles in ${isolateName(connection.label)}` }
}

export default async function RolesPage({ params, searchParams }: Props) {
  const { connectionId } = await params
  const { at } = parseAsOfView(await searchParams)
  const { member, connection } = await openResult(connectionId, at)
  const path = `/integrations/azure/${connection.id}`
  const { roles } = await readResult(connectionId, at)
  const holders = await listRoleHolders(member, connection)

  return (
    <ConnectionScreen connectionId={connectionId} current="roles" moment={{ at, here: `${path}/roles` }}>
      {roles.length > 0 ? (
        <>
          <div className="mb-3 flex justify-end">
            <ExportMenu path={`${path}/export`} query={`list=roles${formatAsOfView({ at }).replace(/^\?/, '&')}`} />
          </div>
          <RolesHeld path={path} at={at} roles={roles} holders={holders} />
        </>
      ) : (
        <PeopleEmptyState path={path} total={0} published={connection.publishedAt !== null} />
      )}
    </ConnectionScreen>
  )
}
