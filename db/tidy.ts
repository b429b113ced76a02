import { getEngine } from './client'

const OFTEN_REWRITTEN = [
  'assignments',
  'deny_assignments',
  'connection_nodes',
  'principals',
  'sync_runs',
  'nodes',
  'directory_groups',
  'group_members',
  'group_owners',
  'group_nesting',
  'holders',
  'limit_counts',
  'limit_leases',
  'request_budgets',
]

/**
 * Cleans up after a large publish: the embedded engine has neither autovacuum nor a checkpointer, so dead rows and the
 * write-ahead log would grow for ever, and its statistics would be stale. Does nothing on a PostgreSQL server, which does
 * this by itself. Must not be called inside a transaction.
 */
export async function tidy(): Promise<void> {
  const engine = await getEngine()
  if (engine.kind === 'server') return
  for (const table of OFTEN_REWRITTEN) await engine.pglite.exec(`vacuum (analyze) ${table}`)
  await engine.pglite.exec('checkpoint')
}
