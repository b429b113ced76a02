import { type SQL, sql } from 'drizzle-orm'
import { getTableConfig, type PgTable } from 'drizzle-orm/pg-core'
import { z } from 'zod'
import type { Transaction } from '@/db/database'
import type { ClaimedRun } from '@/lib/runs/runs'
import { jsonChunks, listColumns, listInSql, type RecordOf, selectRecords } from './json-records'

/** The columns that say whose row it is and how long it holds. The run fills them, where a table has them. */
type RunColumn = keyof ReturnType<typeof fillRunColumns>

/** What was read, as a row of an interval table. Columns that only the database can fill are null until then. */
export type IntervalRow<Table extends PgTable, FilledLater extends string = never> = {
  [Column in keyof RecordOf<Table, RunColumn>]:
    | RecordOf<Table, RunColumn>[Column]
    | (Column extends FilledLater ? null : never)
}

type Intervals<Table extends PgTable> = {
  table: Table
  /** Columns that do not begin a new interval when they alone change, because they cannot or because nobody asks. */
  carried?: readonly (keyof RecordOf<Table, RunColumn>)[]
  /** Columns that are brought up to date in the current interval: they say how it is known, not what it is. */
  refreshed?: readonly (keyof RecordOf<Table, RunColumn>)[]
  /** Fills columns of the table `incoming`, which holds what was read, before it is compared. */
  complete?: SQL
}

/**
 * Brings a table of validity intervals to what was read, by differences: closes the intervals of rows that are gone or
 * read differently now, and opens one for each row that is new. An unchanged read writes no row.
 *
 * The columns come from the table's schema. Those of its primary key say which row it is, and a change of any other one
 * begins a new interval unless it is `carried` or `refreshed`.
 *
 * @returns how many intervals were opened and closed, and the rows written by both
 */
export async function writeIntervals<Table extends PgTable, FilledLater extends string = never>(
  tx: Transaction,
  run: Pick<ClaimedRun, 'organisationId' | 'id' | 'connection'>,
  at: Date,
  { table, carried = [], refreshed = [], complete }: Intervals<Table>,
  rows: Iterable<IntervalRow<Table, FilledLater>>,
): Promise<{ opened: number; closed: number; written: number }> {
  const filled = new Map<string, string>(Object.entries(fillRunColumns(run, at)))
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
  const own = sql`t.organisation_id = ${run.organisationId} and t.connection_id = ${run.connection.id}`

  await tx.execute(sql`drop table if exists incoming`)
  await tx.execute(
    sql`create temporary table incoming (${listInSql(columns, ({ name, type }) => `"${name}" ${type}`)}) on commit drop`,
  )
  for (const chunk of jsonChunks(rows)) await tx.execute(sql`insert into incoming ${selectRecords(columns, chunk)}`)
  if (complete) await tx.execute(complete)
  await tx.execute(sql`analyze incoming`)

  const closed = readCount(
    await tx.execute(sql`
    with gone as (
      update ${table} t set ${sql.join(
        closing.map((column) => sql`${sql.identifier(column.name)} = ${fillIn(column)}`),
        sql`, `,
      )}
      where ${own} and t.valid_to is null and not exists (select from incoming i where ${sameKey}${same})
      returning 1)
    select count(*)::int as rows from gone`),
  )
  const opened = readCount(
    await tx.execute(sql`
    with made as (
      insert into ${table} (${listInSql([...columns, ...opening], ({ name }) => `"${name}"`)})
      select ${listInSql(columns, ({ name }) => `i."${name}"`)}, ${sql.join(opening.map(fillIn), sql`, `)}
      from incoming i
      where not exists (select from ${table} t where ${own} and t.valid_to is null and ${sameKey})
      returning 1)
    select count(*)::int as rows from made`),
  )
  if (isRefreshed.length > 0)
    await tx.execute(sql`
      update ${table} t set ${listInSql(isRefreshed, ({ name }) => `"${name}" = i."${name}"`)}
      from incoming i where ${own} and t.valid_to is null and ${sameKey}
        and (${listInSql(isRefreshed, ({ name }) => `t."${name}"`)}) is distinct from (${listInSql(isRefreshed, ({ name }) => `i."${name}"`)})`)
  return { opened, closed, written: opened + closed }
}

function fillRunColumns(
  { organisationId, id, connection }: Pick<ClaimedRun, 'organisationId' | 'id' | 'connection'>,
  at: Date,
) {
  return {
    organisationId,
    connectionId: connection.id,
    tenantId: connection.tenantId,
    validFrom: at.toISOString(),
    fromRunId: id,
    validTo: at.toISOString(),
    toRunId: id,
  }
}

/** The columns of {@link fillRunColumns} that are filled when an interval is closed; the others are when it is opened. */
const CLOSING: readonly string[] = ['validTo', 'toRunId'] satisfies RunColumn[]

/** Names in SQL of the columns of a table's primary key. */
function listKeyColumns(table: PgTable): string[] {
  return getTableConfig(table).primaryKeys.flatMap(({ columns }) => columns.map(({ name }) => name))
}

const isOneOf = (properties: readonly PropertyKey[], property: string) => properties.includes(property)

const Counted = z.object({ rows: z.tuple([z.object({ rows: z.number() })]) })
const readCount = (result: unknown): number => Counted.parse(result).rows[0].rows
