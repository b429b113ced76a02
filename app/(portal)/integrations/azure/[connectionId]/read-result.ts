import { cache } from 'react'
import { countHolders } from '@/db/queries/holders'
import { countFacets } from '@/db/queries/result'
import { listRolesHeld } from '@/db/queries/roles'
import { parseAccessView } from '@/lib/domain/views'
import { openConnection } from './open-connection'

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
