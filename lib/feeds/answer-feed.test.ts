import { randomUUID } from 'node:crypto'
import { eq, sql } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { GET as getJson } from '@/app/feeds/[feedId]/changes.json/route'
import { GET as getXml } from '@/app/feeds/[feedId]/changes.xml/route'
import { principals } from '@/db/schema/directory'
import { limitCounts } from '@/db/schema/limits'
import { organisations } from '@/db/schema/organisations'
import { FEED_ENTRIES, type FeedFormat, feedPath, parseFeedQuery } from '@/lib/domain/feed'
import { type CoverageLine, DATASETS } from '@/lib/domain/vocabulary'
import { env } from '@/lib/env'
import { LIMITS, limit } from '@/lib/limits'
import { removeMember } from '@/lib/members'
import { createAccessWorld } from '@/testing/access-world'
import { createTestDatabase, type TestDatabase } from '@/testing/database'
import { readAtom } from '@/testing/read-atom'
import { signInAs } from '@/testing/sign-in-as'
import { makeFeed } from './make-feed'
import { revokeFeed } from './revoke-feed'

let database: TestDatabase
beforeAll(async () => {
  vi.stubEnv('SANDBOX_URL', 'http://localhost:4000')
  vi.stubEnv('AUTH_SECRET', 'x'.repeat(32))
  vi.stubEnv('ENCRYPTION_KEYS', `k1:${Buffer.alloc(32, 7).toString('base64')}`)
  vi.stubEnv('LOG_LEVEL', 'silent')
  database = await createTestDatabase()
})
afterAll(() => database.close())

const WHOLE: CoverageLine[] = DATASETS.map((dataset) => ({ dataset, state: 'whole', read: 1, missing: 0 }))

/** An organisation in which these people gained a role, and a feed of it. */
async function startFeed({ query = '', names = ['Ada Novak'], coverage = WHOLE }: Partial<Started> = {}) {
  const world = await createAccessWorld(database.db)
  const connection = await world.connection()
  const reader = await world.role('Reader')
  const changeIds: string[] = []
  for (const name of names) {
    const person = await world.principal({ name })
    const key = await world.assign(connection.id, { to: person, role: reader })
    changeIds.push(await world.change(connection.id, { to: person, role: reader, key }))
  }
  await world.publishedRun(connection.id, { coverage })
  const actor = { ...world.actor, sessionId: randomUUID(), signedInFreshly: true }
  const made = await makeFeed(actor, { name: 'Access', view: parseFeedQuery(query) })
  if (made.kind !== 'made') throw new Error('The feed was not made.')
  return { world, connection, changeIds, actor, feedId: made.feedId, token: made.token }
}
type Started = { query: string; names: string[]; coverage: CoverageLine[] }

const ROUTES = { json: getJson, xml: getXml }

type Question = { headers?: Record<string, string>; search?: string; format?: FeedFormat }

/** Asks the route of a feed, as the portal would hand on a program's request. */
function ask(feedId: string, { headers = {}, search = '', format = 'json' }: Question = {}): Promise<Response> {
  const request = new Request(`http://localhost:3000${feedPath(feedId, format)}${search}`, { headers })
  return ROUTES[format](request, { params: Promise.resolve({ feedId }) })
}

const bearer = (token: string) => ({ authorization: `Bearer ${token}` })
const basic = (token: string) => ({ authorization: `Basic ${Buffer.from(`reader:${token}`).toString('base64')}` })

test('a program with the token as a bearer reads the changes as JSON Feed', async () => {
  const { feedId, token, changeIds } = await startFeed()
  const answer = await ask(feedId, { headers: bearer(token) })
  expect(answer.status).toBe(200)
  expect(Object.fromEntries(answer.headers)).toMatchObject({
    'content-type': 'application/feed+json; charset=utf-8',
    'cache-control': 'private, max-age=300',
    vary: 'authorization',
    etag: expect.stringMatching(/^"[\w-]{43}"$/),
  })
  expect(await answer.json()).toEqual({
    version: 'https://jsonfeed.org/version/1.1',
    title: 'Access',
    home_page_url: 'http://localhost:3000/changes',
    feed_url: `http://localhost:3000/feeds/${feedId}/changes.json`,
    description: 'All changes.',
    language: 'en',
    items: [
      {
        id: `urn:uuid:${changeIds[0]}`,
        url: `http://localhost:3000/changes/${changeIds[0]}`,
        title: 'Ada Novak gained Reader of Production',
        content_text: 'Ada Novak gained Reader of Production.\nIt was assigned to Ada Novak.\nGained: 1. Lost: 0.',
        date_published: '2026-01-15T08:00:00.000Z',
        _rolecall: { gained: 1, lost: 0 },
      },
    ],
  })
})

