import { setTimeout } from 'node:timers/promises'
import { sql } from 'drizzle-orm'
import { Client } from 'pg'
import { closeDb, getDbOfEveryOrganisation, getEngine } from '@/db/client'
import { probeDatabase } from '@/db/queries/organisation'
import { OPTIONAL_SCOPES, type OptionalScope } from '@/lib/domain/permissions'
import { getQueue, stopQueue } from '@/lib/runs/queue'
import { applyChange } from '@/sandbox/world/changes'
import { createRandom } from '@/sandbox/world/random'
import { fullWorld } from '@/testing/full-world'
import { carryRun, connect, type TestTenant } from '@/testing/rolecall'
import { type SharedRolecall, startSharedRolecall } from '@/testing/shared-rolecall'
import { trueNow } from './clock'
import { type BreakableServer, breakEmbeddedStatements, breakServerStatements } from './database-faults'
import type { Engine } from './faults'
import { breakRequests } from './network-faults'

/** A word in every name of the second organisation, which nobody else may ever see. */
export const CANARY = 'Canary'

/** The organisation that nothing is done to: it must see nothing of the others, and nothing of it may be seen. */
export type Neighbour = { tenant: TestTenant; connectionId: string }

type Options = { logLevel?: string; crashServer?: () => Promise<void> }

export type ChaosWorld = Awaited<ReturnType<typeof startChaosWorld>>

/**
 * Starts the product in this process with faults ready to happen: a database in a folder of its own, or a new one on
 * the PostgreSQL of `TEST_DATABASE_URL`, a sandbox in Microsoft's place, and a second organisation, which is synced.
 * `crashServer` restarts that PostgreSQL at once. Without it every connection to the database is ended instead, since
 * others may use the server.
 */
export async function startChaosWorld({ logLevel = 'silent', crashServer }: Options = {}) {
  const rolecall = await startSharedRolecall()
  process.env.LOG_LEVEL = logLevel
  const { sandbox } = rolecall
  sandbox.world.now = () => trueNow() + sandbox.world.clockOffset
  const network = breakRequests(sandbox.url)
  const engine: Engine = process.env.TEST_DATABASE_URL ? 'postgres' : 'embedded'
  const restoreStatements =
    engine === 'postgres'
      ? breakServerStatements(breakableServer(rolecall.settings.DATABASE_URL, crashServer))
      : () => {}

  /** Opens what is not open yet: outside of any work, so that no timer of the queue belongs to a piece of work. */
  async function open(): Promise<void> {
    await getDbOfEveryOrganisation()
    const opened = await getEngine()
    if (opened.kind === 'embedded') breakEmbeddedStatements(opened.pglite)
    await getQueue()
  }
  await open()
  const neighbour = await connectNeighbour(rolecall)

  return {
    rolecall,
    sandbox,
    engine,
    network,
    neighbour,
    /** Closes queue and database, as a process that ends does, and opens them again. On a server the database stays. */
    async restart(): Promise<void> {
      await stopQueue()
      if (engine === 'embedded') {
        await closeDb()
        await open()
      } else await getQueue()
    },
    async close(): Promise<void> {
      restoreStatements()
      network.restore()
      await rolecall.close()
    },
  }
}

/** Asks by a connection of its own each time, beside those of the product: a crash would end one that stays. */
function breakableServer(connectionString: string, crashServer?: () => Promise<void>): BreakableServer {
  async function ask(statement: string, values: unknown[] = []): Promise<void> {
    const client = new Client({ connectionString, application_name: 'chaos' })
    await client.connect()
    await client.query(statement, values)
    await client.end()
  }
  const endAll = () =>
    ask(`select pg_terminate_backend(pid) from pg_stat_activity
      where datname = current_database() and usename = current_user and pid <> pg_backend_pid()`)
  return {
    end: (processId) => ask('select pg_terminate_backend($1)', [processId]),
    crash: crashServer ?? endAll,
  }
}

async function connectNeighbour(rolecall: SharedRolecall): Promise<Neighbour> {
  const tenant = await rolecall.tenant({ seed: CANARY, name: CANARY, people: 6, assignments: 12 })
  const { world, tenantId } = tenant
  for (const user of world.findTenant(tenantId)?.users.keys() ?? [])
    applyChange(world, { type: 'rename', user, tenantId, displayName: `${CANARY} ${user.slice(0, 8)}` })
  const connectionId = await connect(tenant)
  const run = await carryRun({ ...rolecall, db: await getDbOfEveryOrganisation() }, tenant.owner, connectionId)
  if (run.state !== 'succeeded') throw new Error('The second organisation could not be synced.')
  return { tenant, connectionId }
}

/** A tenant of the seed's own with a bit of everything, and the optional permissions that its connection will ask for. */
export async function createTenantOf(
  rolecall: SharedRolecall,
  seed: number,
  optionalBits: number,
): Promise<{ tenant: TestTenant; optional: OptionalScope[] }> {
  const optional = OPTIONAL_SCOPES.filter((_, place) => (optionalBits >> place) % 2 === 0)
  const random = createRandom(`chaos world ${seed}`)
  const assignments = 8 + random.below(9)
  const tenant = await rolecall.tenant({ ...fullWorld(`chaos ${seed}`), assignments, consented: [...optional] })
  return { tenant, optional }
}

/** Forgets an organisation and every tenant that was made for it, so that the next schedule begins with the same. */
export async function forget({ sandbox, neighbour }: ChaosWorld, tenant: TestTenant, known: ReadonlySet<string>) {
  const db = await getDbOfEveryOrganisation()
  const { organisationId } = tenant.owner
  if (organisationId === neighbour.tenant.owner.organisationId) throw new Error('The neighbour stays.')
  await untilAnswering()
  // The database keeps an owner in every organisation, so members go with their organisation only.
  await db.execute(sql`delete from organisations where id = ${organisationId}`)
  for (const id of sandbox.world.tenants.keys()) if (!known.has(id)) sandbox.world.tenants.delete(id)
  sandbox.world.seedUses.clear()
  sandbox.world.log = []
}

/** Waits until the database answers: a server that a schedule has crashed recovers for some seconds after it. */
export async function untilAnswering(): Promise<void> {
  const deadline = performance.now() + 30_000
  for (;;) {
    try {
      await probeDatabase()
      return
    } catch (error) {
      if (performance.now() > deadline) throw error
      await setTimeout(200)
    }
  }
}
