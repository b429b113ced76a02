import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PGlite } from '@electric-sql/pglite'
import { closeDb, getDbOfEveryOrganisation, getEngine } from '@/db/client'
import { stopQueue } from '@/lib/runs/queue'
import { madeFolder, runAsOwner } from './database'
import { startRolecall } from './rolecall'

/**
 * Starts the product with a database that other processes can open: an embedded one in a folder of its own, or with
 * `TEST_DATABASE_URL` a new one on that PostgreSQL. `settings` is the environment that such a process needs. `release`
 * closes the embedded database until the next `getDb()`, because only one process can have it open.
 */
export async function startSharedRolecall() {
  const onServer = Boolean(process.env.TEST_DATABASE_URL)
  const dataDir = mkdtempSync(join(tmpdir(), 'rolecall-data-'))
  if (!onServer) {
    Object.assign(process.env, { DATA_DIR: dataDir, DATABASE_URL: '' })
    const made = await PGlite.create({ dataDir: join(dataDir, 'db'), loadDataDir: await madeFolder() })
    await made.close()
  }
  const openInFolder = async () => ({
    engine: await getEngine(),
    db: await getDbOfEveryOrganisation(),
    asOwner: async (statements: string) => runAsOwner(await getEngine(), statements),
    close: closeDb,
  })
  const rolecall = await startRolecall(onServer ? undefined : openInFolder)
  const DATABASE_URL = rolecall.engine.kind === 'server' ? rolecall.engine.url : ''
  return {
    ...rolecall,
    settings: { DATA_DIR: dataDir, DATABASE_URL, LOG_LEVEL: 'info' },
    async release() {
      if (onServer) return
      await stopQueue()
      await closeDb()
    },
    async close() {
      await rolecall.close()
      rmSync(dataDir, { recursive: true, force: true })
    },
  }
}

export type SharedRolecall = Awaited<ReturnType<typeof startSharedRolecall>>
