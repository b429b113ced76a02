import { writeSync } from 'node:fs'
import { closeDb, openDb } from '@/db/client'
import { FolderLocked } from '@/db/folder-lock'
import { explainServerFault } from '@/db/server-faults'
import { warnOfLostKeys } from '@/lib/connections/check-keys'
import { announceEnding } from '@/lib/ending'
import { BadConfiguration, env } from '@/lib/env'
import { log } from '@/lib/log'
import { getQueue, stopQueue } from '@/lib/runs/queue'
import { startWorker } from './worker'

/** Opens the database and the queue for the portal, and carries out syncs too unless that is left to other processes. */
export const startPortal = (): Promise<void> => exitWithSentence(() => serve({ worker: env().worker }))

/**
 * What a long-lived process does apart from answering pages: opens and migrates the database, starts the queue, works on
 * it if asked to, and closes everything when it is told to end, within {@link ENDING_MS}.
 */
export async function serve({ worker }: { worker: boolean }): Promise<void> {
  env()
  const ending = new AbortController()
  const end = (code: number) => {
    if (ending.signal.aborted) return
    ending.abort(new Error('The process is ending.'))
    setTimeout(() => {
      log().error({ event: 'shutdown_cut_short' })
      process.exit(1)
    }, ENDING_MS).unref()
    void shutDown().then(
      () => process.exit(code),
      (error: unknown) => {
        log().error({ event: 'shutdown_failed', error })
        process.exit(1)
      },
    )
  }
  process.on('SIGTERM', () => end(0))
  process.on('SIGINT', () => end(0))
  // The parent that started us is gone without a signal: nothing may be left running.
  process.on('disconnect', () => end(0))

  try {
    for (const sentence of env().warnings) log().warn({ event: 'configuration', sentence })
    for (const warning of await openDb()) log().warn({ event: 'database_set_up', warning })
    if (ending.signal.aborted) return
    await warnOfLostKeys()
    if (worker) await startWorker(ending.signal)
    else await getQueue()
  } catch (error) {
    // What fails because it is being closed is no failure of the start.
    if (!ending.signal.aborted) throw error
  }
}

/** Whoever sends a SIGTERM usually kills after ten seconds. The lock of the database folder is released in either case. */
const ENDING_MS = 8_500

/** The database is closed last, because requests and jobs under way need it. */
async function shutDown(): Promise<void> {
  await Promise.all([announceEnding(), stopQueue()])
  await closeDb()
}

/** Runs the start of a process. What the person who starts it can mend ends it with one sentence instead of a stack. */
export async function exitWithSentence(start: () => Promise<void>): Promise<void> {
  try {
    await start()
  } catch (error) {
    const known = error instanceof BadConfiguration || error instanceof FolderLocked
    const sentence = known ? error.message : explainServerFault(error)
    if (sentence === null) throw error
    // Straight to standard error, because what is written to the stream becomes a line of the log (lib/process-output.ts).
    writeSync(process.stderr.fd, `${sentence}\n`)
    process.exit(1)
  }
}
