import { randomUUID } from 'node:crypto'
import { readFileSync, readlinkSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { setTimeout as pause } from 'node:timers/promises'
import { z } from 'zod'
import { lockByKernel } from './kernel-lock'

/**
 * How often a holder renews its lease, and how long a lease counts without renewal. The embedded database runs on the
 * event loop and delays renewals while it works: the longest publish that we have measured took 12 seconds.
 */
const LEASE = { renewalMs: 5_000, ageMs: 30_000 }

/** The name of the first PID namespace on every Linux. A process in it sees the processes of all other namespaces too. */
const FIRST_PID_NAMESPACE = 'pid:[4026531836]'

/**
 * What a lock file says. Earlier versions wrote, and still read, `pid` to `token` only, so these keep their meaning:
 * `boot` and `started` tell a process from a later one with the same pid.
 */
const LockHolder = z.object({
  pid: z.number(),
  host: z.string(),
  boot: z.string().nullable().default(null),
  started: z.string().nullable().default(null),
  token: z.string(),
  /** The PID namespace in which `pid` means the holder. Earlier versions did not write it; most ran in no container. */
  namespace: z.string().nullable().default(FIRST_PID_NAMESPACE),
  /** The file that the kernel locked for the holder; null where the file system knows no locks. */
  inode: z.string().nullable().default(null),
  /** When the lease was last renewed; null from an earlier version, which has no lease. */
  renewed: z.string().nullable().default(null),
})
type LockHolder = z.infer<typeof LockHolder>

/** The folder is in use; the message names the process that has it. */
export class FolderLocked extends Error {
  override name = 'FolderLocked'
}

/**
 * Takes a lock file such as `db.lock` and returns the function that releases it.
 *
 * The kernel's lock on an empty file beside it (`db.guard`) refuses every other process of this machine, in any container,
 * and ends with its holder. The lock file names that holder, and carries a lease for volumes on which the kernel's lock
 * may not reach the holder (another machine, two mounts of one folder, no locks at all): such a holder counts as alive
 * until we have watched the file for `ageMs` and seen no renewal. So no clocks are compared.
 * @param whenLost is called once when another process has put its name into the lock file all the same.
 * @throws FolderLocked when a living process has it.
 */
export async function lockFolder(path: string, whenLost: () => void, lease = LEASE): Promise<() => void> {
  const kernelLock = lockByKernel(path.replace(/\.lock$/, '.guard'))
  if (kernelLock === 'refused') throw new FolderLocked(describeRefusal(path, readHolder(path)))
  const unlock = () => {
    if (kernelLock !== 'unsupported') kernelLock.release()
  }
  const me = describeMe(kernelLock === 'unsupported' ? null : kernelLock.inode)
  try {
    await takeLockFile(path, me, lease)
  } catch (error) {
    unlock()
    throw error
  }

  const timer = setInterval(() => {
    if (renewLease(path, me)) return
    clearInterval(timer)
    whenLost()
  }, lease.renewalMs).unref()
  // A process that has no time left to close the database ends without it, but leaves no lock file behind.
  const removeOwn = () => {
    if (readHolder(path)?.token === me.token) rmSync(path)
  }
  process.once('exit', removeOwn)
  return () => {
    clearInterval(timer)
    process.off('exit', removeOwn)
    removeOwn()
    unlock()
  }
}

/** Puts our name into the lock file, unless it names a process that lives. */
async function takeLockFile(path: string, me: LockHolder, lease: typeof LEASE): Promise<void> {
  for (;;) {
    const found = readIfThere(path)
    if (found === null) {
      if (writeNew(path, me)) return
      continue // it was written between our two looks
    }
    const holder = parseHolder(found)
    const state = judgeHolder(holder, me)
    if (state === 'alive') throw new FolderLocked(describeRefusal(path, holder))
    if (state === 'dead') return replaceLockFile(path, me)

    const later = await watchLease(path, found, lease)
    if (later === null) continue // it was released meanwhile
    if (later === found) replaceLockFile(path, me)
    // Without the kernel's lock another process may have watched as long as we did: the last to write has the folder.
    await pause(lease.renewalMs)
    const last = readHolder(path)
    if (last?.token !== me.token) throw new FolderLocked(describeRefusal(path, last))
    return
  }
}

/** What can be said for certain about the holder in a lock file, once the kernel's lock is ours where there is one. */
function judgeHolder(holder: LockHolder | null, me: LockHolder): 'alive' | 'dead' | 'unknown' {
  // A damaged file, as a power cut may leave it. Only a holder of this version writes it again.
  if (!holder) return 'unknown'
  // The holder had the very lock that is ours now, so the kernel has released it.
  if (isSameKernel(holder, me) && holder.inode !== null && holder.inode === me.inode) return 'dead'
  if (isVisible(holder, me)) return isRunning(holder) ? 'alive' : 'dead'
  if (holder.renewed !== null) return 'unknown'
  // An earlier version, which renews nothing: dead if this host was started anew since, otherwise a person must say so.
  return holder.host === me.host && holder.boot !== me.boot ? 'dead' : 'alive'
}

/** Gives the lock file's text as soon as it differs from the text found, or after a lease's age that same text. */
async function watchLease(path: string, found: string, { ageMs, renewalMs }: typeof LEASE): Promise<string | null> {
  const end = performance.now() + ageMs
  let text: string | null = found
  while (text === found && performance.now() < end) {
    await pause(renewalMs / 5)
    text = readIfThere(path)
  }
  return text
}

/** Renews our lease. False when the lock file names another process, which is left as it is. */
function renewLease(path: string, me: LockHolder): boolean {
  try {
    const holder = readHolder(path)
    if (holder && holder.token !== me.token) return false
    replaceLockFile(path, me)
  } catch (error) {
    // A disk that is full for a moment, for example. The kernel's lock stays ours, and the next renewal tries again.
    if (!isSystemError(error)) throw error
  }
  return true
}

/** Whether one kernel keeps the locks of both. Only Linux names its kernel, and not in every container. */
const isSameKernel = (holder: LockHolder, me: LockHolder) =>
  holder.boot === me.boot && (me.boot !== null || (process.platform !== 'linux' && holder.host === me.host))

/** Whether the holder's pid means the holder to us as well. */
const isVisible = (holder: LockHolder, me: LockHolder) =>
  isSameKernel(holder, me) &&
  holder.host === me.host &&
  (process.platform !== 'linux' || (me.namespace !== null && holder.namespace === me.namespace))

function isRunning({ pid, started }: LockHolder): boolean {
  try {
    process.kill(pid, 0)
  } catch (error) {
    return !isErrno(error, 'ESRCH') // EPERM: it runs under another user
  }
  return started === null || readStart(pid) === started
}

const describeMe = (inode: string | null): LockHolder => ({
  pid: process.pid,
  host: process.platform === 'linux' ? hostname() : 'this computer', // elsewhere the host name changes with the network
  boot: readIfThere('/proc/sys/kernel/random/boot_id')?.trim() ?? null,
  started: readStart(process.pid),
  token: randomUUID(),
  namespace: readPidNamespace(),
  inode,
  renewed: new Date().toISOString(),
})

/** When a process started, in clock ticks since the boot; null outside Linux, `dead` for a zombie. */
function readStart(pid: number): string | null {
  // The process name, in parentheses, may contain anything. The state (field 3) and the start time (field 22) follow it.
  const stat = readIfThere(`/proc/${pid}/stat`)
  if (stat === null) return null
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return fields[0] === 'Z' || fields[0] === 'X' ? 'dead' : (fields[19] ?? null)
}

/** Null outside Linux, and where the system does not tell: then no pid of another process can be looked up. */
function readPidNamespace(): string | null {
  try {
    return readlinkSync('/proc/self/ns/pid')
  } catch (error) {
    if (!isSystemError(error)) throw error
    return null
  }
}

function describeRefusal(path: string, holder: LockHolder | null): string {
  const advice = `Stop that process first (lock file ${path}).`
  if (!holder) return `The database folder is in use by another process. ${advice}`
  const me = describeMe(null)
  const inUse = `The database folder is in use by process ${holder.pid}`
  if (isVisible(holder, me)) return `${inUse}. ${advice}`
  if (holder.renewed === null)
    return `${inUse} on ${holder.host}. If that Rolecall, an earlier version, no longer runs there, delete ${path} and start again.`
  return `${inUse} ${holder.host === me.host ? 'of a container ' : ''}on ${holder.host}. ${advice}`
}

const readHolder = (path: string) => parseHolder(readIfThere(path) ?? '')

function parseHolder(text: string): LockHolder | null {
  try {
    return LockHolder.parse(JSON.parse(text))
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof z.ZodError) return null
    throw error
  }
}

/** False when the file exists: a process of an earlier version, which knows only this file, may be taking it now. */
function writeNew(path: string, me: LockHolder): boolean {
  try {
    writeFileSync(path, `${JSON.stringify(me)}\n`, { flag: 'wx', mode: 0o600 })
    return true
  } catch (error) {
    if (isErrno(error, 'EEXIST')) return false
    throw error
  }
}

/** Writes the lock file anew by renaming a finished one, so that no reader ever sees half of it. */
function replaceLockFile(path: string, me: LockHolder): void {
  const holder: LockHolder = { ...me, renewed: new Date().toISOString() }
  writeFileSync(`${path}.new`, `${JSON.stringify(holder)}\n`, { mode: 0o600 })
  renameSync(`${path}.new`, path)
}

function readIfThere(path: string): string | null {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    if (isErrno(error, 'ENOENT') || isErrno(error, 'ESRCH')) return null
    throw error
  }
}

/** A refusal of the operating system, as every function of `node:fs` throws it. */
const isSystemError = (error: unknown): boolean => error instanceof Error && 'code' in error

const isErrno = (error: unknown, code: string) => error instanceof Error && 'code' in error && error.code === code
