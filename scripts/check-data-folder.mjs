import { existsSync, readFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { Refusal } from './project.mjs'

/**
 * Refuses a data folder that a portal on this machine has open, before anything long is begun. db/folder-lock.ts, which
 * takes the lock, looks again when the portal opens it, and decides what cannot be told here.
 */
export function checkDataFolder(dataDir) {
  const lock = join(dataDir, 'db.lock')
  if (!existsSync(lock)) return
  const { pid, host, started } = JSON.parse(readFileSync(lock, 'utf8') || '{}')
  const elsewhere = process.platform === 'linux' && host !== hostname()
  if (elsewhere || !isRunning(pid, started)) return
  throw new Refusal(
    `The data folder ${dataDir} is in use by process ${pid}. Stop that one, or start with another DATA_DIR.`,
  )
}

/** A pid is given again after a while, so its start time must be the one in the lock where the system tells it. */
function isRunning(pid, started) {
  try {
    process.kill(pid, 0)
  } catch (error) {
    return error.code === 'EPERM'
  }
  const stat = `/proc/${pid}/stat`
  if (!started || !existsSync(stat)) return true
  const fields = readFileSync(stat, 'utf8').split(') ').at(-1).split(' ')
  return fields[19] === started
}
