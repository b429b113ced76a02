import type { Metadata } from 'next'
import { cache } from 'react'
import { ConnectionScreen } from '@/app/(portal)/integrations/azure/[connectionId]/connection-screen'
import { openConnection } from '@/app/(portal)/integrations/azure/[connectionId]/read-result'
import { PersonPaths } from '@/components/person/person-paths'
import { getPersonAccess } from '@/db/queries/person-access'
import { listRoleNames } from '@/db/queries/roles'
import { showUnknown } from '@/lib/auth/refusals'
import { isolateName } from '@/lib/domain/words'

type Props = PageProps<'/integrations/azure/[connectionId]/people/[personId]'>

const openAccess = cache(async (connectionId: string, personId: string) => {
  const { member, connection } = await openConnection(connectionId)
  const access = await getPersonAccess(member, connection, personId)
  return { member, connection, access: access ?? (await showUnknown(member, 'person')) }
})

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const { connectionId, personId } = await params
  const { connection, access } = await openAccess(connectionId, personId)
  const { name, email, id } = access.person
  return { title: `${isolateName(name ?? email ?? id)} in ${isolateName(connection.label)}` }
}

export default async function PersonAccessPage({ params }: Props) {
  const { connectionId, personId } = await params
  const { member, connection, access } = await openAccess(connectionId, personId)
  const roleNames = await listRoleNames(
    member,
    connection,
    access.grants.map(({ condition }) => condition),
  )

  return (
    <ConnectionScreen connectionId={connection.id} current={access.person.kind === 'user' ? 'people' : 'principals'}>
      <PersonPaths
        access={access}
        roleNames={roleNames}
        coverage={connection.publishedRun?.coverage ?? []}
        path={`/integrations/azure/${connection.id}`}
        now={connection.now}
      />
    </ConnectionScreen>
  )
}
