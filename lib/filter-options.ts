import type { Actor } from '@/db/actor'
import type { ConnectionFacts } from '@/db/queries/connections'
import { listMatchingGrants } from '@/db/queries/grants'
import { countHoldersByStatus, listHolders } from '@/db/queries/holders'
import { listScopes } from '@/db/queries/result'
import { listRolesHeld } from '@/db/queries/roles'
import { type ChosenFilter, withoutFilter } from '@/lib/domain/filter-options'
import { type AccessView, HELD, type HolderFilter, isFiltered } from '@/lib/domain/views'
import { PRINCIPAL_STATUSES, SCOPE_LEVELS, WAYS_HELD } from '@/lib/domain/vocabulary'
import type { Total } from '@/lib/domain/words'
import { withLease } from '@/lib/leases'
import { hasVeryMany, holderCounter } from '@/lib/totals'

/** Something that a list can be narrowed to: how the view changes, and how many are then listed; null where nobody has counted. */
export type Choice = {
  change: Partial<AccessView>
  /** The name of a role, where its definition could be read. */
  roleName?: string | null
  count: Total | null
}

type Asked = { view: AccessView; who: 'people' | 'others' }

/**
 * What a filter of a list can be set to, with how many are then listed under the other filters. Only what is in use here is offered. Throws
 * TooMany while as many questions are being answered as may be at a time.
 */
export async function listChoices(
  actor: Actor,
  connection: ConnectionFacts,
  { view, who }: Asked,
  by: ChosenFilter,
): Promise<Choice[]> {
  const others = { ...withoutFilter(view, by), who }
  return withLease('question', actor.memberId, async () => {
    const choices = await LISTS[by](actor, connection, others)
    return choices.filter(({ count }) => count !== 0)
  })
}

type Others = AccessView & Pick<HolderFilter, 'who'>
type ListOfChoices = (actor: Actor, connection: ConnectionFacts, others: Others) => Promise<Choice[]>

const LISTS: Record<ChosenFilter, ListOfChoices> = {
  role: listRoleChoices,
  scope: listScopeChoices,
  how: (...asked) =>
    countEach(
      ...asked,
      [...WAYS_HELD].map((how) => ({ how })),
    ),
  held: (...asked) =>
    countEach(
      ...asked,
      [...HELD].map((held) => ({ held })),
    ),
  status: listStatusChoices,
}

async function countEach(
  actor: Actor,
  connection: ConnectionFacts,
  others: Others,
  changes: Partial<AccessView>[],
): Promise<Choice[]> {
  // One after the other, so that one request never takes all of the database's connections.
  const count = holderCounter(actor, connection)
  const choices: Choice[] = []
  for (const change of changes) choices.push({ change, count: await count({ ...others, ...change }) })
  return choices
}

async function listStatusChoices(actor: Actor, connection: ConnectionFacts, others: Others): Promise<Choice[]> {
  const statuses = await countStatuses(actor, connection, others)
  if (others.who !== 'people') return statuses
  const [notEnabled, ...guests] = await countEach(actor, connection, others, [
    { notStatus: ['active'] },
    { guest: 'only' },
    { guest: 'none' },
  ])
  const isAnyEnabled = statuses.some(({ change, count }) => change.status === 'active' && count !== 0)
  return [...statuses, ...(notEnabled && isAnyEnabled ? [notEnabled] : []), ...(guests[0]?.count ? guests : [])]
}

/** How many have each status: in one go, or each of them no further than is said where very many have access. */
async function countStatuses(actor: Actor, connection: ConnectionFacts, others: Others): Promise<Choice[]> {
  const changes = PRINCIPAL_STATUSES.map((status) => ({ status }))
  if (hasVeryMany(connection)) return countEach(actor, connection, others, changes)
  const counts = await countHoldersByStatus(actor, connection, others)
  return changes.map((change) => ({ change, count: counts.get(change.status) ?? 0 }))
}

/** The most holders whose roles are counted one by one; the roles of all are counted with each result. */
const MOST_COUNTED = 1_000

async function listRoleChoices(actor: Actor, connection: ConnectionFacts, others: Others): Promise<Choice[]> {
  const held = await listRolesHeld(actor, connection)
  const counts = isFiltered(others) ? await countRoles(actor, connection, others) : null
  return held.map(({ id, name, people, eligible, others: principals, eligibleOthers }) => {
    const inAll = others.who === 'people' ? people + eligible : principals + eligibleOthers
    const count = isFiltered(others) && inAll > 0 ? (counts ? (counts.get(id) ?? 0) : null) : inAll
    return { change: { roleIds: [id] }, roleName: name, count }
  })
}

/** How many of those whom the other filters leave have each role; null when they are too many. */
async function countRoles(actor: Actor, connection: ConnectionFacts, others: Others) {
  const { rows, next } = await listHolders(actor, connection, { ...others, cursor: null }, MOST_COUNTED)
  if (next) return null
  const ids = rows.map(({ principalId }) => principalId)
  const grants = await listMatchingGrants(actor, connection, ids, others)
  const holdersOf = Map.groupBy(grants, ({ roleId }) => roleId)
  return new Map([...holdersOf].map(([id, of]) => [id, new Set(of.map(({ principalId }) => principalId)).size]))
}

const MOST_SCOPES = 20 // each is counted; any other scope can be typed

/** The levels, then the widest of the scopes in use. */
async function listScopeChoices(actor: Actor, connection: ConnectionFacts, others: Others): Promise<Choice[]> {
  const levels = await countEach(
    actor,
    connection,
    others,
    [...SCOPE_LEVELS].map((level) => ({ level })),
  )
  const { rows } = await listScopes(actor, connection, { search: '', cursor: null }, MOST_SCOPES)
  return [
    ...levels,
    ...(await countEach(
      actor,
      connection,
      others,
      rows.map(({ scope }) => ({ scope })),
    )),
  ]
}
