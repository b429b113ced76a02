import { randomBytes, randomUUID } from 'node:crypto'
import { and, desc, eq, inArray, isNull, ne, sql } from 'drizzle-orm'
import type { Actor, SessionActor } from '@/db/actor'
import { isAccountOf } from '@/db/queries/accounts'
import { assignments, roleDefinitions } from '@/db/schema/access'
import { accountSecrets, accounts } from '@/db/schema/accounts'
import { connections } from '@/db/schema/connections'
import { principals } from '@/db/schema/directory'
import { syncRuns } from '@/db/schema/runs'
import { beginConnect } from '@/lib/connections/attempts'
import { confirmAttempt } from '@/lib/connections/confirm'
import { beginSignInForAttempt, finishSignIn } from '@/lib/connections/sign-in'
import type { OptionalScope } from '@/lib/domain/permissions'
import { stopQueue } from '@/lib/runs/queue'
import { runSync } from '@/lib/sync/run-sync'
import type { FaultRule } from '@/sandbox/control/fault-rules'
import { startSandbox } from '@/sandbox/server'
import { makeTenant } from '@/sandbox/world/make-tenant'
import type { TenantSpec } from '@/sandbox/world/tenant-spec'
import { answerMicrosoft } from './answer-microsoft'
import { createTestDatabase, type TestDatabase } from './database'
import { signInAs } from './sign-in-as'

const PORTAL = 'http://localhost:3000'

/** Starts the product with a database and a sandbox for one test file: everything but the browser. */
export async function startRolecall(openDatabase: () => Promise<TestDatabase> = createTestDatabase) {
  const sandbox = await startSandbox({ port: 0, portalUrl: PORTAL })
  Object.assign(process.env, {
    SANDBOX_URL: sandbox.url,
    PORTAL_URL: PORTAL,
    AUTH_SECRET: randomBytes(32).toString('hex'),
    ENCRYPTION_KEYS: `test:${randomBytes(32).toString('base64')}`,
    LOG_LEVEL: 'silent',
  })
  const database = await openDatabase()
  return {
    sandbox,
    db: database.db,
    engine: database.engine,
    asOwner: database.asOwner,
    /** Makes a new tenant at Microsoft, and an organisation for it with an owner. */
    tenant: (spec: TenantSpec = {}) => createTenant(sandbox, spec),
    async close() {
      await stopQueue()
      await database.close()
      await sandbox.close()
    },
  }
}

type Sandbox = Awaited<ReturnType<typeof startSandbox>>
export type Rolecall = Awaited<ReturnType<typeof startRolecall>>
export type TestTenant = Awaited<ReturnType<typeof createTenant>>

async function createTenant({ world }: Sandbox, spec: TenantSpec) {
  const made = makeTenant(world, { seed: randomUUID(), people: 8, assignments: 20, mixedRoleIds: true, ...spec })
  const owner = await signInAs({ tenantId: made.tenantId })
  const [subscription] = made.subscriptions
  if (!subscription) throw new Error('The tenant has no subscription.')
  const account = (kind: string) => {
    const found = made.accounts.find((one) => one.kind === kind)
    if (!found) throw new Error(`The tenant has no ${kind}.`)
    return found
  }
  return {
    ...made,
    owner,
    subscription,
    account,
    world,
    /** Lets Microsoft misbehave as the rules say while some work is done. Fails when a rule was never used. */
    async during<T>(rules: Omit<FaultRule, 'seen' | 'fired'>[], work: () => Promise<T>): Promise<T> {
      world.faults = rules.map((rule) => ({ ...rule, seen: 0, fired: 0 }))
      try {
        const result = await work()
        if (world.faults.some(({ fired }) => fired === 0)) throw new Error('A fault was asked for but never used.')
        return result
      } finally {
        world.faults = []
      }
    },
    viewer: () => signInAs({ tenantId: made.tenantId, name: 'Vera Viewer' }),
  }
}

