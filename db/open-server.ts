import { drizzle } from 'drizzle-orm/node-postgres'
import { Client, Pool } from 'pg'
import type { OpenDatabase } from './database'
import { migrate } from './migrate'
import { limitTo } from './server-statements'

const POOL_SIZE = 10 // PostgreSQL allows 100 connections by default: room for several processes
const CONNECT_TIMEOUT_MS = 10_000 // an exhausted pool or a silent host becomes an error, not a hung page
const STATEMENT_TIMEOUT_MS = 30_000 // longer than the largest publish we have measured
const IDLE_IN_TRANSACTION_MS = 60_000 // nothing waits on the network inside a transaction

const MIGRATION_LOCK = 7_265_163_441 // any number that no other software locks on the same database

/** Opens a PostgreSQL server's database and migrates it. Several processes may do so at once: one migrates, the others wait. */
export async function openServer(connectionString: string): Promise<OpenDatabase> {
  await migrateServer(connectionString)
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
    close: () => pool.end(),
  }
}

/** Uses a connection of its own, because the wait for the lock, or a long migration, may outlast the statement timeout. */
async function migrateServer(connectionString: string): Promise<void> {
  const client = new Client({
    connectionString,
    application_name: 'rolecall migration',
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
  })
  client.on('error', () => {}) // as with the pool: the statement that is under way fails, and that is enough
  try {
    await client.connect()
    await client.query('select pg_advisory_lock($1)', [MIGRATION_LOCK])
    await migrate(drizzle(client))
  } finally {
    await client.end() // releases the lock too, and frees the server of a sign-in that came to nothing
  }
}
