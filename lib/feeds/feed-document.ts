import type { ChangeRow } from '@/db/queries/changes'
import { causeWords, effectWords } from '@/lib/domain/change-words'
import type { Unread } from '@/lib/domain/coverage'
import { feedPath, formatFeedQuery, parseFeedQuery } from '@/lib/domain/feed'
import { ALL_CHANGES, formatChangesView } from '@/lib/domain/views'
import type { Effect } from '@/lib/domain/vocabulary'
import { isolateName, joinList } from '@/lib/domain/words'
import type { FoundFeed } from './find-feed'

/** One change as a feed tells it, in plain text without controls: no reader has to take any of it for markup. */
export type FeedEntry = {
  /** The same in every format and at every address of the portal, for ever. */
  id: string
  /** The page of the change. */
  url: string
  /** What the Changes page says first of it. */
  title: string
  /** All that it did, what caused it, and how much was gained and lost. */
  lines: string[]
  at: Date
  /** Roles at scopes that somebody holds, or can activate, now and did not before; and the reverse. */
  gained: number
  lost: number
}

/** A feed before it is written in one of its formats. It depends on nothing but what is stored, so that what is unchanged is equal. */
export type FeedDocument = {
  id: string
  title: string
  /** The filters in words, and of what not everything could be read. */
  description: string
  /** The Changes page with the same filters. */
  homeUrl: string
  jsonUrl: string
  atomUrl: string
  updatedAt: Date
  entries: FeedEntry[]
}

type Source = {
  feed: FoundFeed
  /** Its changes, the newest first. */
  changes: ChangeRow[]
  /** Its filters in words. */
  filters: string
  /** The connections that it is about of which not everything is known. */
  unread: Unread[]
  portalUrl: string
}

export function makeFeedDocument({ feed, changes, filters, unread, portalUrl }: Source): FeedDocument {
  const view = parseFeedQuery(feed.query)
  const within = view.connectionId ? formatChangesView({ ...ALL_CHANGES, connectionId: view.connectionId }) : ''
  return {
    id: `urn:uuid:${feed.id}`,
    title: cleanText(feed.name),
    description: cleanText(`${filters}.${missingWords(unread)}`),
    homeUrl: `${portalUrl}/changes${formatFeedQuery(view)}`,
    jsonUrl: portalUrl + feedPath(feed.id, 'json'),
    atomUrl: portalUrl + feedPath(feed.id, 'xml'),
    updatedAt: changes[0]?.at ?? feed.createdAt,
    entries: changes.map((change) => makeEntry(change, `${portalUrl}/changes/${change.id}${within}`)),
  }
}

function makeEntry(change: ChangeRow, url: string): FeedEntry {
  const did = change.effects.map((effect) => effectWords(change, effect) + (effect.privileged ? ' (privileged)' : ''))
  const more = change.effects.length - 1
  const [first, cause] = [change.effects[0], causeWords(change)]
  const title = first ? effectWords(change, first) + (more > 0 ? `, and ${more.toLocaleString('en')} more` : '') : cause
  const [gained, lost] = [countGrants(change, 'gained'), countGrants(change, 'lost')]
  const lines = [...did.map((words) => `${words}.`), cause, `Gained: ${gained}. Lost: ${lost}.`]
  return {
    id: `urn:uuid:${change.id}`,
    url,
    title: cleanText(title),
    lines: lines.map(cleanText),
    at: change.at,
    gained,
    lost,
  }
}

const countGrants = ({ effects }: ChangeRow, which: Effect): number =>
  effects.reduce((sum, { effect, grants }) => (effect === which ? sum + grants : sum), 0)

function missingWords(unread: Unread[]): string {
  if (unread.length === 0) return ''
  const names = unread.slice(0, MOST_NAMED).map(({ label }) => isolateName(label))
  const more = unread.length - names.length
  const all = more > 0 ? [...names, `${more.toLocaleString('en')} more subscriptions`] : names
  return ` Some changes may be missing: not everything could be read of ${joinList(all, 'and')}.`
}

/** Subscriptions of which not everything could be read that are named; the Changes page tells of each, and why. */
const MOST_NAMED = 3

/** Controls, halves of characters, and the two code points that are no characters in XML 1.0. None of them can be read. */
const NOT_TEXT = /[\p{Cc}\p{Cs}\ufffe\uffff]/gu

const cleanText = (text: string): string => text.replaceAll(NOT_TEXT, '')
