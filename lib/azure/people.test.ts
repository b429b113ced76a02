import { afterAll, beforeAll, expect, test } from 'vitest'
import { standInAccount as account, pointAt, type Script, startStandIn } from '@/testing/stand-in'
import { canListUsers, readPeople } from './people'

const guid = (n: number) => `00000000-0000-4000-8000-${n.toString(16).padStart(12, '0')}`
const ids = (from: number, count: number) => Array.from({ length: count }, (_, n) => guid(from + n))

let microsoft: Awaited<ReturnType<typeof startStandIn>>
beforeAll(async () => {
  microsoft = await startStandIn()
  pointAt(microsoft.url)
})
afterAll(() => microsoft.close())

type User = { id: string; [property: string]: unknown }
type Directory = { users: User[]; deleted?: User[]; refuses?: 'users' | 'deleted' }

const user = (id: string, more: object = {}): User => ({
  id,
  displayName: `Person ${id.slice(-4)}`,
  userPrincipalName: `${id.slice(-4)}@contoso.example`,
  mail: null,
  userType: 'Member',
  accountEnabled: true,
  externalUserState: null,
  ...more,
})
const denied = { status: 403, body: { error: { code: 'Authorization_RequestDenied', message: 'x' } } }
const missing = { status: 404, body: { error: { code: 'Request_ResourceNotFound', message: 'x' } } }

/** As much of Graph as these reads need: filters by id, counting, paging and the recycle bin. */
function graph({ users, deleted = [], refuses }: Directory): Script {
  const byId = new Map(users.map((one) => [one.id, one]))
  const one = (address: string): { status: number; body: unknown } => {
    const url = new URL(address, 'https://graph.microsoft.com/v1.0/')
    const path = url.pathname.replace('/v1.0', '')
    if (path.startsWith('/users') && refuses === 'users') return denied
    if (path === '/users/$count') return { status: 200, body: users.length }
    if (path.startsWith('/users')) {
      const filter = url.searchParams.get('$filter')
      return filter ? listed(named(filter), url) : listed(users, url)
    }
    if (refuses === 'deleted') return denied
    const asked = path.split('/').pop()
    if (asked === 'microsoft.graph.user') return listed(deleted, url)
    const found = deleted.find(({ id }) => id === asked)
    return found ? { status: 200, body: found } : missing
  }
  const named = (filter: string) => [...filter.matchAll(/'([^']+)'/g)].flatMap(([, id]) => byId.get(id ?? '') ?? [])
  const listed = (all: User[], url: URL) => {
    const top = Number(url.searchParams.get('$top') ?? 100)
    const from = Number(url.searchParams.get('$skiptoken') ?? 0)
    const next = new URL(url)
    next.searchParams.set('$skiptoken', String(from + top))
    return {
      status: 200,
      body: {
        value: all.slice(from, from + top),
        ...(from + top < all.length ? { '@odata.nextLink': next.href } : {}),
      },
    }
  }
  return ({ url, body }) => {
    if (url.pathname === '/v1.0/$batch') {
      const { requests } = JSON.parse(body) as { requests: { id: string; url: string }[] }
      return {
        json: { responses: requests.map((request) => ({ id: request.id, ...one(`/v1.0${request.url}`) })).reverse() },
      }
    }
    const { status, body: json } = one(url.href)
    return { status, json }
  }
}

