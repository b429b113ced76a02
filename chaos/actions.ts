import { getConnection } from '@/db/queries/connections'
import { beginConnect, beginReconnect } from '@/lib/connections/attempts'
import { confirmAttempt } from '@/lib/connections/confirm'
import { deleteConnection } from '@/lib/connections/delete-connection'
import { disconnect } from '@/lib/connections/disconnect'
import { renameConnection, setSchedule } from '@/lib/connections/manage'
import { beginSignInForAttempt, finishSignIn } from '@/lib/connections/sign-in'
import type { OptionalScope } from '@/lib/domain/permissions'
import { SCHEDULES } from '@/lib/domain/vocabulary'
import { requestSync } from '@/lib/sync/request-sync'
import { runSync } from '@/lib/sync/run-sync'
import { sendDueRuns } from '@/lib/worker/worker'
import { applyChange } from '@/sandbox/world/changes'
import type { Random } from '@/sandbox/world/random'
import { answerMicrosoft } from '@/testing/answer-microsoft'
import type { TestTenant } from '@/testing/rolecall'
import { type ArmedWork, outsideOfWork } from './armed-work'
import type { ChaosWorld } from './chaos-world'
import { type Expectations, findConnectionRow, listOpenRuns } from './expectations'
import { loseHeartbeat } from './pass-time'
import { readExport } from './readers'
import type { Action, Beside } from './schedule'

/** What an action needs: whose it is, what must be so after it, and the numbers that it draws. */
export type Scene = {
  world: ChaosWorld
  tenant: TestTenant
  optional: OptionalScope[]
  expectations: Expectations
  random: Random
}

/** The work that an action is done by: it knows when it is told to end. */
type Doing = { scene: Scene; work: ArmedWork }

/**
 * Does one thing as a page or a worker does it, and writes down what must be so from then on. Throws what the product
 * throws.
 */
export async function perform(action: Action | Beside, scene: Scene, work: ArmedWork): Promise<void> {
  const doing = { scene, work }
  const { being } = scene.expectations
  if (action === 'restart') return scene.world.restart()
  if (action === 'due_runs') return sendDueRuns()
  if (being === 'gone' || (being === 'disconnected' && action !== 'delete')) return connectAgain(doing)
  return ACTS[action](doing)
}

const ACTS: Record<Exclude<Action | Beside, 'restart' | 'due_runs'>, (doing: Doing) => Promise<void>> = {
  sync,
  two_workers: twoWorkers,
  rename,
  set_schedule: changeSchedule,
  disconnect: (doing) => end(doing, 'keep'),
  delete: (doing) => end(doing, 'delete'),
  reconnect,
  export: exportAll,
  revoke,
}

/** Notes an outcome: an action that throws may have happened all the same. */
async function noting<T>(act: () => Promise<T>, note: (acknowledged: boolean) => void): Promise<T> {
  try {
    const result = await act()
    note(true)
    return result
  } catch (error) {
    note(false)
    throw error
  }
}

async function idOf({ tenant }: Scene): Promise<string> {
  const row = await outsideOfWork(() => findConnectionRow(tenant))
  if (!row) throw new Error('The connection is not there.')
  return row.id
}

async function sync({ scene, work }: Doing): Promise<void> {
  const { tenant, expectations } = scene
  const { runId } = await requestSync(tenant.owner, await idOf(scene))
  expectations.expectRun(runId)
  await runSync({ organisationId: tenant.owner.organisationId, runId }, work.stopping)
}

/** The first worker stands still at one of its requests until another has taken its run over and ended it. */
async function twoWorkers({ scene, work }: Doing): Promise<void> {
  const { tenant, expectations, random, world } = scene
  const { runId } = await requestSync(tenant.owner, await idOf(scene))
  expectations.expectRun(runId)
  const job = { organisationId: tenant.owner.organisationId, runId }
  const held = world.network.hold(work.stopping, 1 + random.below(10))
  const first = runSync(job, work.stopping)
  const ended = first.catch(() => undefined)
  try {
    await Promise.race([held.reached, ended])
    await outsideOfWork(async () => {
      await loseHeartbeat(tenant)
      await runSync(job, new AbortController().signal)
    })
  } finally {
    held.release()
    await ended
  }
  await first
}

