import { and, eq, type SQL, sql } from 'drizzle-orm'
import type { Actor } from '@/db/actor'
import { holders } from '@/db/schema/access'
import { principals } from '@/db/schema/directory'
import type { Direction, HolderFilter, HolderSort } from '@/lib/domain/views'
import { hasMatchingGrant, type MatchingGroups } from './few-holders'
import { asksOfGrants, factsMatch, hasSignal, KINDS, nameMatches } from './holder-filters'
import type { keyset } from './keyset'
import { inSnapshot, type Published, toPrincipal } from './snapshot'
import { signalsInSnapshot } from './subscription-holders'

export type Query = HolderFilter & { sort: HolderSort; direction: Direction }
export type Keys = ReturnType<typeof keyset>

/** One of a page, with what a cursor at it would hold, and with the grant that it shows where a filter asks for one. */
export type Selected = { principal_id: string; at: string[] }

/**
 * What a list is read with: `few` are all who can be in it where these are few, `groups` those through which a grant counts, and
 * `mostFew` says how many are few.
 */
export type Reading = {
  actor: Actor
  published: Published
  few: string[] | null
  groups: MatchingGroups | null
  mostFew: number
}

export const where = (condition: SQL | undefined): SQL => (condition ? sql`where ${condition}` : sql``)

/**
 * What a filter asks of a row of the table `holders`: what depends on other rows is looked up for each row. The `coalesce` keeps
 * PostgreSQL from making a join of it, which would look up everyone before the page is cut.
 */
export function rowMatches({ actor, published, groups }: Reading, filter: HolderFilter): SQL | undefined {
  const name = nameMatches(filter)
  return and(
    factsMatch(filter),
    name
      ? sql`coalesce((select ${name} from (select) as one left join ${principals} on ${toPrincipal(holders, holders.principalId)}), false)`
      : undefined,
    filter.signal ? hasSignal(signalsInSnapshot(actor, published), filter.signal) : undefined,
    asksOfGrants(filter) ? hasMatchingGrant(actor, published, filter, groups) : undefined,
  )
}

type Stretch = {
  ascending: boolean
  beyond: SQL | undefined
  fetch: number
  /** A condition more on the rows at a node; null where nobody there is wanted. */
  only?: (nodeId: string) => SQL | undefined | null
}

/** The next ones by name: those of each node and kind are found by the index of names, and the first of all these kept. */
export function selectByName(reading: Reading, filter: HolderFilter, { ascending, beyond, fetch, only }: Stretch): SQL {
  const { actor, published } = reading
  const way = sql.raw(ascending ? 'asc' : 'desc')
  const order = sql`${holders.sortName} ${way}, ${holders.principalId} ${way}`
  const columns = sql`select ${holders.sortName}, ${holders.principalId} from ${holders}`
  const arms = published.nodeIds.flatMap((nodeId) => {
    const more = only?.(nodeId)
    if (more === null) return []
    const isAtNode = inSnapshot(holders, actor, { ...published, nodeIds: [nodeId] })
    return KINDS[filter.who].map((kind) => {
      const condition = and(isAtNode, eq(holders.kind, kind), rowMatches(reading, filter), more, beyond)
      return sql`(${columns} ${where(condition)} order by ${order} limit ${fetch})`
    })
  })
  const first = arms.length > 0 ? sql.join(arms, sql` union `) : sql`(${columns} where false)`
  return sql`select ${holders.sortName}, ${holders.principalId} from (${first}) as holders order by ${order} limit ${fetch}`
}
