import { cache } from 'react'
import { countFacets } from '@/db/queries/count-facets'
import { countHolders } from '@/db/queries/count-holders'
import type { HolderFilter } from '@/db/queries/list-holders'
import { listRolesHeld } from '@/db/queries/list-roles-held'
import { parseAccessView } from '@/lib/access-view'
import { openConnection } from './open-connection'

/** Everyone and everything of a kind, or those of them that the directory does not know any more. */
const all = (who: HolderFilter['who'], signal: HolderFilter['signal'] = null): HolderFilter => ({
  ...parseAccessView({}),
  who,
  signal,
})

/**
 * What the frame and the filters of a connection's pages say of its published result, read once for a request. A result
 * counts orphans of every kind together; here each list gets its own.
 */
export const readResult = cache(async (connectionId: string) => {
  const { member, connection } = await openConnection(connectionId)
  const [facets, roles, others, orphans, otherOrphans] = await Promise.all([
    countFacets(member, connection),
    listRolesHeld(member, connection),
    countHolders(member, connection, all('others')),
    countHolders(member, connection, all('people', 'orphan')),
    countHolders(member, connection, all('others', 'orphan')),
  ])
  const groups = connection.publishedRun?.coverage.find(({ dataset }) => dataset === 'groups')
  return {
    roles,
    counts: {
      people: facets.people,
      roles: roles.length,
      groups: groups ? groups.read + groups.missing : 0,
      principals: others,
    },
    assignments: connection.publishedAt ? facets.ownAssignments : null,
    signals: { people: { ...facets.signals, orphan: orphans }, others: { orphan: otherOrphans } },
  }
})
