import { FolderLocked } from '@/db/folder-lock'
import { BadConfiguration } from '@/lib/env'

/** Runs the start of a process; what the person who starts it can mend ends it with one sentence instead of a stack. */
export async function endWithSentence(start: () => Promise<void>): Promise<void> {
  try {
    await start()
  } catch (error) {
    if (!(error instanceof BadConfiguration || error instanceof FolderLocked)) throw error
    process.stderr.write(`${error.message}\n`)
    process.exit(1)
  }
}
