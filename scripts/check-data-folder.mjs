import { existsSync, readFileSync } from 'node:fs'
import { Refusal } from './refusal.mjs'

/** Refuses a data folder that a running portal holds. The portal checks again, and exactly; this is the early word. */
export function checkDataFolder(dataDir) {
  const holder = holderOf(`${dataDir}/db.lock`)
  if (!holder) return
  throw new Refusal(
    `The data folder ${dataDir} is in use by process ${holder}. Stop that one, or start with another DATA_DIR.`,
  )
}

function holderOf(file) {
  if (!existsSync(file)) return null
  const pid = /"pid"\s*:\s*(\d+)/.exec(readFileSync(file, 'utf8'))?.[1]
  return pid && isRunning(Number(pid)) ? pid : null
}

function isRunning(pid) {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error.code === 'EPERM'
  }
}
