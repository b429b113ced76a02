import { and, eq, inArray, ne, or, type SQL, sql } from 'drizzle-orm'
import { getDb } from '@/db/client'
import { holders, roleDefinitions } from '@/db/schema/access'
import { PRINCIPAL_STATUSES } from '@/lib/domain/vocabulary'
import { placesOf } from './few-holders'
import { KINDS } from './holder-filters'
import { STRONGEST, sortKeys } from './holder-order'
import { type Keys, type Query, type Reading, rowMatches, type Selected, selectByName, where } from './holder-rows'
import { inSnapshot, toRole } from './snapshot'
import { isRowShown } from './subscription-holders'

/** The columns whose values put a list in order, before the name does. */
const COLUMNS = {
  role: [holders.strongest, holders.roleId],
  scope: [holders.scopeLevel, holders.scope],
  status: [holders.status],
} as const
type ValueSort = keyof typeof COLUMNS

/** A value that rows have, with its place in the order. */
type Value = { of: (string | number)[]; key: string; isAtCursor: boolean }
/**
 * Values that have the same place in the order, or follow each other in it, and how many rows have them at each node: one more than are
 * few stands for all that are more.
 */
type Step = { values: Value[]; sizes: Record<string, number> }
const sizeOf = ({ sizes }: Step) => Object.values(sizes).reduce((sum, size) => sum + size, 0)

/** Values whose rows are counted with one statement. */
const MOST_VALUES = 20

/**
 * Goes through the holders value by value, in the order of a list, until a page is full. A value that few have is read whole, together
 * with the next ones; of one that many have the first ones by name are found by the index of names.
 */
export async function walkByValue(reading: Reading, query: Query, sort: ValueSort, keys: Keys): Promise<Selected[]> {
  const db = await getDb(reading.actor)
  const { rows: values } = await db.execute<Value>(selectValues(reading, query, sort, keys))
  const places = [...Map.groupBy(values, ({ key }) => key).values()]
  const rows: Selected[] = []
  for (let from = 0, more = 4; from < places.length && rows.length < keys.fetch; from += more, more = MOST_VALUES) {
    const { rows: counted } = await db.execute<Pick<Step, 'sizes'>>(
      selectSizes(reading, query, sort, places.slice(from, from + more)),
    )
    const steps = counted.map(({ sizes }, place) => ({ sizes, values: places[from + place] ?? [] }))
    for (const step of joinSmall(steps, reading.mostFew)) {
      const fetch = keys.fetch - rows.length
      if (fetch === 0) break
      const select = sizeOf(step) > reading.mostFew ? selectOfMany : selectOfFew
      const { rows: next } = await db.execute<Selected>(select(reading, query, sort, keys, { ...step, fetch }))
      rows.push(...next)
    }
  }
  return rows
}

/** Joins steps that are next to each other as long as few have their values together, and leaves out values that nobody has. */
function joinSmall(steps: Step[], mostFew: number): Step[] {
  const joined: Step[] = []
  for (const step of steps.filter((one) => sizeOf(one) > 0)) {
    const last = joined.at(-1)
    if (last && sizeOf(last) + sizeOf(step) <= mostFew)
      joined.splice(-1, 1, {
        values: [...last.values, ...step.values],
        sizes: { before: sizeOf(last), here: sizeOf(step) },
      })
    else joined.push(step)
  }
  return joined
}

/** How many rows at each node of a snapshot have the values of each place, as far as that is few. */
function selectSizes({ actor, published, mostFew }: Reading, { who }: Query, sort: ValueSort, places: Value[][]): SQL {
  const ofNode = (nodeId: string, values: Value[]) => sql`${nodeId}::text, (select count(*)::int from (
    select from ${holders} where ${and(
      eq(holders.organisationId, actor.organisationId),
      eq(holders.nodeId, nodeId),
      inArray(holders.kind, KINDS[who]),
      hasValue(sort, values),
    )} limit ${mostFew + 1}) as found)`
  const sizes = places.map(
    (values, place) =>
      sql`select ${place}::int as place, json_build_object(${sql.join(
        published.nodeIds.map((nodeId) => ofNode(nodeId, values)),
        sql`, `,
      )}) as sizes`,
  )
  return sql`${sql.join(sizes, sql` union all `)} order by place`
}