async function rename({ scene }: Doing): Promise<void> {
  const { tenant, random, expectations } = scene
  const label = `Renamed ${random.below(1_000_000)}`
  const id = await idOf(scene)
  await noting(
    () => renameConnection(tenant.owner, id, label),
    (acknowledged) => expectations.expectLabel(label, acknowledged),
  )
}

async function changeSchedule({ scene }: Doing): Promise<void> {
  const { tenant, random, expectations } = scene
  const schedule = random.pick(SCHEDULES)
  const id = await idOf(scene)
  await noting(
    () => setSchedule(tenant.owner, id, schedule),
    (acknowledged) => expectations.expectSchedule(schedule, acknowledged),
  )
}

async function end({ scene, work }: Doing, data: 'keep' | 'delete'): Promise<void> {
  const { tenant, expectations } = scene
  const row = await outsideOfWork(() => findConnectionRow(tenant))
  if (!row) throw new Error('The connection is not there.')
  await noting(
    async () => {
      const ended = await disconnect(tenant.owner, row.id, { data, typed: row.label })
      if (ended.kind === 'mistyped') throw new Error(`Not disconnected: ${ended.kind}`)
    },
    (acknowledged) => {
      expectations.expectBeing(data === 'keep' ? 'disconnected' : 'gone', acknowledged)
      if (acknowledged)
        expectations.expectAudit(
          data === 'keep' ? 'connection.disconnected' : 'connection.deletion_requested',
          row.label,
        )
    },
  )
  // A worker takes the job at once.
  if (data === 'delete')
    await deleteConnection({ organisationId: tenant.owner.organisationId, connectionId: row.id }, work.stopping)
}

/** Connects a subscription that is gone or disconnected. */
async function connectAgain(doing: Doing): Promise<void> {
  const { tenant } = doing.scene
  const begun = await beginConnect(tenant.owner, tenant.subscription.id)
  if (begun.kind !== 'begun') throw new Error(`Not begun: ${begun.kind}`)
  await signInAndConfirm(doing, begun.attemptId)
}

async function reconnect(doing: Doing): Promise<void> {
  const { scene } = doing
  const { attemptId } = await beginReconnect(scene.tenant.owner, await idOf(scene))
  await signInAndConfirm(doing, attemptId)
}

async function signInAndConfirm({ scene, work }: Doing, attemptId: string): Promise<void> {
  const { tenant, optional, expectations } = scene
  const url = await beginSignInForAttempt(tenant.owner, attemptId, { optional })
  const finished = await finishSignIn(tenant.owner, await answerMicrosoft(url, tenant.account('owner').username))
  if (finished.attemptId === null) throw new Error(`Not signed in: ${finished.code}`)
  const label = (await outsideOfWork(() => findConnectionRow(tenant)))?.label ?? tenant.subscription.name
  await noting(
    async () => {
      const confirmed = await confirmAttempt(tenant.owner, attemptId, { alsoSubscriptionIds: [] })
      if (confirmed.kind !== 'connected') throw new Error(`Not connected: ${JSON.stringify(confirmed)}`)
    },
    (acknowledged) => {
      expectations.expectBeing('connected', acknowledged)
      expectations.expectLabel(label, false)
    },
  )
  await carryOpenRuns(tenant, work.stopping)
}

/** Carries out what is queued for an organisation, as a worker that is free does. */
export async function carryOpenRuns({ owner }: TestTenant, stopping: AbortSignal): Promise<void> {
  const { organisationId } = owner
  for (const runId of await outsideOfWork(() => listOpenRuns(organisationId)))
    await runSync({ organisationId, runId }, stopping)
}

async function exportAll({ scene }: Doing): Promise<void> {
  const { tenant } = scene
  const connection = await getConnection(tenant.owner, await idOf(scene))
  if (connection) await readExport(tenant.owner, connection)
}

/** Microsoft ends the account's sign-in or takes its consent away, and a sync finds out. */
async function revoke(doing: Doing): Promise<void> {
  const { tenant, random, optional } = doing.scene
  const { tenantId, world } = tenant
  const isConsent = random.below(2) === 0
  if (isConsent) applyChange(world, { type: 'withdraw_consent', tenantId })
  else applyChange(world, { type: 'revoke_sessions', user: tenant.account('owner').objectId, tenantId })
  try {
    await sync(doing)
  } finally {
    if (isConsent) applyChange(world, { type: 'grant_consent', tenantId, scopes: [...optional] })
  }
}
