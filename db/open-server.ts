import { sql } from 'drizzle-orm'
import { drizzle } from 'drizzle-orm/node-postgres'
import { Client, Pool } from 'pg'
import type { OpenDatabase } from './database'
import { migrate } from './migrate'
import { checkAddress } from './server-address'
import { explainServerFault, ServerUnusable } from './server-faults'
import { limitTo } from './server-statements'

const POOL_SIZE = 10 // PostgreSQL allows 100 connections by default: room for several processes
const CONNECT_TIMEOUT_MS = 10_000 // an exhausted pool or a silent host becomes an error, not a hung page
const STATEMENT_TIMEOUT_MS = 30_000 // longer than the largest publish we have measured
const IDLE_IN_TRANSACTION_MS = 60_000 // nothing waits on the network inside a transaction

const BYPASSES =
  'The user in DATABASE_URL is a superuser or has BYPASSRLS, whom row-level security does not hold: use one without, as docs/operating.md says under PostgreSQL.'

const MIGRATION_LOCK = 7_265_163_441 // any number that no other software locks on the same database

/**
 * Opens a PostgreSQL server's database and migrates it. Several processes may do so at once: one migrates, the others wait.
 * @param migrationUrl the address with the user who owns the tables, where that is not the user of the other address
 */
export async function openServer(url: string, migrationUrl?: string): Promise<OpenDatabase> {
  const { address: connectionString, warning } = checkAddress('DATABASE_URL', url)
  const user = await readUser(connectionString)
  if (migrationUrl) await migrateAsOwner(migrationUrl, user.name)
  else await migrateServer(connectionString, null)
  const pool = new Pool({
    connectionString,
    application_name: 'rolecall',
    max: POOL_SIZE,
    pipeline: true, // statements that are given to a connection together travel together: see `limitTo`
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    statement_timeout: STATEMENT_TIMEOUT_MS,
    idle_in_transaction_session_timeout: IDLE_IN_TRANSACTION_MS,
  })
  // When the server ends a connection on which no query runs, nobody waits for the error, and an error event without a
  // listener would end the process. The pool drops such a connection; a transaction on it fails at its next statement.
  pool.on('error', () => {})
  pool.on('connect', (client) => client.on('error', () => {}))
  return {
    engine: { kind: 'server', pool, url: connectionString },
    limitTo: (rows) => limitTo(pool, rows),
    transactionBesideReaders: (rows, work) => limitTo(pool, rows).transaction((tx) => work(tx, () => {})),
    warnings: [...(warning ? [warning] : []), ...(user.bypasses ? [BYPASSES] : [])],
    close: () => pool.end(),
  }
}

/** Who signs in with this address, and whether row-level security does not hold them. */
async function readUser(connectionString: string): Promise<{ name: string; bypasses: boolean }> {
  return withClient(connectionString, async (client) => {
    const { rows } = await client.query<{ name: string; bypasses: boolean }>(
      'select rolname as name, rolsuper or rolbypassrls as bypasses from pg_roles where rolname = current_user',
    )
    const [user] = rows
    if (!user) throw new Error('PostgreSQL does not say who the user is.')
    return user
  })
}

/** The sentences of {@link explainServerFault} are about DATABASE_URL, so here they are given the other setting's name. */
async function migrateAsOwner(migrationUrl: string, application: string): Promise<void> {
  try {
    await migrateServer(checkAddress('DATABASE_MIGRATION_URL', migrationUrl).address, application)
  } catch (cause) {
    const sentence = explainServerFault(cause)
    if (sentence === null || sentence.includes('DATABASE_MIGRATION_URL')) throw cause
    throw new ServerUnusable(sentence.replaceAll('DATABASE_URL', 'DATABASE_MIGRATION_URL'), { cause })
  }
}

async function migrateServer(connectionString: string, application: string | null): Promise<void> {
  await withClient(connectionString, (client) =>
    drizzle(client).transaction(async (tx) => {
      // A lock of the transaction: one of the session would stay with a connection that a pooler keeps for others.
      await tx.execute(sql`select pg_advisory_xact_lock(${MIGRATION_LOCK})`)
      await migrate(tx, application)
    }),
  )
}

/** Lends a connection of its own, because the wait for the lock, or a long migration, may outlast the statement timeout. */
async function withClient<T>(connectionString: string, work: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({
    connectionString,
    application_name: 'rolecall migration',
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
  })
  client.on('error', () => {}) // as with the pool: the statement that is under way fails, and that is enough
  try {
    await client.connect()
    return await work(client)
  } finally {
    await client.end() // also where the sign-in failed, so that the server keeps no connection of it
  }
}
