import { randomUUID } from 'node:crypto'
import { createInterface } from 'node:readline'
import { and, eq, inArray, sql } from 'drizzle-orm'
import type { Actor } from '@/db/actor'
import { closeDb, getDbOfEveryOrganisation } from '@/db/client'
import { syncRuns } from '@/db/schema/runs'
import { openRun } from '@/lib/runs/runs'
import { runSync } from '@/lib/sync/run-sync'
import { readPublished } from './read-published'

/**
 * A process that carries out syncs of one connection, for tests that kill it. At its start, and after each sync that it
 * is asked for, it writes what readers see. A run that a killed process left running counts as lost at once, so that
 * this process takes it over.
 */
const [organisationId = '', connectionId = ''] = process.argv.slice(2)
const actor: Actor = { organisationId, memberId: randomUUID(), role: 'owner', name: 'Olga Owner' }

const say = (word: string, value: unknown) => process.stdout.write(`${word} ${JSON.stringify(value)}\n`)
const sayPublished = async () => say('seen', await readPublished(actor, connectionId))

async function sync(): Promise<void> {
  const db = await getDbOfEveryOrganisation()
  const open = and(eq(syncRuns.connectionId, connectionId), inArray(syncRuns.state, ['queued', 'running']))
  await db.update(syncRuns).set({ heartbeatAt: sql`now() - interval '1 hour'` }).where(open)
  const run = await db.transaction((tx) => openRun(tx, { organisationId, connectionId, trigger: 'manual', by: null }))
  say('syncing', run.joined)
  const began = performance.now()
  await runSync(run, new AbortController().signal)
  const [ended] = await db.select({ state: syncRuns.state }).from(syncRuns).where(eq(syncRuns.id, run.runId))
  say('synced', { state: ended?.state, ms: performance.now() - began })
  await sayPublished()
}

await getDbOfEveryOrganisation()
await sayPublished()
for await (const line of createInterface({ input: process.stdin })) {
  if (line === 'sync') await sync()
}
await closeDb()
