import { statSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'

const WAIT_MS = 500 // two processes that try at the same moment can refuse each other, so each tries again for a while

/** The lowest byte of SQLite's error codes (https://sqlite.org/rescode.html). */
const SQLITE_BUSY = 5
const SQLITE_IOERR = 10 // what SQLite makes of a file system that knows no locks

/** Locked files stay open here: the garbage collector would close a file that nothing refers to, and so unlock it. */
const locked = new Set<DatabaseSync>()

/** A lock that the kernel keeps for this process. `inode` names the locked file, whatever it is called: device and inode. */
export type KernelLock = { inode: string; release(): void }

/**
 * Has the kernel lock a file, which is made empty when it is missing and stays empty. The kernel refuses the lock to every
 * other process, whatever container it runs in, and releases it when this process ends, however it ends.
 *
 * Node.js cannot lock files, but its SQLite does (fcntl, on Windows LockFileEx). Nothing else in this process may open the
 * file: POSIX releases a process's locks of a file when the process closes the file anywhere.
 * @returns `refused` when another process has the lock, `unsupported` when the file system knows no locks.
 */
export function lockByKernel(file: string): KernelLock | 'refused' | 'unsupported' {
  const database = new DatabaseSync(file, { timeout: WAIT_MS })
  try {
    database.exec('pragma journal_mode = memory; begin exclusive') // without the pragma a journal file appears beside it
  } catch (error) {
    database.close()
    const code = error instanceof Error && 'errcode' in error ? Number(error.errcode) & 0xff : null
    if (code === SQLITE_BUSY) return 'refused'
    if (code === SQLITE_IOERR) return 'unsupported'
    throw error
  }
  locked.add(database)
  const { dev, ino } = statSync(file, { bigint: true })
  return {
    inode: `${dev}:${ino}`,
    release() {
      locked.delete(database)
      database.close()
    },
  }
}
