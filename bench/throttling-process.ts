import { sql } from 'drizzle-orm'
import { closeDb, getDb, getDbOfEveryOrganisation } from '@/db/client'
import { connections } from '@/db/schema/connections'
import { stopQueue } from '@/lib/runs/queue'
import { openRuns } from '@/lib/runs/runs'
import { runSync } from '@/lib/sync/run-sync'

// One step of the throttling bench in a process of its own, which prints JSON: `half` syncs every second subscription by hand,
// from the first or from the second on; `tally` tells how the syncs ended; `drop_budgets` takes away the table through which
// workers share their budgets, which leaves each to the refusals that it meets.

/** Syncs one after the other, so that each run reads its groups anew. */
async function half(which: number) {
  const db = await getDbOfEveryOrganisation()
  const all = await db
    .select({ organisationId: connections.organisationId, id: connections.id })
    .from(connections)
    .orderBy(connections.label)
  for (const { organisationId, id } of all.filter((_, index) => index % 2 === which)) {
    const own = await getDb({ organisationId })
    const asked = { organisationId, connectionIds: [id], trigger: 'manual' as const, by: null }
    for (const run of await own.transaction((tx) => openRuns(tx, asked)))
      await runSync(run, new AbortController().signal)
  }
  return {}
}

/** How the last run of each subscription ended, and how often anybody wrote to the shared budgets so far. */
async function tally() {
  const db = await getDbOfEveryOrganisation()
  const { rows: ended } = await db.execute<{ state: string; runs: number }>(sql`
    select coalesce(problem->>'code', state) as state, count(*)::int as runs
    from (select distinct on (connection_id) state, problem from sync_runs
      order by connection_id, requested_at desc) as latest group by 1`)
  const { rows: draws } = await db.execute<{ statements: number }>(sql`
    select coalesce(sum(n_tup_ins + n_tup_upd), 0)::int as statements
    from pg_stat_user_tables where relname = 'request_budgets'`)
  return { ended: Object.fromEntries(ended.map(({ state, runs }) => [state, runs])), ...draws[0] }
}

async function dropBudgets() {
  const db = await getDbOfEveryOrganisation()
  await db.execute(sql`drop table request_budgets`)
  return {}
}

const STEPS: Record<string, (word: string) => Promise<unknown>> = {
  half: (which) => half(Number(which)),
  tally,
  drop_budgets: dropBudgets,
}
const [step = '', word = ''] = process.argv.slice(2)
const result = await STEPS[step]?.(word)
await stopQueue()
await closeDb()
process.stdout.write(JSON.stringify(result))
