import { DrizzleQueryError } from 'drizzle-orm'
import { drizzle } from 'drizzle-orm/node-postgres'
import type { Pool, PoolClient, QueryConfig } from 'pg'
import type { Database } from './database'
import { setVisibleRows, type VisibleRows } from './visible-rows'

/**
 * The database in which every statement, alone or in a transaction, runs in a transaction that says what it may see.
 *
 * The pool has to be one with `pipeline`: what is given to a connection without waiting for the answers goes out at once
 * and is answered in order. A statement of its own therefore costs one round trip, as it would without the transaction.
 */
export function limitTo(pool: Pool, rows: VisibleRows): Database {
  const setting = setVisibleRows(rows)
  const query = async (statement: QueryConfig, values?: unknown[]) =>
    lend(await pool.connect(), async (connection) => {
      const begun = connection.query(`begin; ${setting}`)
      const answered = connection.query(statement, values)
      // Ends the transaction either way: PostgreSQL takes the commit of one that has failed for a rollback.
      const ended = connection.query('commit')
      for (const outcome of await Promise.allSettled([begun, answered, ended])) {
        if (outcome.status === 'rejected') throw outcome.reason
      }
      return answered
    })
  // Drizzle asks nothing else of a client as long as `transaction`, which would call `connect`, is our own.
  const db = drizzle({ client: { query } as unknown as Pool })
  db.transaction = async (work, config) =>
    lend(await connectForTransaction(pool), (connection) =>
      drizzle(connection).transaction(async (tx) => {
        // Sent now and not awaited first, so that it goes out ahead of the first statement of `work`, together with it.
        const set = connection.query(setting)
        const [result] = await Promise.all([work(tx), set])
        return result
      }, config),
    )
  return db
}

/** Drizzle wraps what its own statements meet, this included. Whoever catches it knows by that that it is the database's fault. */
async function connectForTransaction(pool: Pool): Promise<PoolClient> {
  try {
    return await pool.connect()
  } catch (cause) {
    throw new DrizzleQueryError('begin', [], cause instanceof Error ? cause : undefined)
  }
}

/**
 * Lends a connection to some work. Only one that is outside any transaction goes back to the pool: on any other a setting
 * or a lock could be left, so it is closed, which rolls back whatever is under way. One on which the work was cut off is
 * closed too, because the next who was lent it would meet that before the driver has noticed.
 */
async function lend<T>(connection: PoolClient, work: (connection: PoolClient) => Promise<T>): Promise<T> {
  let isCutOff = false
  try {
    return await work(connection)
  } catch (error) {
    isCutOff = tellsOfCut(error)
    throw error
  } finally {
    connection.release(isCutOff || connection.getTransactionStatus() !== 'I')
  }
}

/** Whether an error, or what caused it, is a connection that has ended: by the driver's words, or by the server's last ones. */
export function tellsOfCut(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  if ('severity' in error && error.severity === 'FATAL') return true
  return /^Connection terminated|not queryable|ECONNRESET|EPIPE/.test(error.message) || tellsOfCut(error.cause)
}
