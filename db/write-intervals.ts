import { type SQL, sql } from 'drizzle-orm'
import { getTableConfig, type PgTable } from 'drizzle-orm/pg-core'
import { z } from 'zod'
import type { Transaction } from './database'
import { jsonChunks, listColumns, listInSql, type RecordColumn, type RecordOf, selectRecords } from './json-records'

/** Columns that are the same in all rows of a write: whose they are, and how long they hold. */
export type Common = {
  organisationId: string
  nodeId?: string
  accountId?: string
  connectionId?: string
  tenantId?: string
  /** The run that writes. */
  runId: string
  /** When the rows begin, and those that they replace end. */
  at: Date
}

/** The columns that a write fills from {@link Common}, where a table has them. */
type FilledColumn = 'organisationId' | 'nodeId' | 'accountId' | 'connectionId' | 'tenantId' | Stamp
type Stamp = 'validFrom' | 'validTo' | 'fromRunId' | 'toRunId'

/** What was read, as a row of an interval table. */
export type IntervalRow<Table extends PgTable> = RecordOf<Table, FilledColumn>

type Intervals<Table extends PgTable, Tell extends string> = {
  table: Table
  /** Columns that do not begin a new interval when they alone change, because they cannot or because nobody asks. */
  carried?: readonly (keyof RecordOf<Table, FilledColumn>)[]
  /** Columns that are brought up to date in the current interval: they say how it is known, not what it is. */
  refreshed?: readonly (keyof RecordOf<Table, FilledColumn>)[]
  /** Narrows the rows that are brought to what was read: others of the same owner are left alone. `t` is the table. */
  only?: SQL
  /** Columns, all of them texts, by which the result names the rows that were opened, closed or refreshed. */
  tell?: readonly Tell[]
}

/** Rows that a write names at most. Where more have changed, looking at everything costs little more than looking at these. */
const MOST_TOLD = 1_000

/** The rows that a write opened, closed or refreshed, by some of their columns; null where there are more than {@link MOST_TOLD}. */
export type Told<Tell extends string> = Record<Tell, string>[] | null

type WrittenIntervals<Tell extends string> = { opened: number; closed: number; written: number; told: Told<Tell> }

/**
 * Brings a table of validity intervals to what was read, by differences: closes the intervals of rows that are gone or
 * read differently now, and opens one for each row that is new. An unchanged read writes no row.
 *
 * The columns come from the table's schema. Those of its primary key say which row it is, and a change of any other one
 * begins a new interval unless it is `carried` or `refreshed`.
 *
 * @returns how many intervals were opened and closed, the rows written by both, and which rows these and the refreshed ones are
 */
export async function writeIntervals<
  Table extends PgTable,
  Tell extends Extract<keyof RecordOf<Table, FilledColumn>, string> = never,
>(
  tx: Transaction,
  common: Common,
  { table, carried = [], refreshed = [], only, tell = [] }: Intervals<Table, Tell>,
  rows: Iterable<IntervalRow<Table>>,
): Promise<WrittenIntervals<Tell>> {
  const filled = fillColumns(common)
  const columns = listColumns(table, [...filled.keys()])
  const ofRun = listColumns(table).filter(({ property }) => filled.has(property))
  const opening = ofRun.filter(({ property }) => !CLOSING.includes(property))
  const closing = ofRun.filter(({ property }) => CLOSING.includes(property))
  const fillIn = ({ property, type }: (typeof ofRun)[number]) => sql`${filled.get(property)}::${sql.raw(type)}`

  const keys = listKeyColumns(table)
  const isKey = columns.filter(({ name }) => keys.includes(name))
  const isCompared = columns.filter(
    (column) => !isKey.includes(column) && !isOneOf([...carried, ...refreshed], column.property),
  )
  const isRefreshed = columns.filter(({ property }) => isOneOf(refreshed, property))
  const sameKey = listInSql(isKey, ({ name }) => `i."${name}" = t."${name}"`, ' and ')
  const same = listInSql(isCompared, ({ name }) => ` and i."${name}" is not distinct from t."${name}"`, '')
  const own = whereOwn(common, only)

  await tx.execute(sql`drop table if exists incoming`)
  await tx.execute(
    sql`create temporary table incoming (${listInSql(columns, ({ name, type }) => `"${name}" ${type}`)}) on commit drop`,
  )
  for (const chunk of jsonChunks(rows)) await tx.execute(sql`insert into incoming ${selectRecords(columns, chunk)}`)
  // Of the columns by which rows are found: to sample long lists of roles and groups takes longer than to compare them.
  await tx.execute(sql`analyze incoming (${listInSql(isKey, ({ name }) => `"${name}"`)})`)

  const named = columns.filter(({ property }) => isOneOf(tell, property))
  const returning = named.length > 0 ? listInSql(named, ({ name }) => `t."${name}"`) : sql`1`
  const gone = readChanged<Tell>(
    await tx.execute(sql`
    with changed as (
      update ${table} t set ${sql.join(
        closing.map((column) => sql`${sql.identifier(column.name)} = ${fillIn(column)}`),
        sql`, `,
      )}
      where ${own} and t.valid_to is null and not exists (select from incoming i where ${sameKey}${same})
      returning ${returning})
    ${selectChanged(named)}`),
  )
  const told = gone.told
  if (isRefreshed.length > 0) {
    const renewed = await tx.execute(sql`
    with changed as (
      update ${table} t set ${listInSql(isRefreshed, ({ name }) => `"${name}" = i."${name}"`)}
      from incoming i where ${own} and t.valid_to is null and ${sameKey}
        and (${listInSql(isRefreshed, ({ name }) => `t."${name}"`)}) is distinct from (${listInSql(isRefreshed, ({ name }) => `i."${name}"`)})
      returning ${returning})
    ${selectChanged(named)}`)
    told.push(...readChanged<Tell>(renewed).told)
  }
  await tx.execute(sql`delete from incoming i using ${table} t where ${own} and t.valid_to is null and ${sameKey}`)
  let opened = 0
  for (const part of await listParts(tx)) {
    const { rows, told: some } = readChanged<Tell>(
      await tx.execute(sql`
      with changed as (
        insert into ${table} as t (${listInSql([...columns, ...opening], ({ name }) => `"${name}"`)})
        select ${listInSql(columns, ({ name }) => `i."${name}"`)}, ${sql.join(opening.map(fillIn), sql`, `)}
        from incoming i where ${part}
        returning ${returning})
      ${selectChanged(named)}`),
    )
    opened += rows
    if (told.length <= MOST_TOLD) told.push(...some)
  }
  return { opened, closed: gone.rows, written: opened + gone.rows, told: told.length > MOST_TOLD ? null : told }
}