test('a feed reader with the token as a password, and any user name, reads them as Atom', async () => {
  const { feedId, token, changeIds } = await startFeed({ names: ['<b>Ada</b> & "Co"'] })
  const answer = await ask(feedId, { headers: basic(token), format: 'xml' })
  expect(answer.headers.get('content-type')).toBe('application/atom+xml; charset=utf-8')
  expect(readAtom(await answer.text())).toMatchObject({
    id: `urn:uuid:${feedId}`,
    title: 'Access',
    updated: '2026-01-15T08:00:00.000Z',
    links: {
      self: `http://localhost:3000/feeds/${feedId}/changes.xml`,
      alternate: 'http://localhost:3000/changes',
    },
    entries: [
      {
        id: `urn:uuid:${changeIds[0]}`,
        url: `http://localhost:3000/changes/${changeIds[0]}`,
        title: '<b>Ada</b> & "Co" gained Reader of Production',
      },
    ],
  })
})

const itemsOf = async (answer: Response) => ((await answer.json()) as { items: { title: string }[] }).items

test('a feed keeps to its filters, and one without a change is a feed too', async () => {
  const gained = await startFeed({ query: '?effect=gained' })
  expect(await itemsOf(await ask(gained.feedId, { headers: bearer(gained.token) }))).toHaveLength(1)
  const lost = await startFeed({ query: '?effect=lost' })
  expect(await itemsOf(await ask(lost.feedId, { headers: bearer(lost.token) }))).toEqual([])
  const atom = await ask(lost.feedId, { headers: bearer(lost.token), format: 'xml' })
  expect(readAtom(await atom.text())).toMatchObject({ title: 'Access', subtitle: 'Lost.', entries: [] })
})

test('a feed has the newest hundred changes', async () => {
  const names = Array.from({ length: FEED_ENTRIES + 2 }, (_, index) => `Person ${index}`)
  const { feedId, token, changeIds } = await startFeed({ names })
  const newest = changeIds[7]
  await database.db.execute(sql`update changes set at = at + interval '1 hour' where id = ${newest}`)
  await database.db.execute(sql`update change_effects set at = at + interval '1 hour' where change_id = ${newest}`)
  const items = await itemsOf(await ask(feedId, { headers: bearer(token) }))
  expect(items).toHaveLength(FEED_ENTRIES)
  expect(items[0]).toMatchObject({ title: 'Person 7 gained Reader of Production' })
})

test('a feed says when not everything could be read that it is about', async () => {
  const coverage = WHOLE.map(
    (line): CoverageLine => (line.dataset === 'groups' ? { ...line, state: 'partly', missing: 3 } : line),
  )
  const { feedId, token } = await startFeed({ coverage })
  const { description } = (await (await ask(feedId, { headers: bearer(token) })).json()) as { description: string }
  expect(description).toBe('All changes. Some changes may be missing: not everything could be read of Production.')
})

test.each(['json', 'xml'] as const)(
  'a reader that has the feed as %s gets it again only when something changed',
  async (format) => {
    const { world, feedId, token } = await startFeed()
    const first = await ask(feedId, { headers: bearer(token), format })
    const etag = String(first.headers.get('etag'))
    for (const known of [etag, `W/${etag}`, `"older", ${etag}`, '*']) {
      const again = await ask(feedId, { headers: { ...bearer(token), 'if-none-match': known }, format })
      expect([again.status, await again.text()]).toEqual([304, ''])
      expect(again.headers.get('etag')).toBe(etag)
      expect(again.headers.get('cache-control')).toBe('private, max-age=300')
    }
    const { organisationId } = world.actor
    await database.db
      .update(principals)
      .set({ name: 'Ada Lovelace' })
      .where(eq(principals.organisationId, organisationId))
    const changed = await ask(feedId, { headers: { ...bearer(token), 'if-none-match': etag }, format })
    expect(changed.status).toBe(200)
    expect(await changed.text()).toContain('Ada Lovelace gained Reader')
    expect(changed.headers.get('etag')).not.toBe(etag)
  },
)

