import { join } from 'node:path'
import type { PGlite } from '@electric-sql/pglite'
import type { PgDatabase, PgQueryResultHKT } from 'drizzle-orm/pg-core'
import type { Pool } from 'pg'

type Rows<Row> = { rows: Row[] }

/** What both drivers answer to `execute`. Counts of touched rows differ between them: use `returning` instead. */
interface RowsResult extends PgQueryResultHKT {
  type: Rows<this['row']>
}

type Queries = PgDatabase<RowsResult>

/** The database, whichever engine carries it. */
export type Database = Queries & { $client: PGlite | Pool }

/** What `db.transaction` hands over. `db` itself is not one: using it inside a transaction hangs the embedded engine. */
export type Transaction = Parameters<Parameters<Queries['transaction']>[0]>[0]

/** What lies below, for the job queue, which must live on the same engine. A server's address is for a pool of one's own. */
export type Engine = { kind: 'embedded'; pglite: PGlite } | { kind: 'server'; pool: Pool; url: string }

/** An opened and migrated database. */
export type OpenDatabase = { db: Database; close(): Promise<void> }

/** Where the migrations are. Every process starts in the project's root, and a bundled file no longer knows its own place. */
export const migrationsFolder = () => join(/* turbopackIgnore: true */ process.cwd(), 'db', 'migrations')
