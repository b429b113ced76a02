import { eq, type SQL, sql } from 'drizzle-orm'
import { getDb, getDbOfEveryOrganisation } from '@/db/client'
import type { Transaction } from '@/db/database'
import { organisations } from '@/db/schema/organisations'
import { tidy } from '@/db/tidy'
import { HISTORY_SPANS } from '@/lib/domain/retention'
import { log } from '@/lib/log'

/** A moment of an organisation's history: what ended until then is to go, unless a connection still shows it. */
type Horizon = { organisationId: string; at: Date }

/** What a row of a table hangs on, by the name of that column: so are the connections found that show it. */
type Owner = 'node_id' | 'account_id' | 'connection_id'

/**
 * A table whose rows go when they ended at the horizon or before. With an `owner`, `isNotShown` says in SQL which of them go: `gone`
 * is the table, and `shown` has each owner with the moments as of which connections showed what hangs on it.
 */
type Pruned = { table: string; endedAt: string } & (
  | { owner: Owner; isNotShown: (horizon: Horizon) => SQL }
  | { owner?: undefined }
)

const intervals = (table: string, owner: Owner): Pruned => ({
  table,
  endedAt: 'valid_to',
  owner,
  isNotShown: () => sql`not exists (select from shown where shown.owner = gone.${sql.identifier(owner)}
    and gone.valid_from <= shown.at and gone.valid_to > shown.at)`,
})

/** Everything that is pruned, in this order. Runs come last, because they tell which result a connection showed at the horizon. */
const PRUNED: Pruned[] = [
  intervals('holders', 'node_id'),
  intervals('assignments', 'node_id'),
  intervals('deny_assignments', 'node_id'),
  intervals('group_members', 'account_id'),
  intervals('group_owners', 'account_id'),
  intervals('group_nesting', 'account_id'),
  intervals('directory_groups', 'account_id'),
  intervals('connection_nodes', 'connection_id'),
  { table: 'changes', endedAt: 'at' },
  { table: 'sync_runs', endedAt: 'finished_at', owner: 'connection_id', isNotShown: isRunUnused },
]

/** Rows that one transaction deletes at most: some tens of milliseconds. */
const BATCH_ROWS = 1_000

/** Transactions of one sweep. What is left waits for the next one. */
const BATCHES_AT_ONCE = 100

/**
 * Deletes what organisations want to keep no longer, see `HISTORY_SPANS`: every few minutes, in one worker. Once a day the
 * horizon of each organisation moves on, and then everything that ended before it is deleted, in small batches of one
 * transaction each. What is current is never touched, nor what a connection showed at the horizon or shows now, however long ago
 * it was published: every moment from the horizon on can be asked as before.
 *
 * The horizon is stored in the transaction that deletes the first rows, so that nobody is shown a past of which a part is gone. A
 * process that is killed loses one batch, and the next sweep goes on.
 *
 * @param ending aborts when the process ends; what is left is pruned by the next
 * @returns how many rows of each table were deleted
 */
export async function pruneHistory(ending: AbortSignal): Promise<Record<string, number>> {
  const deleted: Record<string, number> = {}
  let batches = 0
  for (const organisationId of await listDueOrganisations()) {
    let place: number | null = 0
    for (; place !== null && batches < BATCHES_AT_ONCE && !ending.aborted; batches++) {
      const { table, rows, next }: Batch = await pruneBatch(organisationId, place)
      if (table) deleted[table] = (deleted[table] ?? 0) + rows
      place = next
    }
  }
  if (Object.keys(deleted).length === 0) return deleted
  await tidy()
  log().info({ event: 'history_pruned', ...deleted })
  return deleted
}

/** The start of the day, in UTC, that lies as far back as an organisation keeps its history. Null for one that keeps it for ever. */
const horizonNow: SQL = sql`date_trunc('day', now() - case ${organisations.historyKept} ${sql.join(
  Object.entries(HISTORY_SPANS).map(([length, span]) =>
    span
      ? sql`when ${length} then make_interval(years => ${span.years ?? 0}, days => ${span.days ?? 0})`
      : sql`when ${length} then null`,
  ),
  sql` `,
)} end, 'UTC')`

const isHorizonDue: SQL = sql`${horizonNow} > coalesce(${organisations.historyPrunedTo}, '-infinity')`

/** The organisations that have something to prune, those first whose horizon is furthest back. */
async function listDueOrganisations(): Promise<string[]> {
  const db = await getDbOfEveryOrganisation()
  const due = await db
    .select({ id: organisations.id })
    .from(organisations)
    .where(sql`${organisations.historyPruning} or ${isHorizonDue}`)
    .orderBy(sql`${organisations.historyPrunedTo} nulls first`)
    .limit(BATCHES_AT_ONCE)
  return due.map(({ id }) => id)
}

