import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { nameOfOdd, spoiled } from '@/testing/spoiled-row'
import { standInAccount as account, pointAt, startStandIn } from '@/testing/stand-in'
import { readGroups } from './groups'
import { readManagementGroups } from './management-groups'
import { readPeople } from './people'
import { resolveKinds } from './principal-kinds'

const guid = (n: number) => `00000000-0000-4000-8000-${n.toString(16).padStart(12, '0')}`
const GROUP = guid(500)
const SUBSCRIPTION = guid(700)
const FIVE = [1, 2, 3, 4, 5]

let microsoft: Awaited<ReturnType<typeof startStandIn>>
beforeAll(async () => {
  microsoft = await startStandIn()
  pointAt(microsoft.url)
})
afterAll(() => microsoft.close())

/** Lets Graph answer each GET, alone or inside a batch, with the rows that its path asks for; null: there is no such thing. */
function graph(rowsAt: (path: string) => unknown[] | null): void {
  const answerOne = (address: string) => {
    const rows = rowsAt(decodeURIComponent(address))
    return rows
      ? { status: 200, body: { value: rows } }
      : { status: 404, body: { error: { code: 'Request_ResourceNotFound', message: 'x' } } }
  }
  microsoft.answer(({ url, body }) => {
    if (!url.pathname.endsWith('/$batch')) {
      const { status, body: json } = answerOne(url.pathname.slice('/v1.0'.length) + url.search)
      return { status, json }
    }
    const { requests } = JSON.parse(body) as { requests: { id: string; url: string }[] }
    return { json: { responses: requests.map(({ id, url: address }) => ({ id, ...answerOne(address) })) } }
  })
}

/** One of the rows with something wrong in it, by its index. */
const oneSpoiled = (rows: readonly unknown[]) =>
  fc
    .nat(rows.length - 1)
    .chain((index) => spoiled(rows[index]).map((wrong) => ({ index, wrong, all: rows.with(index, wrong) })))

const idIn = (value: unknown) => (Object(value) as { id?: unknown }).id

test('a person in the recycle bin whose row is odd is neither found there nor called gone, and the others are found', async () => {
  const gone = Array.from({ length: 61 }, (_, n) => ({
    id: guid(n + 1),
    displayName: `Person ${n}`,
    userPrincipalName: `p${n}@contoso.example`,
    accountEnabled: false,
    otherMails: ['x@y.example'],
  }))
  await fc.assert(
    fc.asyncProperty(oneSpoiled(gone), async ({ index, wrong, all }) => {
      graph((path) => (path.startsWith('/directory/deletedItems/microsoft.graph.user') ? all : []))
      const { people, odd } = await readPeople(
        account().azure,
        gone.map(({ id }) => id),
      )
      const others = gone.toSpliced(index, 1).map(({ id }) => people.get(id)?.status)
      expect(new Set(others)).toEqual(new Set(['deleted']))
      const own = people.get(guid(index + 1))
      if (own === undefined) expect(odd).toEqual([{ id: nameOfOdd(wrong) }])
      else expect([own.status, odd]).toEqual(['deleted', []])
    }),
    { numRuns: 100 },
  )
})

test.each([1, 60])('of %i people looked up by id in the recycle bin, the odd one is not called gone', async (count) => {
  const ids = Array.from({ length: count }, (_, n) => guid(n + 1))
  microsoft.answer(({ body }) => {
    const { requests } = JSON.parse(body) as { requests: { id: string; url: string }[] }
    const responses = requests.map(({ id, url }) => {
      const asked = url.split('/').pop() ?? ''
      if (!url.startsWith('/directory/')) return { id, status: 200, body: { value: [] } }
      return { id, status: 200, body: { id: asked, accountEnabled: asked === guid(1) ? 'odd' : false } }
    })
    return { json: { responses } }
  })
  const { people, odd } = await readPeople(account().azure, ids)
  expect(odd).toEqual([{ id: guid(1) }])
  expect([...people.keys()]).toEqual(ids.slice(1))
  for (const { status } of people.values()) expect(status).toBe('deleted')
})

const principal = (n: number) => ({ '@odata.type': '#microsoft.graph.user', id: guid(n), displayName: `Person ${n}` })
const scheduled = (n: number) => ({
  id: `${GROUP}_member_${guid(n)}`,
  principalId: guid(n),
  groupId: GROUP,
  accessId: 'member',
  principal: principal(n),
  endDateTime: '2099-01-01T00:00:00Z',
})

