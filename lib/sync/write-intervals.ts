import { type SQL, sql } from 'drizzle-orm'
import { z } from 'zod'
import type { Transaction } from '@/db/database'
import type { ClaimedRun } from '@/lib/runs/runs'

type Column = {
  type: 'text' | 'integer' | 'boolean' | 'timestamptz' | 'jsonb'
  /** `key` says which row it is, a change of what is `compared` begins a new interval, `carried` comes along. */
  part: 'key' | 'compared' | 'carried'
}

type Intervals = {
  table: string
  columns: Record<string, Column>
  /** The same for every row. */
  constants?: Record<string, string>
  /** Whether the table says which run opened and closed a row. */
  runs?: boolean
  /** Completes the rows in the table `incoming` before they are compared. */
  complete?: SQL
}

/**
 * Brings a table of validity intervals to what was read, by differences: closes the intervals of rows that are gone or
 * read differently now, opens one for each that is new. An unchanged read writes no row.
 *
 * @returns how many intervals were opened and closed, and the rows written by both
 */
export async function writeIntervals(
  tx: Transaction,
  { organisationId, id: runId, connection }: Pick<ClaimedRun, 'organisationId' | 'id' | 'connection'>,
  at: Date,
  { table, columns, constants = {}, runs = false, complete }: Intervals,
  rows: Iterable<Record<string, unknown>>,
): Promise<{ opened: number; closed: number; written: number }> {
  const names = Object.keys(columns)
  const target = sql.identifier(table)
  const typed = sql.raw(names.map((name) => `${name} ${columns[name]?.type}`).join(', '))
  const list = sql.raw(names.join(', '))
  const own = sql`t.organisation_id = ${organisationId} and t.connection_id = ${connection.id}`
  const matching = (part: Column['part']) => names.filter((name) => columns[name]?.part === part)
  const sameKey = sql.raw(
    matching('key')
      .map((name) => `i.${name} = t.${name}`)
      .join(' and '),
  )
  const same = sql.raw(
    ['true', ...matching('compared').map((name) => `i.${name} is not distinct from t.${name}`)].join(' and '),
  )
  const time = at.toISOString()
  const fixed = { organisation_id: organisationId, connection_id: connection.id, ...constants, valid_from: time }
  const given = Object.entries({ ...fixed, ...(runs ? { from_run_id: runId } : {}) })

  await tx.execute(sql`drop table if exists incoming`)
  await tx.execute(sql`create temporary table incoming (${typed}) on commit drop`)
  for (const chunk of jsonChunks(rows)) {
    await tx.execute(sql`insert into incoming select ${list} from jsonb_to_recordset(${chunk}::jsonb) as r(${typed})`)
  }
  if (complete) await tx.execute(complete)
  await tx.execute(sql`analyze incoming`)

  const closed = counted(
    await tx.execute(sql`
    with gone as (
      update ${target} t set valid_to = ${time} ${runs ? sql`, to_run_id = ${runId}` : sql``}
      where ${own} and t.valid_to is null and not exists (select from incoming i where ${sameKey} and ${same})
      returning 1)
    select count(*)::int as rows from gone`),
  )
  const opened = counted(
    await tx.execute(sql`
    with made as (
      insert into ${target} (${list}, ${sql.raw(given.map(([name]) => name).join(', '))})
      select ${sql.raw(names.map((name) => `i.${name}`).join(', '))}, ${sql.join(
        given.map(([name, value]) => sql`${value}::${sql.raw(typeOfConstant(name))}`),
        sql`, `,
      )}
      from incoming i
      where not exists (select from ${target} t where ${own} and t.valid_to is null and ${sameKey})
      returning 1)
    select count(*)::int as rows from made`),
  )
  return { opened, closed, written: opened + closed }
}

function typeOfConstant(name: string): string {
  if (name === 'valid_from') return 'timestamptz'
  return name === 'tenant_id' ? 'text' : 'uuid'
}

const Counted = z.object({ rows: z.tuple([z.object({ rows: z.number() })]) })
const counted = (result: unknown): number => Counted.parse(result).rows[0].rows

/** Rows sent in one statement: enough for few round trips, little enough to be written and parsed in a megabyte or so. */
const ROWS_AT_ONCE = 4_000

/** The rows as JSON lists of bounded length; made as they are taken, so that never all of them are in memory as text. */
export function* jsonChunks(rows: Iterable<unknown>): Generator<string> {
  let chunk: unknown[] = []
  for (const row of rows) {
    chunk.push(row)
    if (chunk.length < ROWS_AT_ONCE) continue
    yield JSON.stringify(chunk)
    chunk = []
  }
  if (chunk.length > 0) yield JSON.stringify(chunk)
}
