import { eq } from 'drizzle-orm'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { connections } from '@/db/schema/connections'
import { OPTIONAL_SCOPES } from '@/lib/domain/permissions'
import { isProblemCode } from '@/lib/domain/problems'
import { startAlteringProxy } from '@/testing/altering-proxy'
import { createTestDatabase } from '@/testing/database'
import { fullWorld } from '@/testing/full-world'
import { carryRun, connect, type Rolecall, startRolecall } from '@/testing/rolecall'
import { shownAccess } from '@/testing/shown-access'
import { requestSync } from './request-sync'

/** More than a test run needs can be asked for: `POISONED_RUNS=1000`. */
const RUNS = Number(process.env.POISONED_RUNS ?? 12)

let rolecall: Rolecall
let proxy: Awaited<ReturnType<typeof startAlteringProxy>>
beforeAll(async () => {
  proxy = await startAlteringProxy(() => rolecall.sandbox.url)
  rolecall = await startRolecall(() => {
    process.env.SANDBOX_URL = proxy.url
    return createTestDatabase()
  })
})
afterAll(async () => {
  await rolecall.close()
  await proxy.close()
})

/** A connection of a world with a bit of everything, with every optional permission. */
async function connected(seed: string) {
  const tenant = await rolecall.tenant({ ...fullWorld(seed), licence: 'p2', conditions: 2, pageSize: 20 })
  const id = await connect(tenant, tenant.subscription.id, { optional: OPTIONAL_SCOPES })
  const sync = async () => {
    const before = await connectionOf(id)
    // A failure that waits for a person is a right end too, and the next run is asked for all the same.
    if (before?.state !== 'active')
      await rolecall.db.update(connections).set({ state: 'active' }).where(eq(connections.id, id))
    await requestSync(tenant.owner, id)
    return carryRun(rolecall, tenant.owner, id)
  }
  return { tenant, id, sync, first: await carryRun(rolecall, tenant.owner, id) }
}
const connectionOf = async (id: string) =>
  (await rolecall.db.select().from(connections).where(eq(connections.id, id)))[0]

test('a NUL in every text and in every name of a field changes nothing', async () => {
  const { tenant, id, sync, first } = await connected('poisoned by NULs')
  expect(first.state).toBe('succeeded')
  const before = await shownAccess(tenant.owner, id)
  const run = await proxy.during((text) => `${text.slice(0, 1)}\u0000${text.slice(1)}\u0000`, sync)
  expect(run).toMatchObject({ state: 'succeeded', gained: 0, lost: 0, coverage: first.coverage })
  expect(await shownAccess(tenant.owner, id)).toEqual(before)
})

const POISONS = [
  '\u0000',
  '\ud800',
  '\udc00\ud800',
  'x'.repeat(10_000),
  '\u202e\u2066\u200b',
  '\u0000\ud83d',
  '\r\n\u001b[31m',
]
const ways = fc.constantFrom<(text: string, poison: string) => string>(
  (text, poison) => text + poison,
  (text, poison) => poison + text,
  (_, poison) => poison,
)

test(`of ${RUNS} runs in which texts of Microsoft are poisoned, each ends as succeeded, or as failed with words of its own`, {
  timeout: 180_000 + RUNS * 5_000,
}, async () => {
  const { id, sync, first } = await connected('poisoned at random')
  expect(first.state).toBe('succeeded')
  proxy.places.clear()
  await sync()
  const places = [...proxy.places].filter((place) => !place.startsWith('/login.')).sort()
  expect(places.length).toBeGreaterThan(100)

  await fc.assert(
    fc.asyncProperty(
      fc.subarray(places, { minLength: 1, maxLength: 3 }),
      fc.constantFrom(...POISONS),
      ways,
      async (chosen, poison, way) => {
        const run = await proxy.during((text, place) => (chosen.includes(place) ? way(text, poison) : text), sync)
        if (run.state === 'succeeded') return
        expect(run.state).toBe('failed')
        const code = run.problem?.code ?? ''
        // `interrupted` is what a database that refuses a text gives, `unknown` what nobody thought of.
        expect([code, isProblemCode(code) && code !== 'unknown' && code !== 'interrupted']).toEqual([code, true])
      },
    ),
    { numRuns: RUNS, endOnFailure: true },
  )
  expect(await connectionOf(id)).toMatchObject({ publishedRunId: expect.any(String) })
})

test.each(['\u0000', '\ud800', 'x'.repeat(10_000)])(
  'a refusal that is poisoned in each of its texts (%j) ends the run with words',
  async (poison) => {
    const { tenant, sync } = await connected(`poisoned refusals ${poison.length}`)
    const body = {
      error: { code: 'Odd', message: 'x', innerError: { 'request-id': 'r', 'client-request-id': 'c', date: 'd' } },
    }
    const poisoned = JSON.parse(JSON.stringify(body), (_, value) =>
      typeof value === 'string' ? value + poison : value,
    )
    for (const host of ['graph.microsoft.com', 'management.azure.com'])
      for (const status of [400, 403, 500])
        expect(
          await tenant.during(
            [
              {
                match: { host },
                status,
                body: poisoned,
                ...(status === 500 ? { headers: { 'retry-after': '300' } } : {}),
              },
            ],
            sync,
          ),
        ).toMatchObject({ state: expect.stringMatching(/^(failed|succeeded)$/) })
  },
)

test.each([
  ['a NUL', '{"access_token":{"nbf":{"essential":true,"value":"\u0000"}}}'],
  ['no JSON', 'claims\u0000'],
  ['half of a pair', '{"access_token":{"nbf":"\\ud800"}}'],
  ['10 kB', JSON.stringify({ access_token: 'x'.repeat(10_000) })],
])('a challenge with %s in its claims ends the run with words', async (_, claims) => {
  const { tenant, sync } = await connected('poisoned challenges')
  const challenge = `Bearer error="insufficient_claims", claims="${Buffer.from(claims).toString('base64')}"`
  const run = await tenant.during(
    [
      {
        match: { host: 'management.azure.com' },
        status: 401,
        headers: { 'www-authenticate': challenge },
        body: { error: { code: 'x', message: 'x' } },
      },
    ],
    sync,
  )
  expect(run).toMatchObject({
    state: 'failed',
    problem: { code: expect.stringMatching(/^(mfa_required|sign_in_expired)$/) },
  })
})

test('a refused token that is poisoned in each of its texts ends the run with words', async () => {
  const { tenant, sync } = await connected('poisoned tokens')
  const texts = {
    error: 'invalid_grant',
    error_description: 'AADSTS50173: x',
    correlation_id: 'c',
    trace_id: 't',
    timestamp: 'x',
    claims: '{"access_token":{}}',
    suberror: 'x',
  }
  const body = Object.fromEntries(Object.entries(texts).map(([name, text]) => [name, `${text}\u0000\ud800`]))
  const run = await tenant.during(
    [
      { match: { host: 'management.azure.com' }, expireToken: true },
      { match: { host: 'login.microsoftonline.com' }, status: 400, body },
    ],
    sync,
  )
  expect(run).toMatchObject({ state: 'failed', problem: { aadsts: 50173 } })
})
