import type { z } from 'zod'
import type { Refused } from '@/lib/domain/problems'
import { toAzureError } from './client/errors'
import { isMostlyOdd } from './client/lists'
import { addOdd, keepReadable, type OddRow } from './client/rows'

/**
 * What was read of one of Microsoft's logs. No log promises when an event can be read ("there might be a delay"), so a caller
 * asks again for the time before its last reading.
 */
export type LogReading<Event> = {
  /** The oldest first. */
  events: Event[]
  /** From when on the log was read whole; null when nothing can be said of any time. */
  since: Date | null
  /** The rows that could not be understood: what they tell is unknown. */
  odd: OddRow[]
  /** Why the log was not read, or not to its end. */
  problem: LogProblem | null
}

/** Why a log was not read. `lacks` says what the account needs, where the refusal tells it. */
export type LogProblem = Refused & { lacks: 'permission' | 'role' | 'licence' | null }

/** A row of a log: `event` is null for one that is about something else. */
export type LogRow<Part> = { key: string; at: Date; event: Part | null }

type Log<Part> = {
  /** What the log is called in a refusal. */
  request: string
  /** The time from which the pages were asked for. */
  from: Date
  pages: AsyncIterable<unknown[]>
  shape: z.ZodType<LogRow<Part>>
  findLack: (refused: Refused) => LogProblem['lacks']
}

/** The most pages of one log: at a thousand rows each, more than a day of the busiest tenants. */
const MOST_PAGES = 20

/**
 * Reads the pages of a log, each row once. Where it ends early, because it is refused or too long, the newest rows are kept
 * and `since` is the time of the oldest; if its rows did not come in the order of time, newest first, nothing is claimed.
 * Throws AzureError only when the work was stopped, or when the fault is in our own code.
 */
export async function readLog<Part>({ request, from, pages, shape, findLack }: Log<Part>): Promise<LogReading<Part>> {
  const found = new Map<string, LogRow<Part>>()
  const odd: OddRow[] = []
  let isCut = false
  let problem: LogProblem | null = null
  try {
    let read = 0
    for await (const page of pages) {
      isCut = read === MOST_PAGES
      if (isCut) break
      const { rows, odd: oddOfPage } = keepReadable(shape, page)
      for (const row of rows) if (!found.has(row.key)) found.set(row.key, row)
      addOdd(odd, oddOfPage)
      read += 1
    }
  } catch (error) {
    const refused = describeFailure(request, error)
    problem = { ...refused, lacks: findLack(refused) }
  }
  const rows = [...found.values()]
  const events = rows.flatMap(({ event }) => (event === null ? [] : [event]))
  if (isMostlyOdd(odd.length, rows.length)) {
    const refusal = { request, status: null, microsoftCode: null }
    return { events, since: null, odd, problem: problem ?? { code: 'bad_answer', refusal, lacks: null } }
  }
  return { events, since: problem || isCut ? oldestOf(rows) : from, odd, problem }
}

/** The time of the last row, when the rows came newest first; null when they did not, or when there is none. */
function oldestOf(rows: readonly { at: Date }[]): Date | null {
  const isInOrder = rows.every(({ at }, index) => index === 0 || at <= (rows[index - 1] as { at: Date }).at)
  return isInOrder ? (rows.at(-1)?.at ?? null) : null
}

/** How a log was refused, also by a sign-in that has ended: who reads a log has published already. */
function describeFailure(request: string, error: unknown): Refused {
  const problem = toAzureError(error)
  const { code, status = null, microsoftCode = null } = problem
  if (code === 'interrupted' || code === 'timed_out' || (code === 'unknown' && status === null)) throw problem
  return { code, refusal: { request, status, microsoftCode } }
}