test('an activated membership that is odd stays the plain one that it is listed as, and the group is read in part', async () => {
  const activated = FIVE.map((n) => ({ ...scheduled(n), assignmentType: 'activated' }))
  const counts = { activated: 0, active: 0 }
  await fc.assert(
    fc.asyncProperty(oneSpoiled(activated), async ({ index, all }) => {
      graph((path) => {
        if (path.startsWith(`/groups/${GROUP}/members?`)) return FIVE.map(principal)
        if (path.includes('/eligibilityScheduleInstances')) return [scheduled(1)]
        return path.includes('/assignmentScheduleInstances') ? all : []
      })
      const { groups, odd } = await readGroups(account().azure, [GROUP], { asksEligible: true, asksActivated: true })
      const { members, state } = groups.get(GROUP) ?? { members: new Map(), state: 'none' }
      const held = new Map(
        [...members.values()].filter((one) => one.membership !== 'eligible').map((one) => [one.id, one]),
      )
      for (const id of FIVE.map(guid).toSpliced(index, 1)) expect(held.get(id)?.membership).toBe('activated')
      const own = held.get(guid(index + 1))?.membership as 'active' | 'activated'
      expect(Object.keys(counts)).toContain(own)
      counts[own] += 1
      if (odd.size > 0) expect([own, state]).toEqual(['active', 'partly'])
      else expect(state).toBe('whole')
    }),
    { numRuns: 150 },
  )
  expect(Math.min(counts.active, counts.activated)).toBeGreaterThan(0)
})

test.each([
  ['owners', `/groups/${GROUP}/owners?`],
  ['service principals that own it', `/groups/${GROUP}/owners/microsoft.graph.servicePrincipal?`],
])('of a group with many owners, one odd row among the %s is a gap, and the others are kept', async (_, list) => {
  const many = Array.from({ length: 20 }, (_, n) => principal(n + 1))
  const more = FIVE.map((n) => ({ id: guid(100 + n), displayName: `Owner ${n}`, servicePrincipalType: 'Application' }))
  await fc.assert(
    fc.asyncProperty(oneSpoiled(more), async ({ index, all }) => {
      graph((path) => {
        if (path.startsWith('/groups?')) return [{ id: GROUP, displayName: 'Many', owners: many }]
        return path.startsWith(list) ? all : []
      })
      const { groups, odd } = await readGroups(account().azure, [GROUP])
      const found = new Set([...(groups.get(GROUP)?.owners.values() ?? [])].map(({ id }) => id))
      const others = more.toSpliced(index, 1).map(({ id }) => id)
      for (const id of [...many.map(({ id }) => id), ...others]) expect(found.has(id)).toBe(true)
      const isRead = found.has(guid(101 + index))
      expect([...odd.keys()]).toEqual(isRead ? [] : ['owners'])
    }),
    { numRuns: 100 },
  )
})

test('a principal whose row is odd has no kind or the right one, and the others keep theirs', async () => {
  const objects = FIVE.map((n) => ({ '@odata.type': '#microsoft.graph.group', id: guid(n) }))
  await fc.assert(
    fc.asyncProperty(oneSpoiled(objects), async ({ index, wrong, all }) => {
      microsoft.answer(({ url, body }) => {
        if (url.pathname.endsWith('/getByIds')) return { json: { value: all } }
        const { requests } = JSON.parse(body) as { requests: { id: string }[] }
        return { json: { responses: requests.map(({ id }) => ({ id, status: 200, body: { value: [] } })) } }
      })
      const kinds = await resolveKinds(account().azure, FIVE.map(guid))
      for (const id of FIVE.map(guid).toSpliced(index, 1)) expect(kinds.get(id)?.kind).toBe('group')
      const isWhole = (Object(wrong) as { '@odata.type'?: unknown })['@odata.type'] === '#microsoft.graph.group'
      expect(kinds.has(guid(index + 1))).toBe(isWhole && idIn(wrong) === guid(index + 1))
    }),
    { numRuns: 150 },
  )
})

test('an entity of another subscription that is odd takes nothing from the management groups above this one', async () => {
  const entity = (name: string) => ({
    id: `/subscriptions/${name}`,
    name,
    properties: { parentNameChain: ['root', 'a'], parentDisplayNameChain: ['Root', 'A'] },
  })
  const entities = [entity(guid(1)), entity(SUBSCRIPTION), entity(guid(2))]
  const wanted = [
    { id: 'root', name: 'Root' },
    { id: 'a', name: 'A' },
  ]
  await fc.assert(
    fc.asyncProperty(oneSpoiled(entities), async ({ index, wrong, all }) => {
      microsoft.answer(() => ({ json: { value: all } }))
      const { rows, odd } = await readManagementGroups(account().azure, SUBSCRIPTION)
      if (index !== 1) expect({ rows, odd }).toEqual({ rows: wanted, odd: [] })
      else if (odd.length > 0) expect({ rows, odd }).toEqual({ rows: [], odd: [{ id: nameOfOdd(wrong) }] })
      else {
        const own = wrong as ReturnType<typeof entity>
        const links = own.name === SUBSCRIPTION ? (own.properties.parentNameChain ?? []) : []
        const ids = links.map((link) =>
          link && link.length > 1000 ? `${link.slice(0, 999)}…` : (link ?? '').replaceAll('\u0000', ''),
        )
        expect(rows.map(({ id }) => id)).toEqual(ids.filter((id) => id !== ''))
      }
    }),
    { numRuns: 200 },
  )
})
