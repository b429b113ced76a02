import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { standInAccount as account, pointAt, startStandIn } from '@/testing/stand-in'
import { readGroups } from '../groups'
import { readPeople } from '../people'
import { readServicePrincipals } from '../service-principals'
import { askBatch } from './batch'

let microsoft: Awaited<ReturnType<typeof startStandIn>>
beforeAll(async () => {
  microsoft = await startStandIn()
  pointAt(microsoft.url)
})
afterAll(() => microsoft.close())

const guid = (n: number) => `00000000-0000-4000-8000-${n.toString(16).padStart(12, '0')}`

type Question = { id: string; url: string; headers?: Record<string, string> }
type Answer = { status: number; body: unknown; headers?: Record<string, string> }

/** Lets Graph answer each question of a batch; what it answers by default is the question's own address. */
function graph(answer: (url: string) => Answer | undefined = () => undefined): void {
  microsoft.answer(({ body }) => {
    const { requests } = JSON.parse(body) as { requests: Question[] }
    const responses = requests.map(({ id, url }) => ({ id, ...(answer(url) ?? { status: 200, body: { url } }) }))
    return { json: { responses: responses.reverse() } }
  })
}
const callsMade = () => microsoft.asked.map(({ body }) => (JSON.parse(body) as { requests: Question[] }).requests)

const questionsOf = (reader: number, count: number) =>
  Array.from({ length: count }, (_, n) => ({ url: `/reader/${reader}/${n}` }))

test('readers side by side share calls of twenty at most, and each is given its own answers in its own order', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 1, maxLength: 12 }), async (sizes) => {
      graph()
      const { azure, meter } = account()
      const all = await Promise.all(sizes.map((size, reader) => askBatch(azure, questionsOf(reader, size))))
      for (const [reader, answers] of all.entries())
        expect(answers.map(({ body }) => body)).toEqual(questionsOf(reader, sizes[reader] ?? 0))
      const calls = callsMade().map(({ length }) => length)
      expect(calls.reduce((sum, length) => sum + length, 0)).toBe(sizes.reduce((sum, size) => sum + size, 0))
      expect(Math.max(...calls)).toBeLessThanOrEqual(20)
      // Two calls that would have fitted into one are never both sent.
      const [least = 20, next = 20] = calls.toSorted((a, b) => a - b)
      expect(least + next).toBeGreaterThan(calls.length > 1 ? 20 : 0)
      expect(meter.calls).toBe(calls.length)
    }),
    { numRuns: 60 },
  )
})

test('people, service principals and groups that are read at the same moment cost one call together', async () => {
  graph((url) => {
    const ids = [...decodeURIComponent(url).matchAll(/'([^']+)'/g)].map(([, id]) => id)
    const value = /^\/(users|servicePrincipals|groups)\?/.test(url) ? ids.map((id) => ({ id, displayName: 'One' })) : []
    return { status: 200, body: { value } }
  })
  const { azure, meter } = account()
  const [{ people }, { found }, { groups }] = await Promise.all([
    readPeople(azure, [guid(1)]),
    readServicePrincipals(azure, [guid(2)]),
    readGroups(azure, [guid(3)]),
  ])
  expect([people.size, found.size, groups.get(guid(3))?.name]).toEqual([1, 1, 'One'])
  expect(meter.calls).toBe(1)
  const headersOf = (part: string) => callsMade()[0]?.find(({ url }) => url.includes(part))?.headers
  expect(headersOf('microsoft.graph.servicePrincipal')).toEqual({ ConsistencyLevel: 'eventual' })
  expect(headersOf('/users?')).toBeUndefined()
})

test('what is asked later, or for another account, has a call of its own', async () => {
  graph()
  const [one, other] = [account(), account()]
  await Promise.all([askBatch(one.azure, questionsOf(1, 1)), askBatch(other.azure, questionsOf(2, 1))])
  await askBatch(one.azure, questionsOf(3, 1))
  expect([one.meter.calls, other.meter.calls]).toEqual([2, 1])
})

