import { execFileSync } from 'node:child_process'
import { createHash, randomUUID } from 'node:crypto'
import { closeSync, fsyncSync, linkSync, openSync, readFileSync, renameSync, rmSync, writeSync } from 'node:fs'
import { hostname } from 'node:os'

/** Who holds a lock. `boot` and `started` tell a process from a later one that was given the same pid. */
type LockHolder = { pid: number; host: string; boot: string | null; started: string | null; token: string }

/** The folder is in use; the message names the process that has it. */
export class FolderLocked extends Error {
  override name = 'FolderLocked'
}

/**
 * Takes a lock file and returns the function that releases it.
 * @throws FolderLocked when a living process has it, or its file is damaged.
 *
 * The file appears whole or not at all: a finished file is linked into place, which fails when the name is taken. The lock
 * of a living holder is never taken. A dead holder's file is replaced only by the process that holds a second lock, named
 * after that very file and taken by these same rules, so that exactly one of any number of takers succeeds.
 */
export function lockFolder(path: string): () => void {
  const me = describeMe()
  const finished = writeAside(path, me)
  try {
    takeLock(path, finished)
  } finally {
    rmSync(finished, { force: true })
  }
  return () => {
    if (readHolder(path)?.token === me.token) rmSync(path)
  }
}

function takeLock(path: string, finished: string): void {
  for (;;) {
    if (linkIfFree(finished, path)) return
    const holder = readHolder(path)
    if (!holder) continue // it was released between the link and the read
    if (isAlive(holder)) throw new FolderLocked(refusal(path, holder))
    if (replaceDead(path, holder, finished)) return
  }
}

/** Puts our file in a dead holder's place. False when someone else was quicker. */
function replaceDead(path: string, dead: LockHolder, finished: string): boolean {
  const release = lockFolder(`${path}.${createHash('sha256').update(dead.token).digest('hex').slice(0, 12)}`)
  try {
    if (readHolder(path)?.token !== dead.token) return false
    const copy = `${finished}.in`
    linkSync(finished, copy)
    renameSync(copy, path)
    return true
  } finally {
    release()
  }
}

function writeAside(path: string, holder: LockHolder): string {
  const aside = `${path}-${holder.token}`
  const file = openSync(aside, 'wx', 0o600)
  try {
    writeSync(file, `${JSON.stringify(holder)}\n`)
    fsyncSync(file) // a power cut must not leave a lock that names nobody
  } finally {
    closeSync(file)
  }
  return aside
}

function linkIfFree(finished: string, path: string): boolean {
  try {
    linkSync(finished, path)
    return true
  } catch (error) {
    if (isErrno(error, 'EEXIST')) return false
    throw error
  }
}

function readHolder(path: string): LockHolder | null {
  const text = readIfThere(path)
  if (text === null) return null
  const found: Partial<LockHolder> = parseHolder(text)
  if (typeof found.pid !== 'number' || typeof found.token !== 'string' || typeof found.host !== 'string') {
    throw new FolderLocked(`${path} is damaged. If no Rolecall runs on this folder, delete that file and start again.`)
  }
  return {
    pid: found.pid,
    token: found.token,
    host: found.host,
    boot: found.boot ?? null,
    started: found.started ?? null,
  }
}

function parseHolder(text: string): Partial<LockHolder> {
  try {
    return Object(JSON.parse(text))
  } catch (error) {
    if (error instanceof SyntaxError) return {}
    throw error
  }
}

/** A holder on another host cannot be checked, so it counts as alive: two processes on one folder would lose rows. */
function isAlive(holder: LockHolder): boolean {
  if (holder.host !== hostOfThis()) return true
  if (holder.boot !== bootOfThis()) return false
  if (!isRunning(holder.pid)) return false
  const started = startOf(holder.pid)
  return started === null || holder.started === null || started === holder.started
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return !isErrno(error, 'ESRCH') // EPERM: it runs under another user
  }
}

const describeMe = (): LockHolder => ({
  pid: process.pid,
  host: hostOfThis(),
  boot: bootOfThis(),
  started: startOf(process.pid),
  token: randomUUID(),
})

/** Only on Linux does the host name tell containers apart that share a folder but not their pids; elsewhere it changes with the network. */
const hostOfThis = () => (process.platform === 'linux' ? hostname() : 'this computer')

const bootOfThis = () => readIfThere('/proc/sys/kernel/random/boot_id')?.trim() ?? null

/** When a process started, as the system writes it; null when that cannot be read, `dead` for a zombie. */
function startOf(pid: number): string | null {
  if (process.platform === 'linux') {
    // The process name, in parentheses, may contain anything. The state (field 3) and the start time (field 22) follow it.
    const stat = readIfThere(`/proc/${pid}/stat`)
    if (stat === null) return null
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return fields[0] === 'Z' || fields[0] === 'X' ? 'dead' : (fields[19] ?? null)
  }
  if (process.platform === 'win32') return null
  return execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], {
    encoding: 'utf8',
    env: { ...process.env, LC_ALL: 'C', TZ: 'UTC' },
  }).trim()
}

function refusal(path: string, { pid, host }: LockHolder): string {
  if (host === hostOfThis())
    return `The database folder is in use by process ${pid}. Stop that process first (lock file ${path}).`
  return `The database folder is in use by process ${pid} on ${host}. If Rolecall no longer runs there, delete ${path} and start again.`
}

function readIfThere(path: string): string | null {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    if (isErrno(error, 'ENOENT') || isErrno(error, 'ESRCH')) return null
    throw error
  }
}

const isErrno = (error: unknown, code: string) => error instanceof Error && 'code' in error && error.code === code
