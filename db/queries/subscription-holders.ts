import { and, eq, type SQL, type SQLWrapper, Subquery, sql } from 'drizzle-orm'
import { alias } from 'drizzle-orm/pg-core'
import { holders } from '@/db/schema/access'
import { isAnyOf } from '@/db/text-array'
import { bitOf, HIDING } from '@/lib/domain/combined-holders'
import type { PrincipalStatus } from '@/lib/domain/vocabulary'
import { inSnapshot, type Published, type Reader, statusOfPrincipal } from './snapshot'

const stored = alias(holders, 'stored_holders')

/**
 * Everyone and everything with access in a snapshot, one row each: what they have at all of its nodes together, as a table
 * `holders` to select from. Its columns are those of the table that one reads, with the counts of all nodes, the signals that
 * show, and an eligible role only where that is stronger than anything held.
 *
 * @param only the ids of those who are wanted, or a condition that their rows fulfil
 */
export const subscriptionHolders = (actor: Reader, published: Published, only: string[] | SQL | null = null) =>
  asHolders(
    combineRows({
      from: sql`${holders} where ${and(
        inSnapshot(holders, actor, published),
        Array.isArray(only) ? isAnyOf(holders.principalId, only) : (only ?? undefined),
      )}`,
      of: [holders.principalId],
      eligibleRead: sql`${published.eligibleRead}::boolean`,
    }),
  )

/**
 * The same without the grant that is shown and without counts: who they are, and their signals. It costs less, and the database
 * knows better how many there are when it joins them.
 */
export const namedHolders = (actor: Reader, published: Published, only: string[] | null = null) => {
  const who = sql.join(
    [
      ...[holders.organisationId, holders.tenantId, holders.principalId],
      ...[holders.kind, holders.status, holders.guest, holders.sortName],
    ],
    sql`, `,
  )
  const [any, all] = [sql`bit_or(${holders.signals})`, sql`bit_and(${holders.signals})`]
  return asHolders(sql`select ${who}, ${shownSignals(any, all, sql`${published.eligibleRead}::boolean`)} as signals
    from ${holders} where ${and(
      inSnapshot(holders, actor, published),
      only ? isAnyOf(holders.principalId, only) : undefined,
    )} group by ${who}`)
}

/** The signals that the principal of a row of `holders` shows in a snapshot: those of their rows at all of its nodes together. */
export const signalsInSnapshot = (actor: Reader, published: Published): SQL<number> => sql`(
  select ${shownSignals(sql`bit_or(${stored.signals})`, sql`bit_and(${stored.signals})`, sql`${published.eligibleRead}::boolean`)}
  from ${holders} as ${stored}
  where ${and(inSnapshot(stored, actor, published), eq(stored.principalId, holders.principalId))})`

/**
 * Whether a row of `holders` has the grant that is shown of its principal: no row of theirs at another node of the snapshot comes before
 * it in the order of {@link combineRows}. The `coalesce` keeps PostgreSQL from making a join of it.
 */
export const isRowShown = (actor: Reader, published: Published): SQL => {
  const place = (row: typeof holders | typeof stored) =>
    sql`(${row.rank}, ${row.roleId}, lower(${row.scope}), coalesce(${row.groupId}, ''), ${row.nodeId})`
  return sql`coalesce((select false from ${holders} as ${stored}
    where ${and(inSnapshot(stored, actor, published), eq(stored.principalId, holders.principalId))}
      and ${place(stored)} < ${place(holders)} limit 1), true)`
}

/**
 * The status of a principal in a snapshot, by its id in SQL. Only that of whoever holds a role is kept; of anybody else it is what the
 * directory says now, of which `principals` is left joined.
 */
export const statusInSnapshot = (actor: Reader, published: Published, id: SQLWrapper | string) =>
  sql<PrincipalStatus>`coalesce((select ${stored.status} from ${holders} as ${stored}
    where ${and(inSnapshot(stored, actor, published), eq(stored.principalId, id))} limit 1), ${statusOfPrincipal})`

/** A select of combined rows as a table that stands where `holders` would: queries name its columns as those of the table. */
export const asHolders = (rows: SQL) => new Subquery<'holders', Record<string, unknown>>(rows, {}, 'holders')

type Rows = {
  /** The rows of `holders`, with a condition. */
  from: SQL
  /** Whose rows are combined: the columns that name a person, or a person and a subscription. */
  of: SQLWrapper[]
  /** More columns, the same for all rows that are combined. */
  more?: SQL
  eligibleRead: SQL
}

/** A select that combines the rows that somebody has at several nodes by the rules of `lib/domain/combined-holders.ts`. */
export function combineRows({ from, of, more, eligibleRead }: Rows): SQL {
  const whose = sql.join(of, sql`, `)
  const hasStronger = sql`assignment_kind <> 'eligible' and left(eligible_best, 1)::int < strongest`
  return sql`
    select *, case when ${hasStronger} then left(eligible_best, 1)::int end as eligible_strongest,
      case when ${hasStronger} then substr(eligible_best, 3) end as eligible_role_id
    from (
      select distinct on (${whose}) ${more ? sql`${more}, ` : sql``}
        ${holders.organisationId}, ${holders.tenantId}, ${holders.principalId}, ${holders.kind}, ${holders.status}, ${holders.guest},
        ${holders.sortName}, ${holders.strongest}, ${holders.roleId}, ${holders.scope}, ${holders.scopeLevel},
        ${holders.assignmentKind}, ${holders.groupId}, ${holders.unreadSince},
        min(${holders.eligibleStrongest} || ' ' || ${holders.eligibleRoleId}) over own as eligible_best,
        (sum(${holders.grants}) over own)::int as grants, (sum(${holders.direct}) over own)::int as direct,
        (sum(${holders.eligible}) over own)::int as eligible,
        ${shownSignals(sql`bit_or(${holders.signals}) over own`, sql`bit_and(${holders.signals}) over own`, eligibleRead)} as signals
      from ${from}
      window own as (partition by ${whose})
      order by ${whose}, ${holders.rank}, ${holders.roleId}, lower(${holders.scope}), ${holders.groupId}
    ) as combined`
}

const number = (value: number) => sql.raw(String(value))

/** `combineSignals` in SQL, of the bits that any row has and of those that all have. */
export function shownSignals(any: SQL, all: SQL, eligibleRead: SQL): SQL<number> {
  const notRead = number(bitOf('not_read'))
  const standing = number(bitOf('standing_privileged'))
  const hidden = HIDING.map(
    ({ signal, hides }) =>
      sql`case when ${any} & ${number(bitOf(signal))} <> 0 then ${number(bitOf(...hides))} else 0 end`,
  )
  return sql<number>`case when ${all} & ${notRead} <> 0 then ${notRead} else
    ${any} & ~(${notRead} | case when ${eligibleRead} then 0 else ${standing} end | ${sql.join(hidden, sql` | `)}) end`
}
