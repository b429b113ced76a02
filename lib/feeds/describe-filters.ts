import type { Actor } from '@/db/actor'
import { listKnownRoles } from '@/db/queries/changes'
import { listConnections } from '@/db/queries/connections'
import { getPrincipalName } from '@/db/queries/person'
import { changeFilterWords } from '@/lib/domain/change-filter-words'
import type { ChangesFilter } from '@/lib/domain/views'

/** Filters of changes in words, each in its place. What they name that is not there any more keeps its id. */
export async function describeFilters(actor: Actor, filters: ChangesFilter[]): Promise<string[]> {
  const idsOf = (key: 'connectionId' | 'roleId' | 'personId') => [
    ...new Set(filters.flatMap((filter) => filter[key] ?? [])),
  ]
  const [connections, roles, people] = await Promise.all([
    listConnections(actor, idsOf('connectionId')),
    idsOf('roleId').length > 0 ? listKnownRoles(actor) : [],
    Promise.all(idsOf('personId').map(async (id) => [id, await getPrincipalName(actor, id)] as const)),
  ])
  const labels = new Map(connections.map(({ id, label }) => [id, label]))
  const roleNames = new Map(roles.map(({ id, name }) => [id, name]))
  const personNames = new Map(people)
  const names = {
    connection: (id: string) => labels.get(id) ?? null,
    role: (id: string) => roleNames.get(id) ?? null,
    person: (id: string) => personNames.get(id) ?? null,
  }
  return filters.map((filter) => changeFilterWords(filter, names))
}