test('people of every status come with names and addresses, and each id is asked about once', async () => {
  const [active, guest, disabled, invited, bare, deleted, forgotten] = ids(1, 7)
  microsoft.answer(
    graph({
      users: [
        user(active ?? '', { id: active?.toUpperCase(), mail: 'ada@contoso.example' }),
        user(guest ?? '', { userType: 'Guest', externalUserState: 'Accepted' }),
        user(disabled ?? '', { accountEnabled: false, externalUserState: 'PendingAcceptance' }),
        user(invited ?? '', { userType: 'Guest', externalUserState: 'PendingAcceptance' }),
        {
          id: bare ?? '',
          displayName: null,
          userPrincipalName: null,
          mail: null,
          userType: null,
          accountEnabled: null,
        },
      ].map((one) => ({ ...one, id: one.id.toLowerCase() })),
      deleted: [
        user(deleted ?? '', {
          userPrincipalName: `${deleted?.replaceAll('-', '')}grace@contoso.example`,
          accountEnabled: false,
        }),
      ],
    }),
  )
  const heard: [number, number][] = []
  const { azure, meter } = account()
  const { people, refused } = await readPeople(azure, [...ids(1, 7), ...ids(1, 7).map((id) => id.toUpperCase())], {
    onProgress: (...counts) => heard.push(counts),
  })

  expect(refused).toBeNull()
  expect([...people.keys()].sort()).toEqual(ids(1, 7))
  expect(people.get(active ?? '')).toEqual({
    id: active,
    name: 'Person 0001',
    email: 'ada@contoso.example',
    emailSource: 'mail',
    userPrincipalName: '0001@contoso.example',
    guest: false,
    status: 'active',
  })
  expect(people.get(guest ?? '')).toMatchObject({ guest: true, status: 'active', email: '0002@contoso.example' })
  expect(people.get(disabled ?? '')).toMatchObject({ status: 'disabled' })
  expect(people.get(invited ?? '')).toMatchObject({ guest: true, status: 'invited' })
  expect(people.get(bare ?? '')).toMatchObject({ name: null, email: null, status: 'active' })
  expect(people.get(deleted ?? '')).toMatchObject({
    name: 'Person 0006',
    email: 'grace@contoso.example',
    status: 'deleted',
  })
  expect(people.get(forgotten ?? '')).toEqual({
    id: forgotten,
    name: null,
    email: null,
    emailSource: null,
    userPrincipalName: null,
    guest: false,
    status: 'not_found',
  })
  expect(heard.at(-1)).toEqual([7, 7])
  expect(meter.calls).toBe(2)
})

test.each([
  { wanted: 0, directory: 10, calls: 0 },
  { wanted: 1, directory: 10, calls: 1 },
  { wanted: 300, directory: 100_000, calls: 1 },
  { wanted: 2500, directory: 2600, calls: 4 }, // the first batch, then the directory in three pages
  { wanted: 2500, directory: 100_000, calls: 9 }, // batches only
  { wanted: 5000, directory: 5000, calls: 7 },
])('$wanted people of $directory cost $calls calls', async ({ wanted, directory, calls }) => {
  microsoft.answer(graph({ users: ids(1, directory).map((id) => ({ id })) }))
  const { azure, meter } = account()
  const { people } = await readPeople(azure, ids(1, wanted))
  expect(people.size).toBe(wanted)
  expect([...people.values()].every(({ status }) => status === 'active')).toBe(true)
  expect(meter).toMatchObject({ calls, retries: 0 })
})

test('reading the directory stops as soon as nobody is missing', async () => {
  microsoft.answer(graph({ users: ids(1, 3900).map((id) => ({ id })) }))
  const { azure, meter } = account()
  expect((await readPeople(azure, ids(1, 1900))).people.size).toBe(1900)
  expect(meter.calls).toBe(3)
})

test.each([60, 61, 1200])('%i people who are gone are found in the recycle bin', async (gone) => {
  const deleted = ids(10_000, gone).map((id) => user(id))
  microsoft.answer(graph({ users: ids(1, 20).map((id) => user(id)), deleted }))
  const { azure, meter } = account()
  const { people } = await readPeople(azure, [...ids(1, 20), ...ids(10_000, gone), guid(99_999)])
  expect(people.size).toBe(21 + gone)
  expect(deleted.every(({ id }) => people.get(id)?.status === 'deleted' && people.get(id)?.name)).toBe(true)
  expect(people.get(guid(99_999))).toMatchObject({ name: null, status: 'not_found' })
  expect(meter.calls).toBeLessThanOrEqual(8)
})

test('an account that may not list users claims nothing about anyone', async () => {
  for (const count of [5, 900]) {
    microsoft.answer(graph({ users: ids(1, count).map((id) => user(id)), refuses: 'users' }))
    expect(await readPeople(account().azure, ids(1, count))).toMatchObject({
      people: new Map(),
      refused: { refusal: { status: 403, request: 'users' } },
      binRefused: { refusal: { status: 403 } },
    })
  }
  expect(await canListUsers(account().azure)).toBe(false)
})

