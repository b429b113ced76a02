import type { Actor } from './actor'
import type { Database, Engine, OpenDatabase, Transaction } from './database'

/** On `globalThis`, because Next bundles pages, route handlers and instrumentation apart and each bundle evaluates this file. */
const SLOT = Symbol.for('rolecall.database')
const slots: typeof globalThis & { [SLOT]?: Promise<OpenDatabase> } = globalThis

/**
 * The process's database as one organisation sees it: every statement is held to the rows of that organisation, by the
 * database itself. Opened and migrated at the first call, never at import: `next build` imports every page.
 *
 * With `DATABASE_URL` it is that PostgreSQL, else the embedded one in `DATA_DIR` (default `.data`). These settings are
 * read here and not through `lib/env.ts`, since this room imports nothing of ours; `env()` has refused malformed ones by then.
 * @throws FolderLocked when another process has the embedded database open.
 */
export async function getDb({ organisationId }: Pick<Actor, 'organisationId'>): Promise<Database> {
  return (await open()).limitTo({ organisationId })
}

/**
 * The same database without that wall, for the few statements that cannot know an organisation yet (who is this session?)
 * or serve all of them (which syncs are due?). `db/row-security.test.ts` lists every place that may call it.
 */
export async function getDbOfEveryOrganisation(): Promise<Database> {
  return (await open()).limitTo('every organisation')
}

/**
 * A long transaction of an organisation, during which others can read on either engine. On the embedded one they see what it has written
 * so far. It may therefore write only rows that begin or end at a time later than the one that readers ask for; before it writes
 * anything else it has to call `holdReaders`, which lets nobody read until it has ended.
 */
export async function transactionBesideReaders<T>(
  { organisationId }: Pick<Actor, 'organisationId'>,
  work: (tx: Transaction, holdReaders: () => void) => Promise<T>,
): Promise<T> {
  return (await open()).transactionBesideReaders({ organisationId }, work)
}

/** The engine under {@link getDb}, opened in the same way. */
export async function getEngine(): Promise<Engine> {
  return (await open()).engine
}

/** Opens the database, and gives a sentence for each thing about it that should be put right. */
export async function openDb(): Promise<string[]> {
  return (await open()).warnings
}

/** Makes a database the process's own, for tests. Returns the function that takes it out again without closing it. */
export function useDatabase(database: OpenDatabase): () => void {
  const installed = Promise.resolve({ ...database, close: async () => {} })
  slots[SLOT] = installed
  return () => clear(installed)
}

/** Closes what is open and releases the data folder. The next {@link getDb} opens anew. */
export async function closeDb(): Promise<void> {
  const opening = slots[SLOT]
  if (!opening) return
  try {
    await (await opening).close()
  } finally {
    clear(opening)
  }
}

function open(): Promise<OpenDatabase> {
  slots[SLOT] ??= openOnce()
  return slots[SLOT]
}

function openOnce(): Promise<OpenDatabase> {
  const opening = openFromEnvironment()
  // A failed opening is not remembered, because its cause (a lock, a server that is still starting) may pass.
  opening.catch(() => clear(opening))
  return opening
}

function clear(slot: Promise<OpenDatabase>): void {
  if (slots[SLOT] === slot) delete slots[SLOT]
}

/** Imports only the engine that is used, so that the other driver costs no memory. */
async function openFromEnvironment(): Promise<OpenDatabase> {
  const { DATABASE_URL, DATABASE_MIGRATION_URL, DATA_DIR } = process.env
  if (DATABASE_URL) return (await import('./open-server')).openServer(DATABASE_URL, DATABASE_MIGRATION_URL)
  return (await import('./open-embedded')).openEmbedded(DATA_DIR || '.data')
}
