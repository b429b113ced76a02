/**
 * What is kept for how long. The table in docs/operating.md says the same; `lib/worker/sweep.ts` deletes what is due, and
 * `lib/worker/prune-history.ts` what is older than an organisation wants to keep.
 */

import { HISTORY_LENGTHS, type HistoryLength, rankOf } from './vocabulary'
import { dateWords } from './words'

/** A working day. After it a person signs in to the portal again, even if they used it all the time. */
export const SESSION_HOURS = 12

/** A browser that sends no request for this long is signed out. */
export const SESSION_IDLE_MINUTES = 120

/** A member who sends no request for this long has ended their visit: what changes from then on is new to them. */
export const VISIT_GAP_MINUTES = 30

/** From typing a subscription ID to Connect: enough to fetch an administrator, and few enough to keep a sealed sign-in. */
export const ATTEMPT_MINUTES = 30

/** Until an application account works that was begun: enough for a request to another department, with its answer. */
export const APPLICATION_DRAFT_DAYS = 14

/** An invitation that nobody has taken up: long enough for a holiday, and short because an address can be given to somebody else. */
export const INVITATION_DAYS = 30

/** Invitations that an organisation can have open at once. */
export const MOST_INVITATIONS = 500

/** Expired attempts, without their tokens, for whoever opens the page of one again. */
export const EXPIRED_ATTEMPT_HOURS = 24

/**
 * Lists of a directory that Microsoft says have not changed, which a sync by schedule takes as they are. After this they are listed again,
 * whatever it says.
 */
export const LISTED_HOURS = 6

/** A reading of a directory that workers share, and what is remembered with it: after this everything is read anew in any case. */
export const SHARED_READING_HOURS = 24

/** What only the pages of a published result need of its run. Pages and exports that read an earlier one end long before. */
export const RUN_SUMS_HOURS = 24

/** What workers have left of Microsoft's limits. They fill again within seconds, and one that is full needs no row. */
export const REQUEST_BUDGET_MINUTES = 60

/** An export that was prepared, from when it was asked for. */
export const PREPARED_EXPORT_HOURS = 24

/** Exports that a member can have prepared at once, each for a day. */
export const PREPARED_EXPORTS_PER_MEMBER = 10

/** Sessions that a member can have at once. With one more, the oldest ends. */
export const SESSIONS_PER_MEMBER = 20

/**
 * Minutes for which a sign-in at Microsoft counts as fresh. Whoever changes a role or disconnects a subscription later than
 * that confirms first who they are, so that an unlocked computer or a stolen cookie is not enough.
 */
export const FRESH_SIGN_IN_MINUTES = 15

/** For how long an organisation keeps history that has set nothing else. */
export const DEFAULT_HISTORY_LENGTH: HistoryLength = '2_years'

/** How long each length of history is; null for no end. A year is one of the calendar. */
export const HISTORY_SPANS: Record<HistoryLength, { years?: number; days?: number } | null> = {
  '90_days': { days: 90 },
  '1_year': { years: 1 },
  '2_years': { years: 2 },
  '3_years': { years: 3 },
  '7_years': { years: 7 },
  for_ever: null,
}

/** A length of history as a sentence says it, after "is kept". */
export const HISTORY_LENGTH_WORDS: Record<HistoryLength, string> = {
  '90_days': '90 days',
  '1_year': '1 year',
  '2_years': '2 years',
  '3_years': '3 years',
  '7_years': '7 years',
  for_ever: 'for ever',
}

/** Whether one length deletes what the other one keeps. Only then does a change ask for a confirmation. */
export const isShorterHistory = (one: HistoryLength, other: HistoryLength): boolean =>
  rankOf(HISTORY_LENGTHS, one) < rankOf(HISTORY_LENGTHS, other)

/** What a change to a shorter length deletes, as it is said before it is made. */
export const shorterHistorySentence = (length: HistoryLength): string =>
  `Of every subscription, whatever ended more than ${HISTORY_LENGTH_WORDS[length]} ago is deleted: who had access, through which groups, and the runs of that time. What is shown now stays. This cannot be undone.`

/**
 * How far back a connection can be asked. `since` is the first moment of which everything is kept. Where there was more before it
 * that was deleted, `isPruned`, and `prunedAfter` is the length of history that was set then; `kept` is the one that is set now.
 */
export type HistoryBegin = {
  since: Date
  isPruned: boolean
  prunedAfter: HistoryLength | null
  kept: HistoryLength
}

/** A published result, when the next one was published, and from and until when the history that it belongs to is kept. */
type ResultKept = { publishedAt: Date; later: Date | null; beginsAt: Date | null; prunedTo: Date | null }

/**
 * Whether everyone is still stored who was in a result, so that a list of it names all of them: it is of the time from which everything
 * of its connection is kept (`beginsAt`), and it was still shown after the horizon to which the organisation's history is deleted
 * (`prunedTo`). Runs can outlive their rows, and also those after them, whose results an older one must not stand in for.
 */
export const isKeptWhole = ({ publishedAt, later, beginsAt, prunedTo }: ResultKept): boolean =>
  (beginsAt === null || publishedAt >= beginsAt) && (prunedTo === null || later === null || later > prunedTo)

/** How far back history reaches, and why not further. */
export function historyBeginSentence({ since, isPruned, prunedAfter, kept }: HistoryBegin): string {
  const reach = `History reaches back to ${dateWords(since)}`
  if (!isPruned || !prunedAfter) return `${reach}, when it began.`
  const after = HISTORY_LENGTH_WORDS[prunedAfter]
  return `${reach}; what was before was deleted after ${after}, as ${prunedAfter === kept ? 'set in Settings' : 'was set in Settings then'}.`
}
