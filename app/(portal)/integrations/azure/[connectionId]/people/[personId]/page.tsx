import type { Metadata } from 'next'
import { cache } from 'react'
import { ConnectionScreen } from '@/app/(portal)/integrations/azure/[connectionId]/connection-screen'
import { openResult } from '@/app/(portal)/integrations/azure/[connectionId]/read-result'
import { azurePortal } from '@/components/connect/azure-steps'
import { PersonPaths, titleOf } from '@/components/person/person-paths'
import { getPersonAccess } from '@/db/queries/person-access'
import { listRoleNames } from '@/db/queries/roles'
import { showUnknown } from '@/lib/auth/refusals'
import type { PersonAccess } from '@/lib/domain/access'
import { keepMoment } from '@/lib/domain/as-of'
import { parseAsOfView } from '@/lib/domain/views'
import { isolateName } from '@/lib/domain/words'
import { env } from '@/lib/env'

type Props = PageProps<'/integrations/azure/[connectionId]/people/[personId]'>

/** Nobody has access at a moment that cannot be shown. */
const openAccess = cache(async (connectionId: string, personId: string, at: string) => {
  const { member, connection, past } = await openResult(connectionId, at)
  if (past?.kind === 'not_shown') return { member, connection, access: null }
  const access = await getPersonAccess(member, connection, personId)
  return { member, connection, access: access ?? (await showUnknown(member, 'person')) }
})

export async function generateMetadata({ params, searchParams }: Props): Promise<Metadata> {
  const { connectionId, personId } = await params
  const { connection, access } = await openAccess(connectionId, personId, parseAsOfView(await searchParams).at)
  if (!access) return { title: `A person in ${isolateName(connection.label)}` }
  const { name, email, id } = access.person
  return { title: `${isolateName(name ?? email ?? id)} in ${isolateName(connection.label)}` }
}

export default async function PersonAccessPage({ params, searchParams }: Props) {
  const { connectionId, personId } = await params
  const { at } = parseAsOfView(await searchParams)
  const { member, connection, access } = await openAccess(connectionId, personId, at)
  const path = `/integrations/azure/${connection.id}`
  const portal = azurePortal(env().azure.cloud)
  const roleNames = await listRoleNames(
    member,
    connection,
    (access?.grants ?? []).map(({ condition }) => condition),
  )

  return (
    <ConnectionScreen
      connectionId={connectionId}
      current={access && access.person.kind !== 'user' ? 'principals' : 'people'}
      moment={{ at, here: `${path}/people/${personId}` }}
      subject={access ? subjectOf(access, path, at) : undefined}
    >
      {access ? (
        <PersonPaths
          access={access}
          roleNames={roleNames}
          coverage={connection.publishedRun?.coverage ?? []}
          path={path}
          at={at}
          portalHref={(page) =>
            page.kind === 'group'
              ? portal.groupMembers(page.groupId)
              : portal.accessControlAt(connection.tenantId, page.scope)
          }
          now={at && connection.publishedAt ? connection.publishedAt : connection.now}
        />
      ) : null}
    </ConnectionScreen>
  )
}

/** What the page is about instead of the subscription, and the list that it belongs to. */
function subjectOf({ person, subscription }: PersonAccess, path: string, at: string) {
  const [list, word] = person.kind === 'user' ? [path, 'People'] : [`${path}/principals`, 'Other principals']
  return {
    title: titleOf(person),
    isGone: person.status === 'deleted',
    back: { href: keepMoment(list, at), label: `${word} of ${isolateName(subscription.label)}` },
  }
}
