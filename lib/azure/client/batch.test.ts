import { afterAll, beforeAll, expect, test } from 'vitest'
import { standInAccount as account, pointAt, type Script, startStandIn } from '@/testing/stand-in'
import { askBatch } from './batch'

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
  expect(meter).toEqual({ calls: 2, retries: 1 })
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
