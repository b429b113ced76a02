import { afterAll, beforeAll, expect, test } from 'vitest'
import { standInAccount as account, pointAt, startStandIn } from '@/testing/stand-in'
import { resolveKinds } from './principal-kinds'

let microsoft: Awaited<ReturnType<typeof startStandIn>>
beforeAll(async () => {
  microsoft = await startStandIn()
  pointAt(microsoft.url)
})
afterAll(() => microsoft.close())

const guid = (n: number) => `00000000-0000-4000-8000-${n.toString(16).padStart(12, '0')}`

type Typed = { id: string; type?: unknown }
type Graph = { byIds: Typed[] | number; lists?: Record<string, Typed[] | number> }

/** Lets Graph answer `getByIds` with these objects or a refusal, and each list, by its name, with those that it is asked for. */
function graph({ byIds, lists = {} }: Graph): void {
  const rowOf = ({ id, type }: Typed) => ({ id, ...(type === undefined ? {} : { '@odata.type': type }) })
  const refusal = (status: number) => ({ status, json: { error: { code: 'Refused', message: 'x' } } })
  microsoft.answer(({ url, body }) => {
    if (url.pathname.endsWith('/getByIds')) {
      if (typeof byIds === 'number') return refusal(byIds)
      const { ids } = JSON.parse(body) as { ids: string[] }
      return { json: { value: byIds.filter(({ id }) => ids.includes(id)).map(rowOf) } }
    }
    const { requests } = JSON.parse(body) as { requests: { id: string; url: string }[] }
    const responses = requests.map(({ id, url: asked }) => {
      const list = lists[/^\/(\w+)/.exec(asked)?.[1] ?? ''] ?? []
      if (typeof list === 'number') return { id, status: list, body: refusal(list).json }
      return { id, status: 200, body: { value: list.filter((one) => asked.includes(`'${one.id}'`)).map(rowOf) } }
    })
    return { json: { responses } }
  })
}

const pathsAsked = () => microsoft.asked.map(({ url }) => url.pathname.replace('/v1.0', ''))

test('getByIds tells every kind in one call, agents among them', async () => {
  const types = [
    ['user', 'user', false],
    ['group', 'group', false],
    ['servicePrincipal', 'service_principal', false],
    ['device', 'device', false],
    ['agentUser', 'user', true],
    ['agentIdentity', 'service_principal', true],
    ['agentIdentityBlueprintPrincipal', 'service_principal', true],
  ] as const
  const ids = types.map((_, n) => guid(n))
  graph({ byIds: types.map(([type], n) => ({ id: guid(n), type: `#microsoft.graph.${type}` })) })
  expect(await resolveKinds(account().azure, ids)).toEqual(
    new Map(types.map(([, kind, agent], n) => [guid(n), { kind, agent }])),
  )
  expect(pathsAsked()).toEqual(['/directoryObjects/getByIds'])
})

test('nothing is asked about nobody', async () => {
  graph({ byIds: [] })
  expect((await resolveKinds(account().azure, [])).size).toBe(0)
  expect(microsoft.asked).toEqual([])
})

test.each([400, 403, 404, 429, 503])('where getByIds is refused with %i, the lists tell the kinds', async (status) => {
  graph({
    byIds: status,
    lists: { users: [{ id: guid(1) }], groups: [{ id: guid(2) }], servicePrincipals: [{ id: guid(3) }] },
  })
  expect(await resolveKinds(account().azure, [1, 2, 3, 4].map(guid))).toEqual(
    new Map([
      [guid(1), { kind: 'user', agent: false }],
      [guid(3), { kind: 'service_principal', agent: false }],
      [guid(2), { kind: 'group', agent: false }],
    ]),
  )
  expect(pathsAsked().at(-1)).toBe('/$batch')
})

test('an agent in a list is known as one, by the type that comes with its row', async () => {
  graph({
    byIds: 403,
    lists: {
      users: [{ id: guid(1), type: '#microsoft.graph.agentUser' }],
      servicePrincipals: [{ id: guid(2), type: '#microsoft.graph.agentIdentity' }],
    },
  })
  expect(await resolveKinds(account().azure, [guid(1), guid(2)])).toEqual(
    new Map([
      [guid(1), { kind: 'user', agent: true }],
      [guid(2), { kind: 'service_principal', agent: true }],
    ]),
  )
})

test('a type that is not known is looked up in the lists, and one that is in none of them has no entry', async () => {
  const byIds = [
    { id: guid(1), type: '#microsoft.graph.novelty' },
    { id: guid(2), type: '#microsoft.graph.orgContact' },
    { id: guid(3), type: 7 },
    { id: guid(4), type: '#microsoft.graph.user' },
  ]
  graph({ byIds, lists: { groups: [{ id: guid(1) }, { id: guid(3), type: 7 }] } })
  expect(await resolveKinds(account().azure, [1, 2, 3, 4, 5].map(guid))).toEqual(
    new Map([
      [guid(4), { kind: 'user', agent: false }],
      [guid(1), { kind: 'group', agent: false }],
      [guid(3), { kind: 'group', agent: false }],
    ]),
  )
})

test.each([400, 403, 429, 503])('lists that are refused with %i leave what the others tell', async (status) => {
  graph({ byIds: 403, lists: { users: [{ id: guid(1) }], groups: status, servicePrincipals: status } })
  expect(await resolveKinds(account().azure, [guid(1), guid(2)])).toEqual(
    new Map([[guid(1), { kind: 'user', agent: false }]]),
  )
})

test('when everything is refused nobody has an entry, and nothing is thrown', async () => {
  microsoft.answer(() => ({ status: 403, json: { error: { code: 'Authorization_RequestDenied', message: 'x' } } }))
  expect((await resolveKinds(account().azure, [guid(1)])).size).toBe(0)
  microsoft.answer(() => ({ text: '<html>' }))
  expect((await resolveKinds(account().azure, [guid(1)])).size).toBe(0)
})

test('a thousand ids go into each call, and only those that nobody told are looked for in lists', async () => {
  const ids = Array.from({ length: 2_001 }, (_, n) => guid(n))
  graph({ byIds: ids.slice(1).map((id) => ({ id, type: '#microsoft.graph.user' })) })
  expect((await resolveKinds(account().azure, ids)).size).toBe(2_000)
  const sizes = microsoft.asked
    .filter(({ url }) => url.pathname.endsWith('/getByIds'))
    .map(({ body }) => (JSON.parse(body) as { ids: string[] }).ids.length)
  expect(sizes).toEqual([1_000, 1_000, 1])
  expect(microsoft.asked).toHaveLength(4)
})

test('a sign-in that has ended is no refusal of one question, and is thrown', async () => {
  const challenge = `Bearer error="insufficient_claims", claims="${Buffer.from('{}').toString('base64')}"`
  microsoft.answer(() => ({
    status: 401,
    headers: { 'www-authenticate': challenge },
    json: { error: { code: 'InvalidAuthenticationToken', message: 'x' } },
  }))
  await expect(resolveKinds(account().azure, [guid(1)])).rejects.toMatchObject({ code: 'mfa_required' })
})
