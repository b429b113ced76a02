/** What is kept for how long. The table in docs/operating.md says the same; `lib/worker/sweep.ts` deletes what is due. */

/** A working day. After it a person signs in to the portal again, even if they used it all the time. */
export const SESSION_HOURS = 12

/** A browser that sends no request for this long is signed out. */
export const SESSION_IDLE_MINUTES = 120

/** From typing a subscription ID to Connect: enough to fetch an administrator, and few enough to keep a sealed sign-in. */
export const ATTEMPT_MINUTES = 30

/** Until an application account works that was begun: enough for a request to another department, with its answer. */
export const APPLICATION_DRAFT_DAYS = 14

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

/** Runs, with what each could read, for the history of a connection. */
export const RUN_DAYS = 365

/** What workers have left of Microsoft's limits. They fill again within seconds, and one that is full needs no row. */
export const REQUEST_BUDGET_MINUTES = 60

/** Sessions that a member can have at once. With one more, the oldest ends. */
export const SESSIONS_PER_MEMBER = 20

/**
 * Minutes for which a sign-in at Microsoft counts as fresh. Whoever changes a role or disconnects a subscription later than
 * that confirms first who they are, so that an unlocked computer or a stolen cookie is not enough.
 */
export const FRESH_SIGN_IN_MINUTES = 15
