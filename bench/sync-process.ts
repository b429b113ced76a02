import { setTimeout as pause } from 'node:timers/promises'
import { and, eq, inArray, sql } from 'drizzle-orm'
import { z } from 'zod'
import { closeDb, getDbOfEveryOrganisation } from '@/db/client'
import { syncRuns } from '@/db/schema/runs'
import { confirmAttempt } from '@/lib/connections/confirm'
import { OPTIONAL_SCOPES, type OptionalScope } from '@/lib/domain/permissions'
import { stopQueue } from '@/lib/runs/queue'
import { openRun } from '@/lib/runs/runs'
import { runSync } from '@/lib/sync/run-sync'
import { signInForAttempt } from '@/testing/rolecall'
import { signInAs } from '@/testing/sign-in-as'
import { startWaitingReader } from './waiting-reader'
import { watchMemory } from './watch-memory'

// `prepare` makes the embedded database of DATA_DIR and connects two subscriptions, a tiny and a large one. `measure` is
// the process that is measured, apart because making a database leaves hundreds of megabytes behind: it opens it, syncs
// the tiny one, so that modules are loaded and compiled, then the large one as the worker does. Each prints JSON.

/** Long enough for the queue's start and for memory to settle. */
const REST_MS = 1_000

const World = z.object({
  tenantId: z.string(),
  accounts: z.array(z.object({ username: z.string(), kind: z.string() })),
  subscriptions: z.array(z.object({ id: z.string() })),
})
type World = z.infer<typeof World>

const Connected = z.object({ organisationId: z.string(), connectionId: z.string() })
type Connected = z.infer<typeof Connected>

const Step = z.discriminatedUnion('step', [
  z.object({
    step: z.literal('prepare'),
    tiny: World,
    large: World,
    optional: z.array(z.enum(OPTIONAL_SCOPES)).default([]),
  }),
  z.object({ step: z.literal('measure'), tiny: Connected, large: Connected, latencyMs: z.number() }),
])

async function control(method: string, path: string, body?: unknown): Promise<unknown> {
  const answer = await fetch(`${process.env.SANDBOX_URL}/_sandbox/${path}`, { method, body: JSON.stringify(body) })
  if (!answer.ok) throw new Error(`The sandbox refused ${path}: ${await answer.text()}`)
  return answer.json()
}

/**
 * Connects a world's subscription. The sign-in's tokens are made to end at once, so that the first sync fetches its own:
 * the dearest case, and what every scheduled sync finds.
 */
async function connect({ tenantId, accounts, subscriptions }: World, optional: OptionalScope[]): Promise<Connected> {
  const actor = await signInAs({ tenantId })
  const owner = accounts.find(({ kind }) => kind === 'owner')
  const [subscription] = subscriptions
  if (!owner || !subscription) throw new Error('The world lacks an owner or a subscription.')
  await control('POST', 'changes', { type: 'set_token_lifetime', seconds: 60 })
  const attemptId = await signInForAttempt(actor, subscription.id, owner.username, { optional })
  const confirmed = await confirmAttempt(actor, attemptId, { alsoSubscriptionIds: [] })
  await control('POST', 'changes', { type: 'set_token_lifetime', seconds: 3600 })
  const [connectionId] = confirmed.kind === 'connected' ? confirmed.connectionIds : []
  if (!connectionId) throw new Error(`Not connected: ${JSON.stringify(confirmed)}`)
  return { organisationId: actor.organisationId, connectionId }
}

/** Carries the connection's open run; gives how long it took and what was written on it. */
async function sync({ organisationId, connectionId }: Connected) {
  const db = await getDbOfEveryOrganisation()
  const own = and(eq(syncRuns.organisationId, organisationId), eq(syncRuns.connectionId, connectionId))
  const [open] = await db
    .select({ id: syncRuns.id })
    .from(syncRuns)
    .where(and(own, inArray(syncRuns.state, ['queued', 'running'])))
  if (!open) throw new Error('There is no open run.')
  await control('DELETE', 'log')
  const reader = await startWaitingReader()
  const began = performance.now()
  const worked = process.cpuUsage()
  await runSync({ organisationId, runId: open.id }, new AbortController().signal)
  const seconds = (performance.now() - began) / 1000
  const { user, system } = process.cpuUsage(worked)
  const cpuSeconds = (user + system) / 1e6
  const longestStopMs = await reader.stop()
  const [run] = await db
    .select()
    .from(syncRuns)
    .where(and(own, eq(syncRuns.id, open.id)))
  if (run?.state !== 'succeeded') throw new Error(`The sync did not succeed: ${JSON.stringify(run?.problem)}`)
  return {
    seconds,
    cpuSeconds,
    longestStopMs,
    calls: run.calls,
    assignments: run.assignments,
    people: run.people,
    plan: run.plan,
    coverage: run.coverage.map(({ dataset, state }) => `${dataset} ${state}`),
    log: await control('GET', 'log'),
  }
}

