import { afterAll, beforeAll, expect, test } from 'vitest'
import { pointAt, standInAccount, startStandIn } from '@/testing/stand-in'
import { readServicePrincipals } from './service-principals'

let microsoft: Awaited<ReturnType<typeof startStandIn>>
beforeAll(async () => {
  microsoft = await startStandIn()
  pointAt(microsoft.url)
})
afterAll(() => microsoft.close())

const guid = (n: number) => `00000000-0000-4000-8000-${n.toString(16).padStart(12, '0')}`

type Answer = { status: number; body: unknown }

/** Lets Microsoft answer each question of a batch like this; `answer` is given the ids that the question asks for. */
function graph(answer: (ids: string[], index: number) => Answer): void {
  microsoft.answer(({ body }) => {
    const { requests } = JSON.parse(body) as { requests: { id: string; url: string }[] }
    const idsIn = (url: string) => [...decodeURIComponent(url).matchAll(/'([^']+)'/g)].map(([, id]) => id ?? '')
    return {
      json: { responses: requests.map(({ id, url }, index) => ({ id, ...answer(idsIn(url), index) })) },
    }
  })
}

test.each([
  ['a managed identity', { servicePrincipalType: 'ManagedIdentity' }, 'managed_identity'],
  ['an application of the customer', { appOwnerOrganizationId: guid(900) }, 'application'],
  ['one of which nothing is told', {}, 'application'],
  ['one of Microsoft Services', { appOwnerOrganizationId: 'F8CDEF31-A31E-4B4A-93E4-5F571E91255A' }, 'platform'],
  ['one of Microsoft', { appOwnerOrganizationId: '72f988bf-86f1-41af-91ab-2d7cd011db47' }, 'platform'],
  ['the one that activates roles', { appId: '01fc33a7-78ba-4d2f-a4b7-768e336e890e' }, 'platform'],
])('%s is recognised', async (_, told, variety) => {
  graph((ids) => ({ status: 200, body: { value: ids.map((id) => ({ id, displayName: 'One', ...told })) } }))
  const { found } = await readServicePrincipals(standInAccount().azure, [guid(1)])
  expect(found).toEqual(new Map([[guid(1), { id: guid(1), name: 'One', variety }]]))
})

test('nothing is claimed about any when even one question is refused', async () => {
  graph((ids, index) =>
    index === 1
      ? { status: 403, body: { error: { code: 'Authorization_RequestDenied', message: 'x' } } }
      : { status: 200, body: { value: ids.map((id) => ({ id })) } },
  )
  const ids = Array.from({ length: 40 }, (_, n) => guid(n))
  expect(await readServicePrincipals(standInAccount().azure, ids)).toMatchObject({
    found: new Map(),
    refused: { refusal: { status: 403 } },
  })
})

test('301 service principals cost two calls, with at most fifteen ids in a question, and none cost no call', async () => {
  const sizes: number[] = []
  graph((ids) => {
    sizes.push(ids.length)
    return { status: 200, body: { value: ids.map((id) => ({ id })) } }
  })
  const { azure, meter } = standInAccount()
  expect((await readServicePrincipals(azure, [])).found.size).toBe(0)
  expect(meter.calls).toBe(0)
  const ids = Array.from({ length: 301 }, (_, n) => guid(n))
  expect((await readServicePrincipals(azure, [...ids, ...ids])).found.size).toBe(301)
  expect(meter.calls).toBe(2)
  expect(Math.max(...sizes)).toBe(15)
})

test('a short list that Microsoft cuts is read to its end', async () => {
  const list = 'https://graph.microsoft.com/v1.0/servicePrincipals'
  microsoft.answer(({ url }) => {
    if (url.pathname.endsWith('/$batch')) {
      const body = { value: [{ id: guid(1) }], '@odata.nextLink': `${list}?$skiptoken=2` }
      return { json: { responses: [{ id: '0', status: 200, body }] } }
    }
    return { json: { value: [{ id: guid(2) }] } }
  })
  const { found } = await readServicePrincipals(standInAccount().azure, [guid(1), guid(2)])
  expect([...found.keys()]).toEqual([guid(1), guid(2)])
})
