import type { SearchParams } from './address'
import { readLabel } from './connection-label'
import { type ChangesView, formatChangesView, parseChangesView } from './views'

/** Feeds that a member can have at once: one for each team and tool, and few enough to be looked through. */
export const FEEDS_PER_MEMBER = 20

/** The newest changes that a feed tells of. A reader that asks once a day misses none, unless there are more in a day. */
export const FEED_ENTRIES = 100

/** What to do when {@link readFeedName} gives nothing. */
export const FEED_NAME_RULE =
  'A name has 1 to 90 characters, some of them visible, and no line breaks or marks that turn text around. Type another one.'

/** The name of a feed as somebody typed it, without blanks around it; null when it breaks {@link FEED_NAME_RULE}. */
export const readFeedName = (typed: unknown): string | null => readLabel(typed)

/**
 * What a feed follows of a view of the changes: its filters. Neither its page nor the time that it is about, because a feed tells what
 * is new.
 */
export const followView = (view: ChangesView): ChangesView => ({ ...view, cursor: null, after: null, until: null })

/** The query by which a feed's filters are stored, with a leading `?`, or empty for all changes. */
export const formatFeedQuery = (view: ChangesView): string => formatChangesView(followView(view))

/** The filters that a query stands for, of whatever origin: it never fails. */
export const parseFeedQuery = (query: string): ChangesView =>
  followView(parseChangesView(Object.fromEntries(new URLSearchParams(query)) satisfies SearchParams))

/** The formats that a feed can be read in, each by the end of its address. */
export const FEED_FORMATS = ['json', 'xml'] as const
export type FeedFormat = (typeof FEED_FORMATS)[number]

/** Where a feed is read, on the portal. It holds no secret: the token is sent beside it. */
export const feedPath = (feedId: string, format: FeedFormat): string => `/feeds/${feedId}/changes.${format}`
