import { join } from 'node:path'
import type { PGlite } from '@electric-sql/pglite'
import type { PgDatabase, PgQueryResultHKT } from 'drizzle-orm/pg-core'
import type { Pool } from 'pg'
import type { VisibleRows } from './visible-rows'

type Rows<Row> = { rows: Row[] }

/** What both drivers answer to `execute`. They count touched rows differently: use `returning` instead. */
interface RowsResult extends PgQueryResultHKT {
  type: Rows<this['row']>
}

/** The database, on either engine, as far as its statements can see it. */
export type Database = PgDatabase<RowsResult>

/** What `db.transaction` hands over. `db` itself is not one: using it inside a transaction hangs the embedded engine. */
export type Transaction = Parameters<Parameters<Database['transaction']>[0]>[0]

/** The engine under the database, for the job queue, which must live on the same one. On a server it opens a pool of its own with `url`. */
export type Engine = { kind: 'embedded'; pglite: PGlite } | { kind: 'server'; pool: Pool; url: string }

/** An opened and migrated database. */
export type OpenDatabase = {
  engine: Engine
  /** The database for statements that may see these rows only. Costs nothing: every statement says anew what it may see. */
  limitTo(rows: VisibleRows): Database
  /**
   * A transaction beside which others go on reading, which on a server they always do. On the embedded engine they read between its
   * statements, and see what it has written so far, until it calls `holdReaders`: see `readers-between.ts`.
   */
  transactionBesideReaders<T>(
    rows: VisibleRows,
    work: (tx: Transaction, holdReaders: () => void) => Promise<T>,
  ): Promise<T>
  /** A sentence for each thing about the database that works and yet should be put right. */
  warnings: string[]
  close(): Promise<void>
}

/** Where the migrations are: below the working directory, which is always the project's root. A bundled file no longer knows its own place. */
export const migrationsFolder = () => join(/* turbopackIgnore: true */ process.cwd(), 'db', 'migrations')
