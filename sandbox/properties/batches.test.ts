import fc from 'fast-check'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import type { FaultRule } from '../control/fault-rules'
import { type Sandbox, startSandbox } from '../server'
import { makeTenant } from '../world/make-tenant'
import { World } from '../world/world'
import { tokenOf } from './small-world'

const GRAPH = 'https://graph.microsoft.com/v1.0'
type Item = { id: string; url: string; dependsOn: string[] }
type Answer = { id: string; status: number; headers: Record<string, string>; body: unknown }

let sandbox: Sandbox
let token: string
/** Addresses without the version, whose answers are a person, a list, a count, a refusal and so on. */
let addresses: string[]
beforeAll(async () => {
  const world = new World('http://localhost:3000')
  sandbox = await startSandbox({ port: 0, portalUrl: 'http://localhost:3000', world })
  const made = makeTenant(world, { seed: 'batches', people: 40, deleted: 5, groups: { count: 6, size: 6, depth: 2 } })
  const owner = world.findUser(`owner@${made.domain}`)
  if (!owner) throw new Error('The tenant has no owner.')
  const { tenant, user } = owner
  token = tokenOf(world, tenant, user.id, 'graph')
  const [people, groups, deleted] = [tenant.users, tenant.groups, tenant.deletedUsers].map((all) => [...all.keys()])
  const [first = [], second = [], gone = []] = [people, groups, deleted]
  addresses = [
    ...first.slice(0, 6).map((id) => `/users/${id}?$select=id,displayName`),
    ...second.map((id) => `/groups/${id}/transitiveMembers?$select=id`),
    `/users?$filter=id in (${first.slice(5, 20).map((id) => `'${id}'`)})&$select=id,mail`,
    `/users/${gone[0]}`,
    `/directory/deletedItems/${gone[0]}`,
    '/users/nobody@nowhere.example',
    '/groups/none',
    '/me?$select=id',
    '/me/transitiveMemberOf',
    '/organization',
    '/users/$count',
    `/users?$filter=${encodeURIComponent("startsWith(displayName,'A')")}&$select=id`,
    '/users?$filter=nonsense',
    '/users?$select=nothing',
    '/nowhere',
  ]
})
afterAll(() => sandbox.close())
afterEach(() => {
  sandbox.world.faults = []
})

const authorization = () => ({ authorization: `Bearer ${token}` })
const local = (path: string) => `${GRAPH}${path}`.replace('https://', `${sandbox.url}/`)
const eventually = { consistencylevel: 'eventual' }

/** The part of an answer that is the same each time: of a refusal, the code and the message. */
function stablePart(status: number, body: unknown): unknown {
  const { error } = (body ?? {}) as { error?: { code: string; message: string } }
  return error ? { status, code: error.code, message: error.message } : { status, body }
}

async function askAlone(url: string): Promise<unknown> {
  const response = await fetch(local(url), { headers: { ...authorization(), ...eventually } })
  const text = await response.text()
  return stablePart(response.status, response.headers.get('content-type')?.includes('json') ? JSON.parse(text) : text)
}

async function askTogether(items: Item[]): Promise<Answer[]> {
  const requests = items.map((item) => ({ ...item, method: 'GET', headers: eventually }))
  const response = await fetch(local('/$batch'), {
    method: 'POST',
    headers: { ...authorization(), 'content-type': 'application/json' },
    body: JSON.stringify({ requests }),
  })
  expect(response.status).toBe(200)
  return ((await response.json()) as { responses: Answer[] }).responses
}

/** Up to twenty requests with different ids, in any order, some of which depend on others. */
const drawn = fc.uniqueArray(
  fc.record({
    id: fc.stringMatching(/^[a-z0-9-]{1,8}$/),
    address: fc.nat(),
    after: fc.array(fc.nat(), { maxLength: 2 }),
    rank: fc.nat(),
  }),
  { minLength: 1, maxLength: 20, selector: ({ id }) => id },
)
type Drawn = typeof drawn extends fc.Arbitrary<infer T> ? T : never

/** Lets each item depend on items drawn before it, then sorts them by rank. */
function itemsOf(all: Drawn, dependent: boolean): Item[] {
  const items = all.map(({ id, address, after, rank }, index) => ({
    rank,
    id,
    url: addresses[address % addresses.length] ?? '',
    dependsOn: dependent && index > 0 ? [...new Set(after.map((one) => all[one % index]?.id ?? ''))] : [],
  }))
  return items.sort((one, other) => one.rank - other.rank).map(({ rank: _, ...item }) => item)
}

const sorted = (ids: string[]) => ids.toSorted().join(' ')

test('each item of a batch is answered as if sent alone, in any order; items that depend on a failed one are not carried out', () =>
  fc.assert(
    fc.asyncProperty(drawn, fc.boolean(), async (chosen, dependent) => {
      const items = itemsOf(chosen, dependent)
      const answers = new Map((await askTogether(items)).map((one) => [one.id, one]))
      expect(sorted([...answers.keys()])).toBe(sorted(items.map(({ id }) => id)))
      for (const { id, url, dependsOn } of items) {
        const answer = answers.get(id)
        const failed = dependsOn.some((one) => (answers.get(one)?.status ?? 0) >= 400)
        if (failed) expect(answer?.status, url).toBe(424)
        else expect(stablePart(answer?.status ?? 0, answer?.body), url).toEqual(await askAlone(url))
      }
    }),
    { numRuns: 40 },
  ))

test('faults of single items are counted, and other items are not affected', () =>
  fc.assert(
    fc.asyncProperty(
      drawn,
      fc.integer({ min: 1, max: 5 }),
      fc.integer({ min: 1, max: 5 }),
      fc.nat(),
      async (chosen, every, everyDrop, seed) => {
        const items = itemsOf(chosen, false)
        const rule = (fields: Omit<FaultRule, 'seen' | 'fired'>): FaultRule => ({ ...fields, seen: 0, fired: 0 })
        const throttled = rule({ match: { inBatch: true }, every, retryAfter: 7 })
        const dropped = rule({ match: {}, every: everyDrop, dropItem: true })
        const random = rule({ match: { path: '/groups/' }, probability: 0.5, seed, status: 503, body: 'busy' })
        const rules = [throttled, dropped, random]
        sandbox.world.faults = rules
        const answers = await askTogether(items)
        sandbox.world.faults = []
        const with429 = answers.filter(({ status }) => status === 429)
        expect(with429.map(({ headers }) => headers['Retry-After'])).toEqual(Array(throttled.fired).fill('7'))
        expect(throttled.fired).toBe(Math.floor(items.length / every))
        expect(items.length - answers.length).toBe(dropped.fired)
        expect(answers.filter(({ status }) => status === 503)).toHaveLength(random.fired)
        expect(rules.slice(0, 2).map(({ seen }) => seen)).toEqual([items.length, items.length])
        for (const { id, status, body } of answers) {
          const url = items.find((one) => one.id === id)?.url ?? ''
          if (status !== 429 && status !== 503) expect(stablePart(status, body), url).toEqual(await askAlone(url))
        }
      },
    ),
    { numRuns: 40 },
  ))