/** How many rows a batch deleted of which table, and the place in {@link PRUNED} from which the next one goes on: null at the end. */
type Batch = { table: string | null; rows: number; next: number | null }

/** Moves the horizon of an organisation if that is due, and deletes the next rows, from a place in {@link PRUNED} on. */
async function pruneBatch(organisationId: string, from: number): Promise<Batch> {
  const db = await getDb({ organisationId })
  return db.transaction(async (tx) => {
    const horizon = await moveHorizon(tx, organisationId)
    if (!horizon) return { table: null, rows: 0, next: null }
    for (const [place, pruned] of PRUNED.entries()) {
      const rows = place < from ? 0 : await deleteRows(tx, horizon, pruned)
      if (rows > 0) return { table: pruned.table, rows, next: rows < BATCH_ROWS ? place + 1 : place }
    }
    // Rows that somebody else had locked were left out. They go with the next horizon.
    await tx.update(organisations).set({ historyPruning: false }).where(eq(organisations.id, organisationId))
    return { table: null, rows: 0, next: null }
  })
}

/** Locks an organisation and gives the horizon to which it is pruned now. */
async function moveHorizon(tx: Transaction, organisationId: string): Promise<Horizon | null> {
  const own = eq(organisations.id, organisationId)
  const [found] = await tx
    .select({
      prunedTo: organisations.historyPrunedTo,
      pruning: organisations.historyPruning,
      isDue: sql<boolean>`coalesce(${isHorizonDue}, false)`,
    })
    .from(organisations)
    .where(own)
    .for('no key update')
  if (!found) return null
  if (found.pruning || !found.isDue) return found.prunedTo && { organisationId, at: found.prunedTo }
  const [moved] = await tx
    .update(organisations)
    .set({ historyPrunedTo: horizonNow, historyPrunedAfter: organisations.historyKept, historyPruning: true })
    .where(own)
    .returning({ at: organisations.historyPrunedTo })
  return moved?.at ? { organisationId, at: moved.at } : null
}

async function deleteRows(tx: Transaction, horizon: Horizon, pruned: Pruned): Promise<number> {
  const [table, endedAt] = [sql.identifier(pruned.table), sql.identifier(pruned.endedAt)]
  const { rows } = await tx.execute<{ rows: number }>(sql`
    with ${pruned.owner ? listShown(horizon, pruned.owner) : sql``}
    deleted as (
      delete from ${table} where organisation_id = ${horizon.organisationId} and ctid = any(array(
        select gone.ctid from ${table} as gone
        where gone.organisation_id = ${horizon.organisationId} and gone.${endedAt} <= ${momentOf(horizon)}
          ${pruned.owner ? sql`and ${pruned.isNotShown(horizon)}` : sql``}
        order by gone.${endedAt} limit ${BATCH_ROWS} for update of gone skip locked))
      returning 1)
    select count(*)::int as rows from deleted`)
  return rows[0]?.rows ?? 0
}

const momentOf = ({ at }: Horizon): SQL => sql`${at.toISOString()}::timestamptz`

/**
 * `shown`, to be used in the rest of a statement: the moments as of which connections showed what hangs on the owners, at the horizon.
 * They are the last results that were published until then, also where nothing was published since.
 */
function listShown(horizon: Horizon, owner: Owner): SQL {
  const { organisationId } = horizon
  const moment = momentOf(horizon)
  const owners =
    owner === 'connection_id'
      ? sql`select connection_id as owner, at from results where at is not null`
      : sql`
        select distinct ${owner === 'node_id' ? sql`n.id` : sql`n.account_id`} as owner, results.at from results
        join connection_nodes chain on chain.organisation_id = ${organisationId} and chain.connection_id = results.connection_id
          and chain.valid_from <= results.at and (chain.valid_to is null or chain.valid_to > results.at)
        join nodes n on n.organisation_id = chain.organisation_id and n.id = chain.node_id`
  return sql`
    results as materialized (
      select c.id as connection_id, case when c.published_at <= ${moment} then c.published_at else (
        select max(r.finished_at) from sync_runs r
        where r.organisation_id = c.organisation_id and r.connection_id = c.id and r.state = 'succeeded'
          and r.finished_at <= ${moment}) end as at
      from connections c where c.organisation_id = ${organisationId} and c.published_at is not null),
    shown as materialized (${owners}),`
}

/**
 * A run that is needed no longer: what it published was not shown at the horizon and is not shown now, and it was not the first that
 * read an assignment which is kept.
 */
function isRunUnused({ organisationId }: Horizon): SQL {
  return sql`
  not exists (select from shown where shown.owner = gone.connection_id and shown.at = gone.finished_at)
  and not exists (select from connections c where c.organisation_id = gone.organisation_id and c.published_run_id = gone.id)
  and gone.id not in (select from_run_id from assignments where organisation_id = ${organisationId})`
}