test('whatever is wrong with a feed or its token, the answer is the same', async () => {
  const { actor, feedId, token } = await startFeed()
  const other = await startFeed()
  const revoked = await startFeed()
  await revokeFeed(revoked.actor, revoked.feedId)
  const olga = await signInAs()
  const vera = await signInAs({ tenantId: olga.tenantId, name: 'Vera Viewer' })
  const ofRemoved = await makeFeed(vera, { name: 'Access', view: parseFeedQuery('') })
  if (ofRemoved.kind !== 'made') throw new Error('The feed was not made.')
  await removeMember(olga, vera.memberId)

  const refused: Record<string, [string, Question]> = {
    'without a token': [feedId, {}],
    'with a wrong token': [feedId, { headers: bearer('x'.repeat(43)) }],
    'with an empty password': [feedId, { headers: basic('') }],
    'with a token that is cut': [feedId, { headers: basic(token.slice(0, -1)) }],
    'with the token of another organisation’s feed': [feedId, { headers: bearer(other.token) }],
    'with the token in the address': [feedId, { search: `?token=${token}&access_token=${token}` }],
    'with the token in a cookie': [feedId, { headers: { cookie: `rolecall.session=${token}` } }],
    'of which there is none': [randomUUID(), { headers: bearer(token) }],
    'whose id is none': ["' or true --", { headers: bearer(token) }],
    'that was revoked': [revoked.feedId, { headers: bearer(revoked.token) }],
    'of a member who was removed': [ofRemoved.feedId, { headers: bearer(ofRemoved.token) }],
  }
  const answers = new Set<string>()
  for (const [what, [id, question]] of Object.entries(refused)) {
    for (const format of ['json', 'xml'] as const) {
      const answer = await ask(id, { ...question, format })
      expect(answer.status, what).toBe(401)
      answers.add(JSON.stringify([...answer.headers, await answer.text()]))
    }
  }
  expect([...answers]).toEqual([expect.stringMatching(/www-authenticate.*Basic realm=.*, Bearer realm=/)])
  expect((await ask(feedId, { headers: bearer(token) })).status).toBe(200)

  // Nor is a feed read whose people may no longer sign in.
  const { allowedTenants } = env().azure
  env().azure.allowedTenants = [randomUUID()]
  expect((await ask(feedId, { headers: bearer(token) })).status).toBe(401)
  env().azure.allowedTenants = allowedTenants
  await database.db.delete(organisations).where(eq(organisations.id, actor.organisationId))
  expect((await ask(feedId, { headers: bearer(token) })).status).toBe(401)
})

test('many wrong tokens from one network are told to wait, and the right one is read all the same', async () => {
  await database.db.delete(limitCounts)
  const { feedId, token } = await startFeed()
  const from = (address: string, one: string) => ({ 'x-client-address': address, ...bearer(one) })
  const most = LIMITS.feed_refused.most()
  for (let asked = 0; asked < most; asked++)
    expect((await ask(feedId, { headers: from('192.0.2.7', 'wrong') })).status).toBe(401)
  const refused = await ask(feedId, { headers: from('192.0.2.7', 'wrong') })
  expect(refused.status).toBe(429)
  expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0)
  expect(await refused.text()).toMatch(
    /^Too many feeds were asked for with wrong tokens from your network\. Try again in/,
  )
  expect((await ask(feedId, { headers: from('192.0.2.8', 'wrong') })).status).toBe(401)
  expect((await ask(feedId, { headers: from('192.0.2.7', token) })).status).toBe(200)
  expect(JSON.stringify(await database.db.select().from(limitCounts))).not.toContain('192.0.2')
})

test('whoever asks without a token is told how to send one, however often', async () => {
  await database.db.delete(limitCounts)
  const { feedId } = await startFeed()
  for (let asked = 0; asked < LIMITS.feed_refused.most() + 5; asked++)
    expect((await ask(feedId, { headers: { 'x-client-address': '192.0.2.7' } })).status).toBe(401)
  expect(await database.db.select().from(limitCounts)).toEqual([])
})

test('a feed that is read too often is told to wait, and another one is not', async () => {
  const { feedId, token } = await startFeed()
  const other = await startFeed()
  for (let read = 1; read < LIMITS.feed.most(); read++) await limit('feed', feedId)
  expect((await ask(feedId, { headers: bearer(token) })).status).toBe(200)
  const refused = await ask(feedId, { headers: bearer(token) })
  expect([refused.status, await refused.text()]).toEqual([
    429,
    expect.stringMatching(/^This feed was read too many times\. Try/),
  ])
  expect((await ask(other.feedId, { headers: bearer(other.token) })).status).toBe(200)
})
