import { afterAll, beforeAll, expect, test } from 'vitest'
import { standInAccount as account, pointAt, type Script, startStandIn } from '@/testing/stand-in'
import { askBatch, failureOf, parseAnswer } from './batch'
import { askForLists, GraphPage } from './graph-lists'

let microsoft: Awaited<ReturnType<typeof startStandIn>>
beforeAll(async () => {
  microsoft = await startStandIn()
  pointAt(microsoft.url)
})
afterAll(() => microsoft.close())

type Question = { id: string; url: string }
const batch =
  (answer: (question: Question) => object): Script =>
  ({ body }) => {
    const { requests } = JSON.parse(body) as { requests: Question[] }
    return {
      json: { responses: requests.map((request) => ({ id: request.id, headers: {}, ...answer(request) })).reverse() },
    }
  }

test('a batch is answered in the order of its questions', async () => {
  microsoft.answer(batch(({ url }) => ({ status: 200, body: { url } })))
  const questions = Array.from({ length: 20 }, (_, n) => ({ url: `/users/${n}` }))
  const answers = await askBatch(account().azure, questions)
  expect(answers.map(({ body }) => body)).toEqual(questions)
})

test('a batch asks throttled items again, alone, after the longest wait', async () => {
  const refused = new Map([
    ['/users/1', '3'],
    ['/users/4', '11'],
  ])
  microsoft.answer(
    batch(({ url }) => {
      const wait = refused.get(url)
      refused.delete(url)
      return wait
        ? { status: 429, headers: { 'Retry-After': wait }, body: {} }
        : { status: url === '/users/2' ? 404 : 200, body: { url } }
    }),
  )
  const { azure, patience, meter } = account()
  const answers = await askBatch(
    azure,
    Array.from({ length: 5 }, (_, n) => ({ url: `/users/${n}` })),
  )
  expect(answers.map(({ status }) => status)).toEqual([200, 200, 404, 200, 200])
  expect(answers[4]?.body).toEqual({ url: '/users/4' })
  expect(
    (JSON.parse(microsoft.asked[1]?.body ?? '') as { requests: Question[] }).requests.map(({ url }) => url),
  ).toEqual(['/users/1', '/users/4'])
  expect(patience.waits[0]).toBeGreaterThanOrEqual(11_000)
  expect(meter).toMatchObject({ calls: 2, retries: 1 })
})

test('a batch gives up on an item that stays throttled', async () => {
  microsoft.answer(batch(() => ({ status: 429, body: {} })))
  await expect(askBatch(account().azure, [{ url: '/users/1' }])).rejects.toMatchObject({ code: 'throttled' })
  expect(microsoft.asked).toHaveLength(4)
})

test('a batch with a missing answer is a bad answer', async () => {
  microsoft.answer(() => ({ json: { responses: [{ id: '0', status: 200, body: {} }] } }))
  await expect(askBatch(account().azure, [{ url: '/users/1' }, { url: '/users/2' }])).rejects.toMatchObject({
    code: 'bad_answer',
  })
})

const listed = (nextLink?: string) => ({
  status: 200,
  body: { value: [], ...(nextLink ? { '@odata.nextLink': `https://graph.microsoft.com/v1.0${nextLink}` } : {}) },
})

/** Walks the lists at these addresses; gives the problem of each that was refused, and what it cost. */
async function walk(urls: string[]) {
  const { azure, patience } = account()
  const refused = new Map<string, string>()
  const calls = { predicted: 0, made: 0 }
  await askForLists(
    azure,
    urls.map((url) => ({ name: url, question: { url } })),
    calls,
    ({ name }, answer) => {
      try {
        return parseAnswer(GraphPage, answer).nextLink
      } catch {
        refused.set(name, failureOf(answer).code)
        return null
      }
    },
  )
  return { refused, calls, patience }
}
const lists = (count: number) => Array.from({ length: count }, (_, n) => `/lists/${n}`)

test.each([
  ['comes round again', (page: number) => (page === 3 ? 1 : page + 1)],
  ['leads to itself', () => 0],
])('a list that %s is refused alone', async (_, next) => {
  microsoft.answer(
    batch(({ url }) => {
      const { pathname, searchParams } = new URL(url, 'https://graph.microsoft.com')
      const to = next(Number(searchParams.get('page')))
      return pathname === '/lists/1' ? listed(`/lists/1${to === 0 ? '' : `?page=${to}`}`) : listed()
    }),
  )
  expect((await walk(lists(3))).refused).toEqual(new Map([['/lists/1', 'endless_list']]))
})

test.each([
  ['throttled items', batch(() => ({ status: 429, body: {} })), 'throttled'],
  ['items out of order', batch(() => ({ status: 503, body: {} })), 'azure_unreachable'],
  ['throttled calls', () => ({ status: 429, json: {} }), 'throttled'],
  ['calls out of order', () => ({ status: 503, text: '' }), 'azure_unreachable'],
] as [string, Script, string][])('after %s to the end no further batch is sent', async (_, script, code) => {
  microsoft.answer(script)
  const { refused, calls, patience } = await walk(lists(400))
  expect([refused.size, new Set(refused.values())]).toEqual([400, new Set([code])])
  // Four batches are on their way at the same time, each with four tries.
  expect(calls.made).toBe(4)
  expect([microsoft.asked.length, patience.waits.length]).toEqual([16, 12])
})

test('Graph that gives up half-way keeps what it told, and is not asked for later pages', async () => {
  microsoft.answer(batch(({ url }) => (url.includes('page=2') ? { status: 503, body: {} } : listed(`${url}?page=2`))))
  const { refused, calls } = await walk(lists(200))
  expect(refused.size).toBe(200)
  expect(calls.made).toBe(10 + 4)
})

test.each([403, 404, 400, 429, 503])('one list that is refused with %i stops no other', async (status) => {
  microsoft.answer(batch(({ url }) => (url === '/lists/100' ? { status, body: {} } : listed())))
  // It is one of twenty in a batch, or the only one in the last.
  for (const count of [180, 101]) expect([...(await walk(lists(count))).refused.keys()]).toEqual(['/lists/100'])
})

test.each([403, 404, 400])('a whole batch that is refused with %i stops no other', async (status) => {
  microsoft.answer(batch(({ url }) => (/^.lists.1?.$/.test(url) ? { status, body: {} } : listed())))
  expect((await walk(lists(180))).refused.size).toBe(20)
})