const TABLES: Record<string, string> = {
  a: 'assignments',
  p: 'principals',
  r: 'roles',
  g: 'groups',
  m: 'members',
  n: 'nesting',
  d: 'denials',
  h: 'holders',
  c: 'changes',
  e: 'effects',
}

/** The newest transaction that wrote each row of the interval tables, and of what they name. */
async function versions({ organisationId }: Connected): Promise<Map<string, string>> {
  const db = await getDbOfEveryOrganisation()
  const { rows } = await db.execute<{ row: string; version: string }>(sql`
    select 'a' || key || valid_from as row, xmin::text as version from assignments where organisation_id = ${organisationId}
    union all select 'p' || id, xmin::text from principals where organisation_id = ${organisationId}
    union all select 'r' || id, xmin::text from role_definitions where organisation_id = ${organisationId}
    union all select 'g' || group_id, xmin::text from directory_groups where organisation_id = ${organisationId}
    union all select 'm' || group_id || member_id, xmin::text from group_members where organisation_id = ${organisationId}
    union all select 'n' || group_id || inner_id, xmin::text from group_nesting where organisation_id = ${organisationId}
    union all select 'd' || key, xmin::text from deny_assignments where organisation_id = ${organisationId}
    union all select 'h' || principal_id || valid_from, xmin::text from holders where organisation_id = ${organisationId}
    union all select 'c' || id, xmin::text from changes where organisation_id = ${organisationId}
    union all select 'e' || change_id || effect, xmin::text from change_effects where organisation_id = ${organisationId}`)
  return new Map(rows.map(({ row, version }) => [row, version]))
}

async function prepare(tiny: World, large: World, optional: OptionalScope[]) {
  return { tiny: await connect(tiny, []), large: await connect(large, optional) }
}

async function measure(tiny: Connected, large: Connected, latencyMs: number) {
  if (!globalThis.gc) throw new Error('Start with --expose-gc: memory at rest is measured without garbage.')
  const memory = await watchMemory()
  await sync(tiny)
  await pause(REST_MS)
  globalThis.gc()
  await pause(REST_MS)

  await control('PUT', 'latency', { ms: latencyMs })
  memory.restart()
  const idle = process.memoryUsage.rss()
  const first = await sync(large)
  const peak = memory.peak()
  await memory.stop()

  const before = await versions(large)
  const db = await getDbOfEveryOrganisation()
  await db.transaction((tx) => openRun(tx, { ...large, trigger: 'schedule', by: null }))
  const second = await sync(large)
  await control('PUT', 'latency', { ms: 0 })
  const after = await versions(large)
  const written = rowsWritten(before, after).length

  await assignTen(large)
  await db.transaction((tx) => openRun(tx, { ...large, trigger: 'schedule', by: null }))
  await sync(large)
  const writtenByTen = countByTable(rowsWritten(after, await versions(large)))
  return {
    first,
    second,
    idle,
    peak,
    stored: before.size,
    rows: countByTable([...before.keys()]),
    written,
    writtenByTen,
  }
}

/** The rows that are others than before: those that came, went or were changed. */
function rowsWritten(before: Map<string, string>, after: Map<string, string>): string[] {
  const gone = [...before.keys()].filter((row) => !after.has(row))
  return [...[...after].flatMap(([row, version]) => (before.get(row) === version ? [] : [row])), ...gone]
}

function countByTable(rows: string[]): Record<string, number> {
  const tables = Object.entries(Object.groupBy(rows, (row) => TABLES[row.charAt(0)] ?? 'other'))
  return Object.fromEntries(tables.map(([name, list]) => [name, list?.length ?? 0]))
}

/** Gives ten people who have access a role more. */
async function assignTen({ organisationId, connectionId }: Connected): Promise<void> {
  const db = await getDbOfEveryOrganisation()
  const { rows } = await db.execute<{ id: string; tenantId: string; subscriptionId: string }>(sql`
    select h.principal_id as id, c.tenant_id as "tenantId", c.subscription_id as "subscriptionId"
    from holders h, connections c
    where c.id = ${connectionId} and h.organisation_id = ${organisationId} and c.organisation_id = h.organisation_id
      and h.tenant_id = c.tenant_id and h.kind = 'user' and h.valid_to is null
    order by h.principal_id limit 10`)
  for (const { id, tenantId, subscriptionId } of rows)
    await control('POST', 'changes', {
      ...{
        type: 'assign',
        tenantId,
        principalId: id,
        role: 'Log Analytics Reader',
        scope: `/subscriptions/${subscriptionId}`,
      },
    })
}

const step = Step.parse(JSON.parse(process.argv[2] ?? ''))
const found =
  step.step === 'prepare'
    ? await prepare(step.tiny, step.large, step.optional)
    : await measure(step.tiny, step.large, step.latencyMs)
await stopQueue()
await closeDb()
// A pipe takes a long text piece by piece: it ends once all of it is taken.
process.stdout.write(JSON.stringify(found), () => process.exit(0))
