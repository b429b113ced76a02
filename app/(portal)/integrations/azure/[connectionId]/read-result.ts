import { cache } from 'react'
import { getConnection } from '@/db/queries/connections'
import { countHolders } from '@/db/queries/holders'
import { countFacets } from '@/db/queries/result'
import { listRolesHeld } from '@/db/queries/roles'
import { showUnknown } from '@/lib/auth/refusals'
import { requireMember } from '@/lib/auth/request'
import { parseAccessView } from '@/lib/domain/views'
import type { CoverageLine, Dataset } from '@/lib/domain/vocabulary'

/**
 * The member and the connection of this request. They are read once for a request, so that everything on a page is of the
 * same published result. The page is not found when the ID is unknown or of another organisation.
 */
export const openConnection = cache(async (connectionId: string) => {
  const member = await requireMember()
  const connection = await getConnection(member, connectionId)
  return { member, connection: connection ?? (await showUnknown(member, 'connection')) }
})

type Connection = Awaited<ReturnType<typeof openConnection>>['connection']

/** What the frame and the filters of a connection's pages show of its published result, read once for a request. */
export const readResult = cache(async (connectionId: string) => {
  const { member, connection } = await openConnection(connectionId)
  const [facets, roles, holdingGroups] = await Promise.all([
    countFacets(member, connection),
    listRolesHeld(member, connection),
    countHolders(member, connection, { ...parseAccessView({}), who: 'groups' }),
  ])
  // The page of groups also lists the groups inside those that hold roles; only the coverage counts them all.
  const groups = findCoverage(connection, 'groups')
  return {
    roles,
    counts: {
      people: facets.people,
      roles: roles.length,
      groups: groups ? groups.read + groups.missing : holdingGroups,
      principals: facets.others,
    },
    signals: facets.signals,
    assignments: connection.publishedAt ? facets.ownAssignments : null,
  }
})

/** How far the published result has read one kind of data; undefined when it does not say. */
export function findCoverage({ publishedRun }: Connection, dataset: Dataset): CoverageLine | undefined {
  return publishedRun?.coverage.find((line) => line.dataset === dataset)
}
