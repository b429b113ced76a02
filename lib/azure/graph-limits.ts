/** Values that `in (…)` takes without advanced query (Graph: Request_UnsupportedQuery beyond it). */
export const IDS_PER_QUESTION = 15

/** Largest page of users and members. */
export const PER_PAGE = 999

/** Batches under way at once. */
export const BATCHES_AT_ONCE = 4
