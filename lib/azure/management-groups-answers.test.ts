import { afterAll, beforeAll, expect, test } from 'vitest'
import { pointAt, type Script, standInAccount, startStandIn } from '@/testing/stand-in'
import { readManagementGroups } from './management-groups'

const SUBSCRIPTION = '291bba3f-e0a5-47bc-a099-3bdcb2a50a05'

let microsoft: Awaited<ReturnType<typeof startStandIn>>
beforeAll(async () => {
  microsoft = await startStandIn()
  pointAt(microsoft.url)
})
afterAll(() => microsoft.close())

const asked = (script: Script) => {
  microsoft.answer(script)
  return readManagementGroups(standInAccount().azure, SUBSCRIPTION)
}
const entity = (properties: object) => ({
  json: { value: [{ id: 'x', type: '/subscriptions', name: SUBSCRIPTION.toUpperCase(), properties }] },
})

test('management groups are asked for by a POST for the one subscription, with a token for Resource Manager', async () => {
  await asked(() => entity({ parentNameChain: ['root'], parentDisplayNameChain: ['Tenant Root Group'] }))
  const [question] = microsoft.asked
  expect(question).toMatchObject({ method: 'POST', body: '' })
  expect(question?.url.pathname).toBe('/providers/Microsoft.Management/getEntities')
  expect(Object.fromEntries(question?.url.searchParams ?? [])).toEqual({
    'api-version': '2020-05-01',
    $filter: `name eq '${SUBSCRIPTION}'`,
  })
  expect(question?.headers.authorization).toBe('Bearer arm-1')
})

test('names are given to groups only when there is one for each id, and no group is made up', async () => {
  const chain = (ids: unknown, names: unknown) =>
    asked(() => entity({ parentNameChain: ids, parentDisplayNameChain: names }))
  expect((await chain(['root', 'a'], ['Root', null])).rows).toEqual([
    { id: 'root', name: 'Root' },
    { id: 'a', name: 'a' },
  ])
  expect((await chain(['root', 'a'], ['A'])).rows).toEqual([
    { id: 'root', name: 'root' },
    { id: 'a', name: 'a' },
  ])
  expect((await chain(['a\u0000'], ['\u0000'])).rows).toEqual([{ id: 'a', name: 'a' }])
  expect((await chain([], [])).rows).toEqual([])
  expect((await chain(null, ['A'])).rows).toEqual([])
  expect((await asked(() => entity({}))).rows).toEqual([])
})

test('an entity whose name only begins like the subscription is not taken for it, and a later page is read', async () => {
  const other = { name: `${SUBSCRIPTION}0`, properties: { parentNameChain: ['wrong'], parentDisplayNameChain: ['x'] } }
  const next = 'https://management.azure.com/providers/Microsoft.Management/getEntities?page=2'
  const found = await asked(({ url }) =>
    url.searchParams.has('page')
      ? entity({ parentNameChain: ['right'], parentDisplayNameChain: ['Right'] })
      : { json: { value: [other], nextLink: next } },
  )
  expect(found.rows).toEqual([{ id: 'right', name: 'Right' }])
  expect(microsoft.asked.map(({ method }) => method)).toEqual(['POST', 'POST'])
  expect((await asked(() => ({ json: { value: [other] } }))).rows).toEqual([])
})

test('pages that come round again are an endless list', async () => {
  const nextLink = 'https://management.azure.com/providers/Microsoft.Management/getEntities?page=2'
  await expect(asked(() => ({ json: { value: [], nextLink } }))).rejects.toMatchObject({ code: 'endless_list' })
  expect(microsoft.asked).toHaveLength(2)
})

test.each([403, 404])('a refusal with %i is no list without groups', async (status) => {
  const refusal = { error: { code: 'AuthorizationFailed', message: 'x' } }
  await expect(asked(() => ({ status, json: refusal }))).rejects.toMatchObject({ status })
})

test('an entity that cannot be understood may be the one that was asked for, so that nothing is claimed', async () => {
  const own = { name: SUBSCRIPTION, properties: { parentNameChain: ['root'], parentDisplayNameChain: ['Root'] } }
  const odd = { id: 'odd', name: SUBSCRIPTION, properties: { parentNameChain: 7 } }
  const other = { name: `${SUBSCRIPTION}0`, properties: {} }
  await expect(asked(() => ({ json: { value: [odd] } }))).rejects.toMatchObject({ code: 'bad_answer' })
  expect(await asked(() => ({ json: { value: [other, odd] } }))).toEqual({ rows: [], odd: [{ id: 'odd' }] })
  expect(await asked(() => ({ json: { value: [odd, null, own] } }))).toEqual({
    rows: [{ id: 'root', name: 'Root' }],
    odd: [],
  })
})
