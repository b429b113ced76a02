import { createHash, randomUUID } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { PGlite } from '@electric-sql/pglite'
import { Client } from 'pg'
import { useDatabase as install } from '@/db/client'
import { type Database, type Engine, migrationsFolder, type OpenDatabase } from '@/db/database'
import { limitStatements, migrateEmbedded } from '@/db/open-embedded'
import { openServer } from '@/db/open-server'
import { createOnCluster, distribute, dropOnCluster } from './citus'
import { watchStatements } from './watched-statements'

/** Making a database folder takes seconds, loading a made one tenths: it is kept here, a file for each set of migrations. */
const CACHE = join('node_modules', '.cache', 'rolecall')

/** The same for PostgreSQL: a migrated template database. Any number of our own choosing. */
const TEMPLATE_LOCK = 7_265_163_442

/**
 * As on a server that is set up with care: one user owns the tables, another one works with them. What tests do is
 * thereby held to row-level security, as a superuser would not be.
 */
const [OWNER, APPLICATION, PASSWORD] = ['rolecall_test_owner', 'rolecall_test_app', 'rolecall']

/** Not in a measurement: what watches statements takes time of its own. */
const IN_A_TEST = process.env.VITEST !== undefined

/** An open database and, in `db`, all its rows: a test may look into every organisation. */
export type TestDatabase = Pick<OpenDatabase, 'engine' | 'close'> & {
  db: Database
  /** Runs SQL as the user who owns the tables: a trigger that a test needs, say, which the application may not make. */
  asOwner(statements: string): Promise<void>
}

/**
 * An empty, migrated database, which is also what `getDb()` gives until it is closed: PGlite in memory, or with
 * `TEST_DATABASE_URL` (of a user who may create databases and roles) a new database on that PostgreSQL. With `TEST_DISTRIBUTED` that
 * is the coordinator of a Citus cluster, and the tables are spread over its nodes.
 *
 * @param isWatched whether the statements of `getDb()` are looked at, see {@link watchStatements}: not where the test itself sends some
 */
export async function createTestDatabase({ isWatched = IN_A_TEST } = {}): Promise<TestDatabase> {
  const server = process.env.TEST_DATABASE_URL
  if (server) return openForTest(await createOnServer(server))
  const pglite = await PGlite.create({ loadDataDir: await madeFolder() })
  const opened = await migrateEmbedded(pglite)
  return isWatched ? openWatched(pglite, opened) : openForTest(opened)
}

/** The same database, which throws when it is closed if the product has sent it a statement that is not of one organisation. */
function openWatched(pglite: PGlite, opened: OpenDatabase): TestDatabase {
  const { watched, throwWide } = watchStatements(pglite)
  const database = openForTest(opened, { ...opened, ...limitStatements(watched) })
  return {
    ...database,
    close: async () => {
      await database.close()
      throwWide()
    },
  }
}

/** `asProduct` is what `getDb()` works with, the other one is for the test itself. */
function openForTest(opened: OpenDatabase, asProduct = opened): TestDatabase {
  const uninstall = install(asProduct)
  return {
    engine: opened.engine,
    db: opened.limitTo('every organisation'),
    asOwner: (statements) => runAsOwner(opened.engine, statements),
    close: async () => {
      uninstall()
      await opened.close()
    },
  }
}

/** Runs SQL as the user who owns the tables of a test's database. */
export async function runAsOwner(engine: Engine, statements: string): Promise<void> {
  if (engine.kind === 'server') {
    const { pathname } = new URL(engine.url)
    await withClient(addressOf(engine.url, pathname.slice(1), OWNER), (client) => client.query(statements))
    return
  }
  await engine.pglite.transaction(async (tx) => {
    await tx.exec('set local role postgres')
    await tx.exec(statements)
  })
}

/** The files of an empty, migrated database, which PGlite can begin with. */
export async function madeFolder(): Promise<Blob> {
  const file = join(CACHE, `database-${fingerprint()}.tar`)
  if (!existsSync(file)) {
    mkdirSync(CACHE, { recursive: true })
    const pglite = await PGlite.create()
    await migrateEmbedded(pglite)
    const aside = `${file}.${randomUUID()}`
    writeFileSync(aside, new Uint8Array(await (await pglite.dumpDataDir('none')).arrayBuffer()))
    await pglite.close()
    renameSync(aside, file)
  }
  return new Blob([readFileSync(file)])
}

async function createOnServer(server: string): Promise<OpenDatabase> {
  const name = `rolecall_test_${randomUUID().replaceAll('-', '')}`
  if (process.env.TEST_DISTRIBUTED) return createDistributed(server, name)
  const template = await madeTemplate(server)
  await withClient(server, (client) => client.query(`create database ${name} template ${template} owner ${OWNER}`))
  const opened = await openServer(addressOf(server, name, APPLICATION))
  return {
    ...opened,
    close: async () => {
      await opened.close()
      await withClient(server, (client) => client.query(`drop database ${name} with (force)`))
    },
  }
}

/** A database whose tables are spread over the nodes of the Citus cluster that the server coordinates. It has no template: its shards are not copied. */
async function createDistributed(server: string, name: string): Promise<OpenDatabase> {
  await createOnCluster(server, { name, owner: OWNER, roles: [OWNER, APPLICATION].map(makeRole) })
  const migrated = await openServer(addressOf(server, name, APPLICATION), addressOf(server, name, OWNER))
  await migrated.close()
  await distribute(server, name)
  const opened = await openServer(addressOf(server, name, APPLICATION))
  return {
    ...opened,
    close: async () => {
      await opened.close()
      await dropOnCluster(server, name)
    },
  }
}

/** Gets its name only once it is migrated: a run that was cut short leaves nothing that looks ready. */
async function madeTemplate(server: string): Promise<string> {
  const template = `rolecall_template_${fingerprint()}`
  await withClient(server, async (client) => {
    await client.query('select pg_advisory_lock($1)', [TEMPLATE_LOCK])
    const { rowCount } = await client.query('select 1 from pg_database where datname = $1', [template])
    if (rowCount) return
    await client.query(`drop database if exists ${template}_new with (force)`)
    for (const role of [OWNER, APPLICATION]) await client.query(makeRole(role))
    await client.query(`create database ${template}_new owner ${OWNER}`)
    const opened = await openServer(
      addressOf(server, `${template}_new`, APPLICATION),
      addressOf(server, `${template}_new`, OWNER),
    )
    await opened.close()
    await client.query(`alter database ${template}_new rename to ${template}`)
  })
  return template
}

async function withClient(connectionString: string, work: (client: Client) => Promise<unknown>): Promise<void> {
  const client = new Client({ connectionString })
  await client.connect()
  try {
    await work(client)
  } finally {
    await client.end()
  }
}

function addressOf(server: string, database: string, user: string): string {
  return Object.assign(new URL(server), { pathname: `/${database}`, username: user, password: PASSWORD }).href
}

const makeRole = (role: string) => `do $$ begin
  create role ${role} login password '${PASSWORD}';
exception when duplicate_object then end $$`

/** Changes with any migration and with PGlite's version. */
function fingerprint(): string {
  const hash = createHash('sha256').update(
    readFileSync(join('node_modules', '@electric-sql', 'pglite', 'package.json')),
  )
  for (const name of readdirSync(migrationsFolder()).sort()) {
    if (name.endsWith('.sql')) hash.update(name).update(readFileSync(join(migrationsFolder(), name)))
  }
  return hash.digest('hex').slice(0, 16)
}
