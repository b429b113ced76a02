import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { applyChange } from '../world/changes'
import { startControlSandbox } from './start-control-sandbox'

let controlled: Awaited<ReturnType<typeof startControlSandbox>>
beforeAll(async () => {
  controlled = await startControlSandbox()
  applyChange(controlled.sandbox.world, { type: 'set_page_size', tenantId: controlled.made.tenantId, pageSize: 10 })
})
beforeEach(() => controlled.control('DELETE', '/faults'))
afterAll(() => controlled.sandbox.close())

const LISTS = [
  ['Graph', 'graph.microsoft.com', '/users$', '@odata.nextLink'],
  ['ARM', 'management.azure.com', 'roleAssignments$', 'nextLink'],
] as const

const addressOf = (name: string) => (name === 'Graph' ? controlled.users : controlled.assignments)

test.each(LISTS)(
  'a next link of %s can lead to another host, behind a user name, to itself or to an earlier page',
  async (name, host, path, linkName) => {
    const linkOf = async (address: string) => String((await controlled.ask(address)).json[linkName])
    const address = addressOf(name)
    const second = await linkOf(address)
    const to = async (nextLink: unknown) => {
      await controlled.put([{ match: { host, path }, nextLink }])
      return linkOf(second)
    }
    expect(new URL(await to({ to: 'otherHost' })).hostname).toBe(`${host}.attacker.example`)
    const disguised = new URL(await to({ to: 'userinfo' }))
    expect([disguised.username, disguised.hostname]).toEqual([host, 'attacker.example'])
    expect(new URL(await to({ to: 'self' })).href).toBe(new URL(second).href)
    const earlier = await to({ to: 'earlier' })
    expect([...new URL(earlier).searchParams].sort()).toEqual([...new URL(address).searchParams].sort())
    expect(await to('https://any.example/')).toBe('https://any.example/')
    expect(await controlled.pages(earlier, 1)).toHaveLength(1)
    expect(await controlled.faults()).toMatchObject([{ fired: 2 }])
  },
)

test.each(LISTS)('a list of %s that leads back to an earlier page never ends', async (name, host, path) => {
  await controlled.put([{ match: { host, path }, nth: [2, 4], nextLink: { to: 'earlier' } }])
  const [first, second, third, fourth] = await controlled.pages(addressOf(name), 4)
  expect([third, fourth]).toEqual([first, second])
})

test.each(LISTS)(
  'the last rows of a page of %s can be repeated at the beginning of the next',
  async (name, host, path) => {
    const [one = [], two = [], three = []] = await controlled.pages(addressOf(name))
    await controlled.put([{ match: { host, path }, duplicateRows: 2 }])
    expect((await controlled.pages(addressOf(name))).slice(0, 3)).toEqual([
      one,
      [...one.slice(-2), ...two],
      [...two.slice(-2), ...three],
    ])
    const [{ seen = 0, fired = 0 } = {}] = await controlled.faults()
    expect([seen > 2, fired]).toEqual([true, seen - 1])
  },
)

test.each(LISTS)('an empty page of %s in the middle loses nothing', async (name, host, path) => {
  const pages = await controlled.pages(addressOf(name))
  await controlled.put([{ match: { host, path }, nth: 2, emptyPage: true }])
  expect(await controlled.pages(addressOf(name))).toEqual(pages.toSpliced(1, 0, []))
  await controlled.put([{ match: { host, path }, emptyPage: true }])
  expect(await controlled.pages(addressOf(name))).toEqual(pages.flatMap((page) => [[], page]))
  expect(await controlled.faults()).toMatchObject([{ seen: pages.length, fired: pages.length }])
})

test('the rows of a page can be reversed', async () => {
  const [page = []] = await controlled.pages(controlled.users, 1)
  await controlled.put([{ match: { path: '/users$' }, reorder: true }])
  expect(await controlled.pages(controlled.users, 1)).toEqual([page.toReversed()])
})

type Row = Record<string, unknown> & { id: string; properties: Record<string, unknown> }

/** The rows of every page of a list. */
async function readRows(address: string): Promise<Row[]> {
  const rows: Row[] = []
  for (let next: string | undefined = address; next !== undefined; ) {
    const { json } = await controlled.ask(next)
    rows.push(...(json.value as Row[]))
    next = (json.nextLink ?? json['@odata.nextLink']) as string | undefined
  }
  return rows
}

