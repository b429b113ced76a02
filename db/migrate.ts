import { sql } from 'drizzle-orm'
import { type MigrationMeta, readMigrationFiles } from 'drizzle-orm/migrator'
import { type Database, migrationsFolder } from './database'
import { ServerUnusable } from './server-faults'
import { setVisibleRows } from './visible-rows'

const MAINTAIN_SINCE = 170_000 // PostgreSQL 17, as a server counts its versions
const OLDEST_VERSION = 14 // of PostgreSQL: the oldest that its makers still maintained in November 2026

/** The marks of finished migrations, and the tables of the job queue, which pg-boss makes. Our tables are in `public`. */
const [MARKS, QUEUE] = ['drizzle', 'pgboss'] as const

type Connection = Pick<Database, 'execute' | 'transaction'>

/**
 * Brings a database up to date, all missing migrations in one transaction, and makes the schemas that are missing.
 *
 * It keeps the marks of Drizzle's own migrator, which is not used because it asks for `create schema if not exists`: a
 * user who may not create schemas is refused that even when the schema exists.
 * @param application the user who works with the tables, if it is not the one who owns them and migrates; it is granted
 *   the rows of the tables and the queue's schema, and nothing else
 * @throws ServerUnusable when the server is too old, or its user lacks a right that is needed now.
 */
export async function migrate(db: Connection, application: string | null = null): Promise<void> {
  await requireVersion(db)
  const schemas = await readSchemas(db)
  const migrations = readMigrationFiles({ migrationsFolder: migrationsFolder() })
  const last = schemas.find(({ name }) => name === MARKS)?.readable ? await readLastMark(db) : 0
  const missing = migrations.filter(({ folderMillis }) => folderMillis > last)
  const needed = schemas.filter(({ name }) => (name === QUEUE ? application === null : missing.length > 0))
  await requireRights(db, schemas, needed)

  for (const { name, exists } of schemas) {
    if (!exists) await db.execute(sql`create schema ${sql.identifier(name)}`)
  }
  if (missing.length > 0) await runMigrations(db, missing)
  if (application !== null) await grantToApplication(db, application)
}

async function runMigrations(db: Connection, missing: MigrationMeta[]): Promise<void> {
  await db.execute(sql`create table if not exists drizzle.__drizzle_migrations (
    id serial primary key, hash text not null, created_at bigint)`)
  await db.transaction(async (tx) => {
    // Row-level security holds the owner of the tables too: without this, a migration would change no row.
    await tx.execute(sql.raw(setVisibleRows('every organisation')))
    for (const { sql: statements, hash, folderMillis } of missing) {
      for (const statement of statements) await tx.execute(sql.raw(statement))
      await tx.execute(
        sql`insert into drizzle.__drizzle_migrations (hash, created_at) values (${hash}, ${folderMillis})`,
      )
    }
  })
}

/**
 * What the application's user needs of what another user owns. It owns nothing but the queue's tables, which it makes
 * itself, so it can neither change a table nor take row-level security away.
 */
async function grantToApplication(db: Connection, application: string): Promise<void> {
  const user = sql.identifier(application)
  await db.execute(sql`grant usage on schema public, drizzle to ${user}`)
  await db.execute(sql`grant select on drizzle.__drizzle_migrations to ${user}`)
  await db.execute(sql`grant select, insert, update, delete on all tables in schema public to ${user}`)
  await db.execute(sql`grant usage on all sequences in schema public to ${user}`)
  // A publish refreshes the statistics of what it wrote, which only the owner of a table may do before PostgreSQL 17.
  const { rows: versions } = await db.execute<{ number: number }>(
    sql`select current_setting('server_version_num')::int as number`,
  )
  if ((versions[0]?.number ?? 0) >= MAINTAIN_SINCE)
    await db.execute(sql`grant maintain on all tables in schema public to ${user}`)
  const { rows } = await db.execute<{ usable: boolean }>(
    sql`select has_schema_privilege(${application}, ${QUEUE}, 'usage, create') as usable`,
  )
  if (!rows[0]?.usable) await db.execute(sql`grant usage, create on schema ${sql.identifier(QUEUE)} to ${user}`)
}

async function requireVersion(db: Connection): Promise<void> {
  const { rows } = await db.execute<{ number: string; version: string }>(
    sql`select current_setting('server_version_num') as number, current_setting('server_version') as version`,
  )
  if (Math.floor(Number(rows[0]?.number) / 10_000) >= OLDEST_VERSION) return
  throw new ServerUnusable(
    `PostgreSQL ${OLDEST_VERSION} or newer is needed, and the server in DATABASE_URL is ${rows[0]?.version}: upgrade it.`,
  )
}

type Schema = { name: string; exists: boolean; readable: boolean; usable: boolean }

async function readSchemas(db: Connection): Promise<Schema[]> {
  const names = sql.join(
    [MARKS, QUEUE, 'public'].map((name) => sql`(${name}::text)`),
    sql`, `,
  )
  const { rows } = await db.execute<Schema>(sql`
    select name, oid is not null as "exists", coalesce(has_schema_privilege(oid, 'usage'), false) as readable,
      coalesce(has_schema_privilege(oid, 'usage') and has_schema_privilege(oid, 'create'), false) as usable
    from (values ${names}) wanted(name) left join pg_namespace on nspname = name`)
  return rows
}

/** When the newest finished migration was made, in milliseconds since 1970; 0 when there is none. */
async function readLastMark(db: Connection): Promise<number> {
  const { rows: found } = await db.execute<{ exists: boolean }>(
    sql`select to_regclass('drizzle.__drizzle_migrations') is not null as "exists"`,
  )
  if (!found[0]?.exists) return 0
  const { rows } = await db.execute<{ last: string | null }>(
    sql`select max(created_at) as last from drizzle.__drizzle_migrations`,
  )
  return Number(rows[0]?.last ?? 0)
}

/** Refuses with what an administrator has to do, all of it at once. `needed` are the schemas in which this user makes something. */
async function requireRights(db: Connection, schemas: Schema[], needed: Schema[]): Promise<void> {
  const { rows } = await db.execute<{ creates: boolean; user: string; database: string }>(sql`
    select has_database_privilege(current_database(), 'create') as creates,
      quote_ident(current_user) as user, quote_ident(current_database()) as database`)
  const { creates = false, user, database } = rows[0] ?? {}
  const lacking = needed.filter(({ exists, usable }) => exists && !usable).map(({ name }) => name)
  if (lacking.includes(MARKS)) {
    throw new ServerUnusable(
      `This version brings changes of the tables in the database ${database}, which the user ${user} may not make: run "npm run migrate" with DATABASE_MIGRATION_URL, the address with the user who owns them, or have an administrator run "alter schema ${MARKS} owner to ${user};" there.`,
    )
  }
  const grants: string[] = []
  if (!creates && schemas.some(({ exists }) => !exists)) grants.push(`grant create on database ${database} to ${user};`)
  if (lacking.includes(QUEUE)) grants.push(`alter schema ${QUEUE} owner to ${user};`)
  if (lacking.includes('public')) grants.push(`grant usage, create on schema public to ${user};`)
  if (grants.length === 0) return
  throw new ServerUnusable(
    `The user ${user} may not create what Rolecall needs in the database ${database}: have an administrator run "${grants.join(' ')}" there.`,
  )
}
