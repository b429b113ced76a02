import { createHash } from 'node:crypto'
import type { Actor } from '@/db/actor'
import { listChanges } from '@/db/queries/changes'
import { listConnections } from '@/db/queries/connections'
import { listUnread } from '@/lib/domain/coverage'
import { FEED_ENTRIES, type FeedFormat, parseFeedQuery } from '@/lib/domain/feed'
import { env } from '@/lib/env'
import { limit, limitVisitor, TooMany } from '@/lib/limits'
import { log } from '@/lib/log'
import { readVisitor } from '@/lib/visitor'
import { writeAtom } from './atom'
import { describeFilters } from './describe-filters'
import { makeFeedDocument } from './feed-document'
import { type FoundFeed, findFeed } from './find-feed'
import { writeJsonFeed } from './json-feed'
import { readToken } from './tokens'

const FORMATS = {
  json: { type: 'application/feed+json; charset=utf-8', write: writeJsonFeed },
  xml: { type: 'application/atom+xml; charset=utf-8', write: writeAtom },
}

/** For so long a reader may keep what it has without asking again. Syncs by schedule are an hour apart at the least. */
const FRESH_SECONDS = 300

/**
 * Answers a program that reads a feed: with the newest changes, with 304 when it has them already, with 429 when it asks too often, and
 * with the same 401 whatever is wrong with the feed or its token. Nothing but the `Authorization` header lets anybody in: no cookie, and
 * no part of the address, which ends up in histories and in logs of proxies.
 */
export async function answerFeed(request: Request, feedId: string, format: FeedFormat): Promise<Response> {
  const visitor = readVisitor(request.headers)
  const token = readToken(request.headers.get('authorization'))
  // Readers ask without a token first, to learn how they should send it.
  if (token === null) return refuse()
  try {
    const found = await findFeed(feedId, token, visitor)
    if (!found) {
      await limitVisitor('feed_refused', visitor.address)
      log().warn({ event: 'feed_refused', clientAddress: visitor.address })
      return refuse()
    }
    await limit('feed', found.feed.id)
    return answerUnlessKnown(request, format, await writeFeed(found, format))
  } catch (error) {
    if (!(error instanceof TooMany)) throw error
    log().warn({ event: 'too_many', limit: error.limit, clientAddress: visitor.address })
    const headers = { ...PRIVATE, 'retry-after': String(error.retryAfterSeconds) }
    return new Response(error.message, { status: 429, headers })
  }
}

async function writeFeed({ feed, actor }: { feed: FoundFeed; actor: Actor }, format: FeedFormat): Promise<string> {
  const view = parseFeedQuery(feed.query)
  const [{ rows: changes }, connections, [filters = '']] = await Promise.all([
    listChanges(actor, view, FEED_ENTRIES),
    listConnections(actor, view.connectionId ? [view.connectionId] : undefined),
    describeFilters(actor, [view]),
  ])
  const { portalUrl } = env()
  return FORMATS[format].write(makeFeedDocument({ feed, changes, filters, unread: listUnread(connections), portalUrl }))
}

function answerUnlessKnown(request: Request, format: FeedFormat, body: string): Response {
  const etag = `"${createHash('sha256').update(body).digest('base64url')}"`
  const headers = { etag, 'cache-control': `private, max-age=${FRESH_SECONDS}`, vary: 'authorization' }
  if (isKnown(request.headers.get('if-none-match'), etag)) return new Response(null, { status: 304, headers })
  return new Response(body, { headers: { ...headers, 'content-type': FORMATS[format].type } })
}

/** Whether a reader that sent this `If-None-Match` has a feed already. A proxy that compresses what it passes on marks the tag as weak. */
const isKnown = (sent: string | null, etag: string): boolean =>
  sent !== null && (sent.trim() === '*' || sent.split(',').some((tag) => tag.trim().replace(/^W\//, '') === etag))

const PRIVATE = { 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store' }

/** The one answer to whoever may not read: it does not say whether there is such a feed. */
function refuse(): Response {
  return new Response('This feed is read with its token, as a bearer token or as a password with any user name.', {
    status: 401,
    headers: { ...PRIVATE, 'www-authenticate': 'Basic realm="Rolecall feeds", Bearer realm="Rolecall feeds"' },
  })
}