test('a field is set in every n-th row of a list, counted through its pages', async () => {
  const clean = await readRows(controlled.assignments)
  const field = 'properties.principalType'
  await controlled.put([{ match: { path: 'roleAssignments$' }, setField: { path: field, value: null, everyNth: 14 } }])
  const odd = clean.map((row, index) =>
    index % 14 === 13 ? { ...row, properties: { ...row.properties, principalType: null } } : row,
  )
  expect(odd.filter(({ properties }) => properties.principalType === null)).toHaveLength(2)
  expect(await readRows(controlled.assignments)).toEqual(odd)
  expect(await readRows(controlled.assignments)).toEqual(odd)
})

test('a field is deleted in a list of Graph, also in the items of a batch', async () => {
  const address = 'https://graph.microsoft.com/v1.0/users?$select=id,mail'
  const clean = await readRows(address)
  await controlled.put([{ match: { path: '/users$' }, setField: { path: 'mail', remove: true, everyNth: 2 } }])
  const withoutMail = clean.filter((_, index) => index % 2 === 1).map(({ mail: _, ...row }) => row)
  expect((await readRows(address)).filter((row) => !('mail' in row))).toEqual(withoutMail)
  const { json } = await controlled.batch(['/users?$select=id,mail', '/organization'])
  const bodies = (json.responses as { id: string; body: { value: Row[] } }[]).sort((a, b) => (a.id < b.id ? -1 : 1))
  expect(bodies[0]?.body.value.map((row) => 'mail' in row)).toEqual(
    clean.slice(0, 10).map((_, index) => index % 2 === 0),
  )
  expect(bodies[1]?.body.value[0]).toHaveProperty('displayName')
})

test('an item of an array can be set, and rows without the way to a field stay as they are', async () => {
  const roles = controlled.assignments.replace('roleAssignments', 'roleDefinitions')
  await controlled.put([
    { match: { path: 'roleDefinitions$' }, setField: { path: 'properties.permissions.0.actions', value: 'all' } },
  ])
  const [role] = await readRows(roles)
  expect(role?.properties.permissions).toMatchObject([{ actions: 'all' }])
  await controlled.put([{ match: { path: 'roleAssignments$' }, setField: { path: 'properties.none.deep', value: 1 } }])
  await readRows(controlled.assignments)
  expect(await controlled.faults()).toMatchObject([{ fired: 0 }])
})

test.each([
  [{ path: 'id' }, 'lacks a value, or remove: true'],
  [{ path: 'id', value: 1, remove: true }, 'has a value or remove, not both'],
  [{ path: 'a..b', value: 1 }, 'is no path of field names with dots between them'],
])('a field to set of %j is refused: %s', async (setField, error) => {
  const { status, json } = await controlled.control('PUT', '/faults', [{ setField }])
  expect([status, (json as { error: string }).error]).toEqual([400, expect.stringContaining(error)])
})

const EXPIRED = { Graph: 'Directory_ExpiredPageToken', ARM: 'InvalidSkipToken' }

test.each(LISTS)(
  'a page token of %s that expired stays expired, and the list can be read anew',
  async (name, host, path, link) => {
    const address = addressOf(name)
    const clean = await controlled.pages(address)
    await controlled.put([{ match: { host, path }, times: 1, expirePageToken: true }])
    const second = String((await controlled.ask(address)).json[link])
    for (const attempt of [1, 2]) {
      const { status, json } = await controlled.ask(second)
      expect([attempt, status, json]).toMatchObject([attempt, 400, { error: { code: EXPIRED[name] } }])
    }
    expect(await controlled.pages(address)).toEqual(clean)
    expect(await controlled.faults()).toMatchObject([{ seen: clean.length, fired: 1 }])
  },
)

test.each(LISTS)(
  'without a number of times every page token of %s is refused, and first pages are not',
  async (name, host, path, link) => {
    await controlled.put([{ match: { host, path }, expirePageToken: true }])
    for (const attempt of [1, 2]) {
      const { status, json } = await controlled.ask(addressOf(name))
      expect([attempt, status]).toEqual([attempt, 200])
      expect((await controlled.ask(String(json[link]))).status).toBe(400)
    }
    expect(await controlled.faults()).toMatchObject([{ seen: 2, fired: 2 }])
  },
)

test('random faults can expire page tokens', async () => {
  await controlled.control('PUT', '/faults', { seed: 1, rate: 1, kinds: ['expiredPageToken'] })
  const { status, json } = await controlled.ask(controlled.users)
  const next = await controlled.ask(String(json['@odata.nextLink']))
  expect([status, next.status]).toEqual([200, 400])
})

test('a rule about lists does not count as fired for an answer without a list', async () => {
  await controlled.put([{ match: { host: 'graph.microsoft.com' }, nextLink: { to: 'self' } }])
  expect((await controlled.ask('https://graph.microsoft.com/v1.0/me')).json).not.toHaveProperty('@odata.nextLink')
  expect(await controlled.faults()).toMatchObject([{ seen: 1, fired: 0 }])
})
