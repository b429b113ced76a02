import { cache } from 'react'
import { type ConnectionFacts, getConnection } from '@/db/queries/connections'
import { countHolders } from '@/db/queries/holders'
import { countFacets } from '@/db/queries/result'
import { listRolesHeld } from '@/db/queries/roles'
import { showUnknown } from '@/lib/auth/refusals'
import { requireMember } from '@/lib/auth/request'
import { type AccessView, parseAccessView } from '@/lib/domain/views'
import type { CoverageLine, Dataset } from '@/lib/domain/vocabulary'
import { connectionAt, findPast } from '@/lib/past-result'
import { type AskedFor, readTypedFilter } from '@/lib/typed-filter'

/**
 * The member and the connection of this request. They are read once for a request, so that everything on a page is of the
 * same published result. The page is not found when the ID is unknown or of another organisation.
 */
export const openConnection = cache(async (connectionId: string) => {
  const member = await requireMember()
  const connection = await getConnection(member, connectionId)
  return { member, connection: connection ?? (await showUnknown(member, 'connection')) }
})

/**
 * The connection of this request with the result that a page shows: the published one, or the one that its readers saw at a
 * moment. Where a moment cannot be shown, it has no result. Read once for a request.
 *
 * @param at the moment as it stands in the address; empty for now
 */
export const openResult = cache(async (connectionId: string, at: string) => {
  const { member, connection } = await openConnection(connectionId)
  if (at === '') return { member, connection, past: null }
  const past = await findPast(member, connection, at)
  return { member, connection: connectionAt(connection, past), past }
})

/** What the frame and the filters of a connection's pages show of a result, read once for a request. */
export const readResult = cache(async (connectionId: string, at: string) => {
  const { member, connection } = await openResult(connectionId, at)
  // The page of groups also lists the groups inside those that hold roles; only the coverage counts them all.
  const groups = findCoverage(connection, 'groups')
  const [facets, roles, holdingGroups] = await Promise.all([
    countFacets(member, connection),
    listRolesHeld(member, connection),
    groups ? 0 : countHolders(member, connection, { ...parseAccessView({}), who: 'groups' }),
  ])
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

/** The view of a list with what was typed into its search field as filters, and what of that was not understood. */
export async function readFilter(connectionId: string, typed: AccessView): Promise<AskedFor> {
  if (typed.search === '') return { view: typed, problems: [] }
  const { member, connection } = await openResult(connectionId, typed.at)
  const { roles } = await readResult(connectionId, typed.at)
  return readTypedFilter(member, connection, typed, roles)
}

/** How far a result has read one kind of data; undefined when it does not say. */
export function findCoverage({ publishedRun }: ConnectionFacts, dataset: Dataset): CoverageLine | undefined {
  return publishedRun?.coverage.find((line) => line.dataset === dataset)
}