test('an account that may not see the recycle bin still knows who is gone, and says that it could not look there', async () => {
  for (const count of [5, 80]) {
    microsoft.answer(graph({ users: [], deleted: ids(1, count).map((id) => user(id)), refuses: 'deleted' }))
    const { people, refused, binRefused } = await readPeople(account().azure, ids(1, count))
    expect(refused).toBeNull()
    expect(binRefused).toMatchObject({ refusal: { status: 403, request: 'directory/deletedItems' } })
    expect([...people.values()].every(({ name, status }) => name === null && status === 'not_found')).toBe(true)
  }
})

test('names that a database would refuse are cleaned', async () => {
  const names = ['NUL\u0000 inside', 'half \ud83d a pair', 'x'.repeat(5000), '\u0000', '😀'.repeat(3000)]
  microsoft.answer(graph({ users: names.map((displayName, n) => user(guid(n + 1), { displayName })) }))
  const { people } = await readPeople(account().azure, ids(1, names.length))
  expect([...people.values()].map(({ name }) => name)).toEqual([
    'NUL inside',
    'half \ufffd a pair',
    `${'x'.repeat(999)}…`,
    null,
    `${'😀'.repeat(999)}…`,
  ])
})

test('a directory whose number of users cannot be read is read in batches', async () => {
  const script = graph({ users: ids(1, 700).map((id) => user(id)) })
  microsoft.answer(async (asked, response) => {
    const reply = await script(asked, response)
    return (
      reply && {
        ...reply,
        json: JSON.parse(JSON.stringify(reply.json).replace('"body":700', '"body":"many"')) as unknown,
      }
    )
  })
  const { azure, meter } = account()
  expect((await readPeople(azure, ids(1, 700))).people.size).toBe(700)
  expect(meter.calls).toBe(3)
})

test('of those whom the directory knew it is asked a second time, and of nobody else', async () => {
  const script = graph({ users: ids(1, 4).map((id) => user(id)) })
  let asked = 0
  microsoft.answer((one, response) => {
    asked += 1
    // A replica of the directory that does not have the third and the fourth yet.
    return asked === 1 ? graph({ users: ids(1, 2).map((id) => user(id)) })(one, response) : script(one, response)
  })
  const heard: string[][] = []
  const wasKnown = async (missing: string[]) => {
    heard.push(missing)
    return new Set([guid(3), guid(5)])
  }
  const { people } = await readPeople(account().azure, ids(1, 5), { wasKnown })
  expect(heard).toEqual([[guid(3), guid(4), guid(5)]])
  expect([...people.values()].map(({ id, status }) => [id, status]).sort()).toEqual([
    [guid(1), 'active'],
    [guid(2), 'active'],
    [guid(3), 'active'],
    [guid(4), 'not_found'],
    [guid(5), 'not_found'],
  ])
  const second = JSON.parse(microsoft.asked[1]?.body ?? '') as { requests: { url: string }[] }
  expect(second.requests.map(({ url }) => url.includes(guid(4)))).toEqual([false])
})

test('whoever is known already is not asked about again, and nobody asks when nobody is missing', async () => {
  microsoft.answer(graph({ users: [user(guid(2))] }))
  const first = await readPeople(account().azure, [guid(2)])
  const { azure, meter } = account()
  const wasKnown = () => Promise.reject(new Error('Nobody is missing.'))
  const { people } = await readPeople(azure, [guid(2)], { known: first.people, wasKnown })
  expect(people).toEqual(first.people)
  expect(meter.calls).toBe(0)
})

test('a guest in the recycle bin has the address that is inside the name', async () => {
  const id = guid(6)
  const userPrincipalName = `${id.replaceAll('-', '')}ada_fabrikam.example#EXT#@contoso.example`
  microsoft.answer(graph({ users: [], deleted: [user(id, { userPrincipalName, userType: 'Guest' })] }))
  const { people } = await readPeople(account().azure, [id])
  expect(people.get(id)).toMatchObject({
    status: 'deleted',
    guest: true,
    email: 'ada@fabrikam.example',
    emailSource: 'decoded',
    userPrincipalName: 'ada_fabrikam.example#EXT#@contoso.example',
  })
})

test('the other addresses are asked for, alone and with the whole directory', async () => {
  microsoft.answer(graph({ users: ids(1, 1900).map((id) => user(id)) }))
  await readPeople(account().azure, ids(1, 1900))
  const asked = microsoft.asked.map(({ url, body }) => `${url.search}${body}`)
  expect(asked.some((one) => one.includes('requests'))).toBe(true)
  expect(asked.every((one) => one.includes('otherMails'))).toBe(true)
})
