import type { Metadata } from 'next'
import { ConnectionScreen } from '@/app/(portal)/integrations/azure/[connectionId]/connection-screen'
import { openConnection, readResult } from '@/app/(portal)/integrations/azure/[connectionId]/read-result'
import { PeopleEmptyState } from '@/components/access/empty-states'
import { RolesHeld } from '@/components/access/roles-held'
import { ExportMenu } from '@/components/ui/export-menu'
import { listRoleHolders } from '@/db/queries/roles'
import { isolateName } from '@/lib/domain/words'

type Props = PageProps<'/integrations/azure/[connectionId]/roles'>

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const { connection } = await openConnection((await params).connectionId)
  return { title: `Roles in ${isolateName(connection.label)}` }
}

export default async function RolesPage({ params }: Props) {
  const { member, connection } = await openConnection((await params).connectionId)
  const path = `/integrations/azure/${connection.id}`
  const { roles } = await readResult(connection.id)
  const holders = await listRoleHolders(member, connection)

  return (
    <ConnectionScreen connectionId={connection.id} current="roles">
      {roles.length > 0 ? (
        <>
          <div className="mb-3 flex justify-end">
            <ExportMenu path={`${path}/export`} query="list=roles" />
          </div>
          <RolesHeld path={path} roles={roles} holders={holders} />
        </>
      ) : (
        <PeopleEmptyState path={path} total={0} published={connection.publishedAt !== null} />
      )}
    </ConnectionScreen>
  )
}
