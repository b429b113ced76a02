import { closeDb, openDb } from '@/db/client'
import { BadConfiguration, env } from '@/lib/env'
import { exitWithSentence } from './serve'

/** `npm run migrate`: brings the tables up to date and ends, so that nothing that stays has to know the owner's password. */
async function main(): Promise<void> {
  if (!env().databaseUrl) {
    throw new BadConfiguration(
      'Migrating apart needs DATABASE_URL: the embedded database is migrated where it is opened.',
    )
  }
  await openDb()
  await closeDb()
}

await exitWithSentence(main)
