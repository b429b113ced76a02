import { FolderLocked } from '@/db/folder-lock'
import { BadConfiguration, env } from '@/lib/env'
import { serve } from './serve'

/** Opens the database and the queue for the portal; what a person can mend ends the process with one sentence. */
export async function startPortal(): Promise<void> {
  try {
    await serve({ worker: env().worker })
  } catch (error) {
    if (!(error instanceof BadConfiguration || error instanceof FolderLocked)) throw error
    console.error(error.message)
    process.exit(1)
  }
}