type Asked = { optional?: readonly OptionalScope[] }

/** Begins to connect a subscription and signs in for it. Gives the id of the attempt. */
export async function signInForAttempt(
  actor: SessionActor,
  subscriptionId: string,
  username: string,
  { optional }: Asked = {},
): Promise<string> {
  const begun = await beginConnect(actor, subscriptionId)
  if (begun.kind !== 'begun') throw new Error(`The connection was not begun: ${JSON.stringify(begun)}`)
  const url = await beginSignInForAttempt(actor, begun.attemptId, { optional })
  await finishSignIn(actor, await answerMicrosoft(url, username))
  return begun.attemptId
}

/** Connects a tenant's subscription with its owner account, which queues the first run. Gives the connection's id. */
export async function connect(
  tenant: TestTenant,
  subscriptionId = tenant.subscription.id,
  asked: Asked = {},
): Promise<string> {
  const attemptId = await signInForAttempt(tenant.owner, subscriptionId, tenant.account('owner').username, asked)
  const confirmed = await confirmAttempt(tenant.owner, attemptId, { alsoSubscriptionIds: [] })
  const [connectionId] = confirmed.kind === 'connected' ? confirmed.connectionIds : []
  if (!connectionId) throw new Error(`Not connected: ${JSON.stringify(confirmed)}`)
  return connectionId
}

/** The account that a connection lives on, with its sealed sign-in; that is null when there is none. */
export async function accountOf({ db }: Rolecall, connectionId: string) {
  const [found] = await db
    .select({ account: accounts, secret: accountSecrets })
    .from(connections)
    .innerJoin(accounts, isAccountOf)
    .leftJoin(accountSecrets, eq(accountSecrets.accountId, accounts.id))
    .where(eq(connections.id, connectionId))
  if (!found) throw new Error('There is no such connection.')
  return { ...found.account, secret: found.secret }
}

/** Carries out the open run of a connection, and gives its row as it is afterwards. */
export async function carryRun({ db }: Rolecall, actor: Actor, connectionId: string) {
  const own = and(eq(syncRuns.organisationId, actor.organisationId), eq(syncRuns.connectionId, connectionId))
  const [open] = await db
    .select({ id: syncRuns.id })
    .from(syncRuns)
    .where(and(own, inArray(syncRuns.state, ['queued', 'running'])))
  if (!open) throw new Error('There is no open run.')
  await runSync({ organisationId: actor.organisationId, runId: open.id }, new AbortController().signal)
  const [run] = await db.select().from(syncRuns).where(own).orderBy(desc(syncRuns.requestedAt)).limit(1)
  if (!run) throw new Error('The run vanished.')
  return run
}

/** What is stored as currently held: a line for each assignment, as `person|role|scope`, without eligible and delegated ones. */
export async function currentAccess({ db }: Rolecall, actor: Actor, connectionId: string): Promise<string[]> {
  const rows = await db
    .select({
      id: assignments.principalId,
      name: principals.name,
      role: roleDefinitions.name,
      scope: assignments.scope,
    })
    .from(assignments)
    .leftJoin(
      principals,
      and(eq(principals.organisationId, assignments.organisationId), eq(principals.id, assignments.principalId)),
    )
    .leftJoin(
      roleDefinitions,
      and(eq(roleDefinitions.organisationId, assignments.organisationId), eq(roleDefinitions.id, assignments.roleId)),
    )
    .where(
      and(
        eq(assignments.organisationId, actor.organisationId),
        sql`${assignments.nodeId} in (select node_id from connection_nodes
          where organisation_id = ${actor.organisationId} and connection_id = ${connectionId} and valid_to is null)`,
        isNull(assignments.validTo),
        ne(assignments.kind, 'eligible'),
        ne(assignments.principalKind, 'delegate'),
      ),
    )
  return rows.map(({ id, role, scope }) => `${id}|${role}|${scope.toLowerCase()}`).sort()
}
