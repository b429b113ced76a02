import { setTimeout as pause } from 'node:timers/promises'
import { sql } from 'drizzle-orm'
import { getDbOfEveryOrganisation } from '@/db/client'

const BETWEEN_MS = 20 // so that it does not keep the engine busy itself

/**
 * A reader who asks the database for next to nothing, again and again, while something else is done. How long it waits for an answer is
 * counted from when it wanted to ask: the embedded engine keeps the whole process from doing anything else while it works.
 */
export async function startWaitingReader() {
  const db = await getDbOfEveryOrganisation()
  let reading = true
  let longestMs = 0
  const ended = (async () => {
    while (reading) {
      const wantsToAsk = performance.now() + BETWEEN_MS
      await pause(BETWEEN_MS)
      await db.execute(sql`select 1 from connections limit 1`)
      longestMs = Math.max(longestMs, performance.now() - wantsToAsk)
    }
  })()
  return {
    /** Ends it, and gives the longest time that it waited for an answer, in milliseconds. */
    async stop(): Promise<number> {
      reading = false
      await ended
      return longestMs
    },
  }
}
