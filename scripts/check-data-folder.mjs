import { readFileSync, statSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { Refusal } from './project.mjs'

const LEASE_MS = 30_000 // as in db/folder-lock.ts

/**
 * Refuses a data folder that a portal on this machine certainly has open, before anything long is begun. Whatever cannot
 * be told from the lock file is left to db/folder-lock.ts, which takes the lock when the portal opens the folder.
 */
export function checkDataFolder(dataDir) {
  const lock = join(dataDir, 'db.lock')
  const { pid, host, started } = readLock(lock)
  const elsewhere = process.platform === 'linux' && host !== hostname()
  if (elsewhere || !isRunning(pid, started, lock)) return
  throw new Refusal(
    `The data folder ${dataDir} is in use by process ${pid}. Stop that one, or start with another DATA_DIR.`,
  )
}

/** What the lock file says, or nothing when it is missing or damaged. */
function readLock(lock) {
  try {
    return Object(JSON.parse(readFileSync(lock, 'utf8')))
  } catch (error) {
    if (error.code === 'ENOENT' || error instanceof SyntaxError) return {}
    throw error
  }
}

/** A pid is given again after a while: Linux tells when a process started, elsewhere the lock must be of the last seconds. */
function isRunning(pid, started, lock) {
  if (typeof pid !== 'number') return false
  try {
    process.kill(pid, 0)
  } catch (error) {
    if (error.code !== 'EPERM') return false
  }
  if (!started) return Date.now() - statSync(lock).mtimeMs < LEASE_MS
  try {
    return readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1).split(' ')[19] === started
  } catch (error) {
    if (error.code === 'ENOENT' || error.code === 'ESRCH') return false
    throw error
  }
}
