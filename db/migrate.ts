import { sql } from 'drizzle-orm'
import { readMigrationFiles } from 'drizzle-orm/migrator'
import { type Database, migrationsFolder } from './database'
import { ServerUnusable } from './server-faults'

const OLDEST_VERSION = 14 // of PostgreSQL: the oldest that its makers still maintained in November 2026

/** Our tables are in `public`; the marks of finished migrations and the tables of the job queue (pg-boss) are here. */
const OTHER_SCHEMAS = ['drizzle', 'pgboss']

type Connection = Pick<Database, 'execute' | 'transaction'>

/**
 * Brings a database up to date, all missing migrations in one transaction, and makes the schemas that are missing.
 *
 * It keeps the marks of Drizzle's own migrator, which is not used because it asks for `create schema if not exists`: a
 * user who may not create schemas is refused that even when the schema exists.
 * @throws ServerUnusable when the server is too old, or its user lacks a right that is needed now.
 */
export async function migrate(db: Connection): Promise<void> {
  await requireVersion(db)
  const schemas = await readSchemas(db)
  const migrations = readMigrationFiles({ migrationsFolder: migrationsFolder() })
  const last = schemas.find(({ name }) => name === 'drizzle')?.usable ? await readLastMark(db) : 0
  const missing = migrations.filter(({ folderMillis }) => folderMillis > last)
  await requireRights(db, schemas, missing.length > 0)

  for (const { name, exists } of schemas) {
    if (!exists) await db.execute(sql`create schema ${sql.identifier(name)}`)
  }
  if (missing.length === 0) return
  await db.execute(sql`create table if not exists drizzle.__drizzle_migrations (
    id serial primary key, hash text not null, created_at bigint)`)
  await db.transaction(async (tx) => {
    for (const { sql: statements, hash, folderMillis } of missing) {
      for (const statement of statements) await tx.execute(sql.raw(statement))
      await tx.execute(
        sql`insert into drizzle.__drizzle_migrations (hash, created_at) values (${hash}, ${folderMillis})`,
      )
    }
  })
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

type Schema = { name: string; exists: boolean; usable: boolean }

async function readSchemas(db: Connection): Promise<Schema[]> {
  const names = sql.join(
    [...OTHER_SCHEMAS, 'public'].map((name) => sql`(${name}::text)`),
    sql`, `,
  )
  const { rows } = await db.execute<Schema>(sql`
    select name, oid is not null as "exists",
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

/** Refuses with the SQL that an administrator has to run, all of it at once. */
async function requireRights(db: Connection, schemas: Schema[], migrates: boolean): Promise<void> {
  const { rows } = await db.execute<{ creates: boolean; user: string; database: string }>(sql`
    select has_database_privilege(current_database(), 'create') as creates,
      quote_ident(current_user) as user, quote_ident(current_database()) as database`)
  const { creates = false, user, database } = rows[0] ?? {}
  const grants: string[] = []
  if (!creates && schemas.some(({ exists }) => !exists)) grants.push(`grant create on database ${database} to ${user};`)
  for (const { name, exists, usable } of schemas) {
    if (!exists || usable) continue
    if (name !== 'public') grants.push(`alter schema ${name} owner to ${user};`)
    else if (migrates) grants.push(`grant usage, create on schema public to ${user};`)
  }
  if (grants.length === 0) return
  throw new ServerUnusable(
    `The user ${user} may not create what Rolecall needs in the database ${database}: have an administrator run "${grants.join(' ')}" there.`,
  )
}