/** The values that rows have at the nodes of a snapshot, in the order of the list, without those before its cursor. */
function selectValues(
  { actor, published }: Reading,
  { who }: Query,
  sort: ValueSort,
  { ascending, values }: Keys,
): SQL {
  const columns = COLUMNS[sort]
  const list = sql.join([...columns], sql`, `)
  const [key] = sortKeys(STRONGEST)[sort]
  const at = values?.[0] ?? null
  return sql`
    with recursive in_use as (${sort === 'status' ? selectStatuses() : selectInUse(actor.organisationId, published.nodeIds, who, sort)})
    select json_build_array(${list}) as of, key, coalesce(key = ${at}::text, false) as "isAtCursor" from (
      select holders.*, ${key} as key from in_use as holders
      ${sort === 'role' ? sql`left join ${roleDefinitions} on ${toRole(holders, holders.roleId)}` : sql``}
    ) as holders
    ${at === null ? sql`` : sql`where key ${sql.raw(ascending ? '>=' : '<=')} ${at}`}
    group by ${list}, key order by key ${sql.raw(ascending ? 'asc' : 'desc')}`
}

/** All statuses: their list is closed and short. */
const selectStatuses = (): SQL =>
  sql`select status from unnest(array[${sql.raw(PRINCIPAL_STATUSES.map((status) => `'${status}'`).join(', '))}]) as status`

/** The values in use, found one after the other by their index. */
function selectInUse(organisationId: string, nodeIds: string[], who: Query['who'], sort: ValueSort): SQL {
  const columns = COLUMNS[sort]
  const list = sql.join([...columns], sql`, `)
  const ofPlace = sql.join(
    columns.map(({ name }) => sql`place.${sql.identifier(name)}`),
    sql`, `,
  )
  const found = sql`select place.node_id, place.kind, found.*`
  const next = (beyond: SQL | undefined) => sql`lateral (
    select ${holders.organisationId}, ${holders.tenantId}, ${list} from ${holders}
    where ${and(eq(holders.organisationId, organisationId), sql`${holders.nodeId} = place.node_id and ${holders.kind} = place.kind`, beyond)}
    order by ${list} limit 1) as found`
  return sql`${found} from ${placesOf(nodeIds, KINDS[who])}, ${next(undefined)}
    union all ${found} from in_use as place, ${next(sql`(${list}) > (${ofPlace})`)}`
}

/** Whether a row has one of some values. The index of statuses is without the one that nearly everyone has. */
const hasValue = (sort: ValueSort, values: Value[]): SQL | undefined =>
  or(
    ...values.map(({ of }) =>
      and(
        ...COLUMNS[sort].map((column, place) => sql`${column} = ${of[place]}`),
        sort === 'status' && of[0] !== 'active' ? ne(holders.status, 'active') : undefined,
      ),
    ),
  )

/** The same in words that no index serves: it is for rows that are found by the index of names. */
const hasUsualValue = (sort: ValueSort, values: Value[]): SQL | undefined =>
  or(
    ...values.map(({ of }) =>
      and(...COLUMNS[sort].map((column, place) => sql`${column} is not distinct from ${of[place]}`)),
    ),
  )

type Wanted = Step & { fetch: number }

/** Those who have values that few have: all of them are read, and put in order. */
function selectOfFew(reading: Reading, query: Query, sort: ValueSort, keys: Keys, { values, fetch }: Wanted): SQL {
  const { actor, published } = reading
  return sql`
    select ${holders.principalId}, ${keys.at} as at from ${holders}
    ${sort === 'role' ? sql`left join ${roleDefinitions} on ${toRole(holders, holders.roleId)}` : sql``}
    ${where(
      and(
        inSnapshot(holders, actor, published),
        inArray(holders.kind, KINDS[query.who]),
        hasValue(sort, values),
        isRowShown(actor, published),
        rowMatches(reading, query),
        keys.beyond,
      ),
    )}
    order by ${sql.join(keys.order, sql`, `)} limit ${fetch}`
}

/** The next ones by name of those who have a value that many have. */
function selectOfMany(
  reading: Reading,
  query: Query,
  sort: ValueSort,
  keys: Keys,
  { values, sizes, fetch }: Wanted,
): SQL {
  const { actor, published } = reading
  const { ascending } = keys
  const [first] = values
  const [, name, id] = keys.values ?? []
  const page = selectByName(reading, query, {
    ascending,
    fetch,
    only: (nodeId) => {
      const size = sizes[nodeId] ?? 0
      const isValue = size > reading.mostFew ? hasUsualValue : hasValue
      return size > 0 ? and(isValue(sort, values), isRowShown(actor, published)) : null
    },
    beyond: first?.isAtCursor
      ? sql`(${holders.sortName}, ${holders.principalId}) ${sql.raw(ascending ? '>' : '<')} (${name}, ${id})`
      : undefined,
  })
  return sql`select ${holders.principalId}, json_build_array(${first?.key ?? ''}::text, ${holders.sortName}, ${holders.principalId}) as at
    from (${page}) as holders`
}
