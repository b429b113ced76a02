import '@/lib/process-output'
import { BadConfiguration, env } from '@/lib/env'
import { exitWithSentence, serve } from './serve'

/** `npm run worker`: syncs and schedules only, beside any number of web processes on one PostgreSQL. */
async function main(): Promise<void> {
  if (!env().databaseUrl) {
    throw new BadConfiguration('A separate worker needs DATABASE_URL: the embedded database belongs to one process.')
  }
  await serve({ worker: true })
}

await exitWithSentence(main)