test('a shared call that fails fails every reader in it, and none beside it', async () => {
  graph()
  const { azure } = account()
  microsoft.answer(({ body }) => {
    const { requests } = JSON.parse(body) as { requests: Question[] }
    return requests.length === 20
      ? { json: { responses: requests.map(({ id }) => ({ id, status: 200, body: {} })) } }
      : { status: 403, json: { error: { code: 'Authorization_RequestDenied', message: 'x' } } }
  })
  const outcomes = await Promise.allSettled([
    askBatch(azure, questionsOf(1, 2)),
    askBatch(azure, questionsOf(2, 20)),
    askBatch(azure, questionsOf(3, 3)),
  ])
  expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'fulfilled', 'rejected'])
  for (const outcome of outcomes)
    if (outcome.status === 'rejected') expect(outcome.reason).toMatchObject({ code: 'directory_not_readable' })
  expect(microsoft.asked).toHaveLength(2)
})

test('an item that stays throttled fails its own reader, and costs the other one no answer', async () => {
  graph((url) => (url === '/reader/1/0' ? { status: 429, body: {}, headers: { 'Retry-After': '3' } } : undefined))
  const { azure, patience } = account()
  const [throttled, other] = await Promise.allSettled([
    askBatch(azure, questionsOf(1, 2)),
    askBatch(azure, questionsOf(2, 2)),
  ])
  expect(throttled).toMatchObject({ status: 'rejected', reason: { code: 'throttled', retryAfterMs: 3_000 } })
  expect(other).toMatchObject({ status: 'fulfilled', value: [{ status: 200 }, { status: 200 }] })
  expect(callsMade().map(({ length }) => length)).toEqual([4, 1, 1, 1])
  expect(patience.waits).toHaveLength(3)
})

test.each([
  ['a refusal', { status: 403, json: { error: { code: 'Authorization_RequestDenied', message: 'x' } } }],
  ['an outage', { status: 503, text: '' }],
  [
    'throttling',
    { status: 429, headers: { 'retry-after': '90' }, json: { error: { code: 'X', message: 'x' } } },
    90_000,
  ],
  ['the page of a proxy', { text: '<html>' }],
  ['an answer to something else', { json: { responses: [] } }],
])('a repeat that fails as a whole by %s leaves the answers that had come', async (_, reply, retryAfterMs?: number) => {
  const { azure } = account()
  microsoft.answer(({ body }) => {
    const { requests } = JSON.parse(body) as { requests: Question[] }
    if (requests.length === 1) return reply
    const responses = requests.map(({ id, url }) => ({ id, status: url === '/reader/1/0' ? 503 : 200, body: { url } }))
    return { json: { responses } }
  })
  const [failed, other] = await Promise.allSettled([
    askBatch(azure, questionsOf(1, 2)),
    askBatch(azure, questionsOf(2, 2)),
  ])
  expect(failed).toMatchObject({ status: 'rejected', reason: { code: 'azure_unreachable', status: 503 } })
  if (failed.status === 'rejected') expect(failed.reason.retryAfterMs).toBe(retryAfterMs)
  expect(other).toMatchObject({ status: 'fulfilled', value: questionsOf(2, 2).map((body) => ({ status: 200, body })) })
})

test('a repeat that meets the end of the sign-in fails everyone', async () => {
  const challenge = `Bearer error="insufficient_claims", claims="${Buffer.from('{}').toString('base64')}"`
  const { azure } = account()
  microsoft.answer(({ body }) => {
    const { requests } = JSON.parse(body) as { requests: Question[] }
    if (requests.length === 1)
      return {
        status: 401,
        headers: { 'www-authenticate': challenge },
        json: { error: { code: 'InvalidAuthenticationToken', message: 'x' } },
      }
    return { json: { responses: requests.map(({ id }, index) => ({ id, status: index === 0 ? 503 : 200, body: {} })) } }
  })
  for (const outcome of await Promise.allSettled([
    askBatch(azure, questionsOf(1, 2)),
    askBatch(azure, questionsOf(2, 2)),
  ]))
    expect(outcome).toMatchObject({ status: 'rejected', reason: { code: 'mfa_required' } })
})