/** Pages of the table `incoming`, of 8,192 bytes, from which one statement takes rows: some 1,000 holders, or 4,000 members of groups. */
const PAGES_AT_ONCE = 50

/** Conditions that take the rows of `incoming` by turns, so that the embedded engine is free for somebody else in between. */
async function listParts(tx: Transaction): Promise<SQL[]> {
  const { rows } = await tx.execute<{ pages: number }>(
    sql`select (pg_relation_size('incoming') / current_setting('block_size')::int)::int as pages`,
  )
  const pages = rows[0]?.pages ?? 0
  const at = (page: number) => sql`${`(${page},0)`}::tid`
  return Array.from(
    { length: Math.ceil(pages / PAGES_AT_ONCE) },
    (_, part) => sql`i.ctid >= ${at(part * PAGES_AT_ONCE)} and i.ctid < ${at((part + 1) * PAGES_AT_ONCE)}`,
  )
}

/** Counts the rows of `changed`, and names them by these columns: one more at most than are told. */
const selectChanged = (named: RecordColumn[]): SQL =>
  named.length === 0
    ? sql`select count(*)::int as rows, '[]'::jsonb as told from changed`
    : sql`select count(*)::int as rows, (select coalesce(jsonb_agg(one), '[]') from (
        select distinct ${listInSql(named, ({ name, property }) => `"${name}" as "${property}"`)} from changed
        limit ${MOST_TOLD + 1}) as one) as told from changed`

function fillColumns({ runId, at, ...owner }: Common): Map<string, string> {
  const stamps: Record<Stamp, string> = {
    ...{ validFrom: at.toISOString(), validTo: at.toISOString() },
    ...{ fromRunId: runId, toRunId: runId },
  }
  return new Map(Object.entries({ ...owner, ...stamps }))
}

/** The rows that a write is about: those of a node, of an account or of a connection, or else those that `only` names. */
function whereOwn({ organisationId, nodeId, accountId, connectionId }: Common, only?: SQL): SQL {
  if (!nodeId && !accountId && !connectionId) {
    if (!only) throw new Error('A write of intervals belongs to a node, an account or a connection, or names its rows.')
    return sql`t.organisation_id = ${organisationId} and ${only}`
  }
  const owner = nodeId
    ? sql`t.node_id = ${nodeId}`
    : accountId
      ? sql`t.account_id = ${accountId}`
      : sql`t.connection_id = ${connectionId}`
  return sql`t.organisation_id = ${organisationId} and ${owner}${only ? sql` and ${only}` : sql``}`
}

/** The columns of {@link fillColumns} that are filled when an interval is closed; the others are when it is opened. */
const CLOSING: readonly string[] = ['validTo', 'toRunId'] satisfies FilledColumn[]

/** Names in SQL of the columns of a table's primary key. */
function listKeyColumns(table: PgTable): string[] {
  return getTableConfig(table).primaryKeys.flatMap(({ columns }) => columns.map(({ name }) => name))
}

const isOneOf = (properties: readonly PropertyKey[], property: string) => properties.includes(property)

const Changed = z.object({
  rows: z.tuple([z.object({ rows: z.number(), told: z.array(z.record(z.string(), z.string())) })]),
})

type Changes<Tell extends string> = { rows: number; told: Record<Tell, string>[] }

function readChanged<Tell extends string>(result: unknown): Changes<Tell> {
  const [{ rows, told }] = Changed.parse(result).rows
  return { rows, told: told as Record<Tell, string>[] }
}
