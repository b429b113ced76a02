import { type SQL, sql } from 'drizzle-orm'
import { getDb, getDbOfEveryOrganisation } from '@/db/client'
import { isLiveSession } from '@/db/queries/organisation'
import {
  EXPIRED_ATTEMPT_HOURS,
  PREPARED_EXPORT_HOURS,
  REQUEST_BUDGET_MINUTES,
  RUN_SUMS_HOURS,
  SHARED_READING_HOURS,
} from '@/lib/domain/retention'
import { log } from '@/lib/log'

/** Rows that one statement changes at most, so that it is over in a moment whatever has piled up. */
const BATCH_ROWS = 500

/** Statements of each kind in one sweep. What is left waits for the next one. */
const BATCHES_AT_ONCE = 100

const isOver = sql`state not in ('queued', 'running')`

const isNotPublished = sql`not exists (select from connections c
  where c.organisation_id = sync_runs.organisation_id and c.published_run_id = sync_runs.id)`

/** What is due: rows of a table, chosen by a condition in the database's own time, and what becomes of them. */
type Due = { what: string; table: string; where: SQL; set?: SQL }

const DUE: Due[] = [
  {
    what: 'attemptTokens',
    table: 'connect_attempts',
    where: sql`expires_at <= now() and (sealed_cache is not null or sealed_login is not null)`,
    set: sql`sealed_cache = null, sealed_login = null, cache_version = cache_version + 1`,
  },
  {
    what: 'attempts',
    table: 'connect_attempts',
    where: sql`expires_at <= now() - make_interval(hours => ${EXPIRED_ATTEMPT_HOURS})`,
  },
  {
    what: 'applicationDrafts',
    table: 'application_drafts',
    where: sql`expires_at <= now()`,
  },
  {
    what: 'invitations',
    table: 'invitations',
    where: sql`expires_at <= now()`,
  },
  {
    what: 'sharedReadings',
    table: 'shared_readings',
    where: sql`began_at <= now() - make_interval(hours => ${SHARED_READING_HOURS})`,
  },
  {
    what: 'preparedExports',
    table: 'prepared_exports',
    where: sql`requested_at <= now() - make_interval(hours => ${PREPARED_EXPORT_HOURS})`,
  },
  {
    // Nobody can download what was written of an export that failed.
    what: 'preparedPieces',
    table: 'prepared_pieces',
    where: sql`exists (select from prepared_exports e where e.organisation_id = prepared_pieces.organisation_id
      and e.id = prepared_pieces.export_id and e.state = 'failed')`,
  },
  {
    what: 'sessions',
    table: 'member_sessions',
    where: sql`not (${isLiveSession})`,
  },
  {
    what: 'requestBudgets',
    table: 'request_budgets',
    where: sql`counted_at <= now() - make_interval(mins => ${REQUEST_BUDGET_MINUTES})
      and (paused_until is null or paused_until <= now())`,
  },
  {
    what: 'runSums',
    table: 'sync_runs',
    where: sql`finished_at <= now() - make_interval(hours => ${RUN_SUMS_HOURS})
      and (role_counts <> '{}' or signals <> '{}') and ${isOver} and ${isNotPublished}`,
    set: sql`role_counts = '{}', signals = '{}'`,
  },
]

/**
 * Deletes what is kept no longer, see `lib/domain/retention.ts`: every few minutes, in one worker. Each statement changes
 * some hundreds of rows at most and leaves out those that somebody is using; the next sweep takes them.
 *
 * @param ending aborts when the process ends; what is left is swept by the next
 * @returns how many rows of each kind were swept
 */
export async function sweep(ending: AbortSignal): Promise<Record<string, number>> {
  const swept: Record<string, number> = {}
  for (const due of DUE) {
    const rows = await sweepRows(due, ending)
    if (rows > 0) swept[due.what] = rows
  }
  if (Object.keys(swept).length > 0) log().info({ event: 'swept', ...swept })
  return swept
}

async function sweepRows(due: Due, ending: AbortSignal): Promise<number> {
  let total = 0
  let batches = 0
  for (const organisationId of await listOrganisations(due)) {
    for (let rows = BATCH_ROWS; rows === BATCH_ROWS && batches < BATCHES_AT_ONCE && !ending.aborted; batches++) {
      rows = await sweepBatch(organisationId, due)
      total += rows
    }
  }
  return total
}

/** The organisations that have something of this kind to sweep. */
async function listOrganisations({ table, where }: Due): Promise<string[]> {
  const db = await getDbOfEveryOrganisation()
  const { rows } = await db.execute<{ id: string }>(
    sql`select distinct organisation_id as id from ${sql.identifier(table)} where ${where} limit ${BATCHES_AT_ONCE}`,
  )
  return rows.map(({ id }) => id)
}

async function sweepBatch(organisationId: string, { table, where, set }: Due): Promise<number> {
  const name = sql.identifier(table)
  const change = set ? sql`update ${name} set ${set}` : sql`delete from ${name}`
  const own = sql`organisation_id = ${organisationId}`
  const db = await getDb({ organisationId })
  const { rows } = await db.execute<{ rows: number }>(sql`
    with swept as (
      ${change} where ${own} and ctid = any(array(
        select ctid from ${name} where ${own} and ${where} limit ${BATCH_ROWS} for update skip locked))
      returning 1)
    select count(*)::int as rows from swept`)
  return rows[0]?.rows ?? 0
}
