import { getTableColumns, type InferInsertModel, type SQL, sql } from 'drizzle-orm'
import type { PgTable } from 'drizzle-orm/pg-core'

/** A row for a table as it is sent to the database: a value for every column but those that `Without` names. */
export type RecordOf<Table extends PgTable, Without extends string> = Required<Omit<InferInsertModel<Table>, Without>>

/** A column under its name in the code (`roleId`) and in SQL (`role_id`). */
export type RecordColumn = { property: string; name: string; type: string; nullable: boolean }

/** The columns of a table in the order of its schema, but for the properties left out. */
export function listColumns(table: PgTable, without: readonly string[] = []): RecordColumn[] {
  return Object.entries(getTableColumns(table))
    .filter(([property]) => !without.includes(property))
    .map(([property, column]) => ({
      property,
      name: column.name,
      type: column.getSQLType(),
      nullable: !column.notNull,
    }))
}

/** A list in SQL, of one expression for each column. */
export const listInSql = (columns: RecordColumn[], express: (column: RecordColumn) => string, separator = ', '): SQL =>
  sql.raw(columns.map(express).join(separator))

/** Selects the columns, under their names in SQL, from a list of records in JSON. What else a record has is ignored. */
export function selectRecords(columns: RecordColumn[], records: string): SQL {
  return sql`select ${listInSql(columns, ({ property, name }) => `"${property}" as "${name}"`)}
    from jsonb_to_recordset(${records}::jsonb) as record(${listInSql(columns, ({ property, type }) => `"${property}" ${type}`)})`
}

/** Records sent in one statement: enough for few round trips, few enough that the embedded engine is soon free for somebody else. */
const RECORDS_AT_ONCE = 1_500

/** The records as JSON lists of bounded length, made one by one so that the text of all of them is never in memory at once. */
export function* jsonChunks(records: Iterable<unknown>): Generator<string> {
  let chunk: unknown[] = []
  for (const record of records) {
    chunk.push(record)
    if (chunk.length < RECORDS_AT_ONCE) continue
    yield JSON.stringify(chunk)
    chunk = []
  }
  if (chunk.length > 0) yield JSON.stringify(chunk)
}
