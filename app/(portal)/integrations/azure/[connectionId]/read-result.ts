import { notFound } from 'next/navigation'
import { cache } from 'react'
import { getConnection } from '@/db/queries/connections'
import { countHolders } from '@/db/queries/holders'
import { countFacets } from '@/db/queries/result'
import { listRolesHeld } from '@/db/queries/roles'
import { requireMember } from '@/lib/auth/request'
import { type HolderFilter, parseAccessView } from '@/lib/domain/views'

/** What the frame and the filters of a connection's pages say of its published result, read once for a request. */
export const readResult = cache(async (connectionId: string) => {
  const { member, connection } = await openConnection(connectionId)
  const [facets, roles, holdingGroups] = await Promise.all([
    countFacets(member, connection),
    listRolesHeld(member, connection),
    countHolders(member, connection, { ...parseAccessView({}), who: 'groups' }),
  ])
  // Of groups the result tells more than of those that hold roles themselves: the ones inside them too.
  const groups = connection.publishedRun?.coverage.find(({ dataset }) => dataset === 'groups')
  return {
    roles,
    counts: {
      people: facets.people,
      roles: roles.length,
      groups: groups ? groups.read + groups.missing : holdingGroups,
      principals: facets.others - holdingGroups,
    },
    signals: facets.signals,
    assignments: connection.publishedAt ? facets.ownAssignments : null,
  }
})

/**
 * The member and the connection of this request, read once: everything on the page is then of one published result.
 * An id that is unknown or another organisation's is not found.
 */
export const openConnection = cache(async (connectionId: string) => {
  const member = await requireMember()
  const connection = await getConnection(member, connectionId)
  if (!connection) notFound()
  return { member, connection }
})

/** Orphans of one list. A result counts those of all kinds together, so that most results answer without a look. */
export async function countOrphans(connectionId: string, who: HolderFilter['who']): Promise<number> {
  const { member, connection } = await openConnection(connectionId)
  if (!connection.publishedRun?.signals.orphan) return 0
  return countHolders(member, connection, { ...parseAccessView({}), who, signal: 'orphan' })
}
