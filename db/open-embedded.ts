import { randomUUID } from 'node:crypto'
import { chmodSync, existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { PGlite, type Transaction, types } from '@electric-sql/pglite'
import { drizzle } from 'drizzle-orm/pglite'
import type { Database, OpenDatabase } from './database'
import { lockFolder } from './folder-lock'
import { migrate } from './migrate'
import { ReadersBetween } from './readers-between'
import { setVisibleRows } from './visible-rows'

/** Whom the statements run as: PGlite's own user is a superuser, whom row-level security does not hold. */
const APPLICATION = 'rolecall_app'

/**
 * PGlite's own settings, with less room to keep pages of tables in: with the usual 128 MB the engine takes 100 MB more of the process
 * at rest, and a table that does not fit comes from the memory in which the system keeps files, which is about as fast. Statistics are made of
 * a fifth of the usual number of rows: with 50,000 holders that takes 0.13 seconds instead of one, and nobody is answered meanwhile.
 */
const SETTINGS = [...PGlite.defaultStartParams, '-c', 'shared_buffers=48MB', '-c', 'default_statistics_target=20']

const HALF_MADE = 'db.new-' // how the name of a folder begins while it is being made

/**
 * Opens the embedded PostgreSQL in `DATA_DIR/db`, making and migrating it where needed.
 *
 * PGlite does not guard its folder, and two processes that open it lose each other's rows, so `DATA_DIR/db.lock` guards it.
 * What was written survives a killed process; PGlite does not flush to the disk, so a power cut may lose the last moments.
 * Nothing ends a statement that takes too long: PGlite accepts `statement_timeout`, but its timer never fires, because the
 * engine runs in this process's only thread. What a page may ask is therefore bounded before it is asked.
 * @throws FolderLocked when another process has it open.
 */
export async function openEmbedded(dataDir: string): Promise<OpenDatabase> {
  const home = resolve(dataDir)
  mkdirSync(home, { recursive: true, mode: 0o700 })
  const unlock = await lockFolder(join(home, 'db.lock'), endRobbed)
  try {
    return await openLocked(home, unlock)
  } catch (error) {
    unlock()
    throw error
  }
}

/** Migrates a PGlite, on disk or in memory, and opens it as our database. */
export async function migrateEmbedded(pglite: PGlite): Promise<OpenDatabase> {
  // PGlite's own way makes a text of each single byte: of some megabytes it takes seconds, and hundreds of megabytes of memory.
  pglite.serializers[types.BYTEA] = (value: Uint8Array) => `\\x${Buffer.from(value).toString('hex')}`
  pglite.parsers[types.BYTEA] = (text: string) => Buffer.from(text.slice('\\x'.length), 'hex')
  await makeApplicationUser(pglite)
  await migrate(drizzle(pglite), APPLICATION)
  await pglite.exec(`set role ${APPLICATION}`) // for as long as this is open, the queue's statements included
  return {
    engine: { kind: 'embedded', pglite },
    ...limitStatements(pglite),
    warnings: [],
    close: () => pglite.close(),
  }
}

/** The rights of a server's application user, and those to tidy up, which a server does by itself. */
async function makeApplicationUser(pglite: PGlite): Promise<void> {
  const { rows } = await pglite.query('select from pg_roles where rolname = $1', [APPLICATION])
  if (rows.length > 0) return
  // Earlier versions worked as the superuser, and their queue belongs to it. It is made anew: what waits in it is found
  // again by the rows of the runs.
  await pglite.transaction((tx) =>
    tx.exec(`create role ${APPLICATION}; grant pg_maintain, pg_checkpoint to ${APPLICATION};
      drop schema if exists pgboss cascade`),
  )
}

/** The database in which every statement, alone or in a transaction, begins a transaction that says what it may see. */
export function limitStatements(
  pglite: Pick<PGlite, 'transaction'>,
): Pick<OpenDatabase, 'limitTo' | 'transactionBesideReaders'> {
  const readers = new ReadersBetween()
  const beginFor =
    (setting: string) =>
    <T>(work: (tx: Transaction) => Promise<T>) =>
      pglite.transaction(async (tx) => {
        await tx.exec(setting)
        return work(tx)
      })
  return {
    limitTo: (rows) => {
      const setting = setVisibleRows(rows)
      const begin = beginFor(setting)
      return openClient({
        query: async (...statement) => {
          const read = await readers.read(setting, (tx) => tx.query(...statement))
          return (read ?? { answer: await begin((tx) => tx.query(...statement)) }).answer as never
        },
        transaction: begin,
      })
    },
    transactionBesideReaders: (rows, work) => {
      const begin = beginFor(setVisibleRows(rows))
      let hold = () => {}
      const transaction: PGlite['transaction'] = (inner) =>
        begin((tx) =>
          readers.during(tx, (own, holdReaders) => {
            hold = holdReaders
            return inner(own)
          }),
        )
      return openClient({ transaction }).transaction((tx) => work(tx, () => hold()))
    },
  }
}

/** Drizzle asks nothing else of PGlite. */
const openClient = (client: Partial<Pick<PGlite, 'query' | 'transaction'>>): Database =>
  drizzle({ client: client as PGlite })

/** What we wrote from now on would be lost, and would spoil what the other writes: nothing may run to its end here. */
function endRobbed(): never {
  process.stderr.write('Another process has taken the database folder while this one stood still, so this one ends.\n')
  process.exit(1)
}

async function openLocked(home: string, unlock: () => void): Promise<OpenDatabase> {
  const folder = join(home, 'db')
  for (const name of readdirSync(home)) {
    if (name.startsWith(HALF_MADE)) rmSync(join(home, name), { recursive: true })
  }
  if (!existsSync(folder)) await makeFolder(home, folder)

  const pglite = await PGlite.create(folder, { startParams: SETTINGS })
  try {
    const opened = await migrateEmbedded(pglite)
    return {
      ...opened,
      close: async () => {
        await opened.close()
        unlock()
      },
    }
  } catch (error) {
    await pglite.close()
    throw error
  }
}

/** A folder whose making was interrupted can never be opened, so it gets its final name only once it is complete. */
async function makeFolder(home: string, folder: string): Promise<void> {
  const making = join(home, `${HALF_MADE}${randomUUID()}`)
  mkdirSync(making, { mode: 0o700 })
  const pglite = await PGlite.create(making)
  await pglite.close()
  chmodSync(making, 0o700)
  renameSync(making, folder)
}
