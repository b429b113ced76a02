import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { spoiled } from '@/testing/spoiled-row'
import { standInAccount as account, pointAt, startStandIn } from '@/testing/stand-in'
import type { OddRow } from './client/rows'
import { readGroups } from './groups'
import { readSignIns } from './last-sign-ins'
import { readMembershipsOfPeople } from './memberships-of-people'
import { readPeople } from './people'
import { readServicePrincipals } from './service-principals'

const guid = (n: number) => `00000000-0000-4000-8000-${n.toString(16).padStart(12, '0')}`
const GROUP = guid(500)
const FIVE = [1, 2, 3, 4, 5]

let microsoft: Awaited<ReturnType<typeof startStandIn>>
beforeAll(async () => {
  microsoft = await startStandIn()
  pointAt(microsoft.url)
})
afterAll(() => microsoft.close())

type Item = { status?: number; rows?: unknown[]; nextLink?: string }

/** Lets Graph answer each GET, alone or inside a batch, by its decoded path and query. What has no answer is an empty list, and nothing is deleted. */
function graph(answer: (address: string) => Item | undefined): void {
  const bodyOf = ({ status = 200, rows = [], nextLink }: Item) =>
    status === 200
      ? { value: rows, ...(nextLink ? { '@odata.nextLink': `https://graph.microsoft.com/v1.0${nextLink}` } : {}) }
      : { error: { code: status === 404 ? 'Request_ResourceNotFound' : 'Refused', message: 'x' } }
  const answerOne = (address: string): Item =>
    answer(decodeURIComponent(address.replace(/\+/g, ' '))) ??
    (address.startsWith('/directory/deletedItems/') ? { status: 404 } : {})
  microsoft.answer(({ url, body }) => {
    if (!url.pathname.endsWith('/$batch')) {
      const one = answerOne(url.pathname.replace('/v1.0', '') + url.search)
      return { status: one.status ?? 200, json: bodyOf(one) }
    }
    const { requests } = JSON.parse(body) as { requests: { id: string; url: string }[] }
    const responses = requests.map(({ id, url: address }) => {
      const one = answerOne(address)
      return { id, status: one.status ?? 200, body: bodyOf(one) }
    })
    return { json: { responses } }
  })
}

/** What a reader of a list makes of it: what it knows of each row, and which rows it sets aside. */
type Outcome = { known: Map<string, unknown>; odd: OddRow[] | null }
type List = { name: string; path: string; row: (n: number) => object; read: () => Promise<Outcome> }

const user = (n: number) => ({
  id: guid(n),
  displayName: `Person ${n}`,
  userPrincipalName: `p${n}@contoso.example`,
  mail: `p${n}@mail.example`,
  userType: 'Member',
  accountEnabled: true,
  externalUserState: 'Accepted',
  otherMails: ['x@y.example'],
})
const service = (n: number) => ({
  id: guid(n),
  displayName: `Service ${n}`,
  servicePrincipalType: 'Application',
  appOwnerOrganizationId: guid(90),
  appId: guid(91),
})
const readGroup = async () => {
  const read = await readGroups(account().azure, [GROUP], { asksEligible: true })
  const group = read.groups.get(GROUP)
  if (!group) throw new Error('The group was not read.')
  return { ...read, group }
}
const byId = <One extends { id: string }>(some: Iterable<One>) => new Map([...some].map((one) => [one.id, one]))
const readMembers = async (): Promise<Outcome> => {
  const { group, odd } = await readGroup()
  expect(group.state).toBe(odd.size > 0 ? 'partly' : 'whole')
  return { known: byId(group.members.values()), odd: [...odd.values()].flatMap((groups) => groups.get(GROUP) ?? []) }
}

const LISTS: List[] = [
  {
    name: 'users',
    path: '/users?',
    row: user,
    async read() {
      const { people, odd } = await readPeople(account().azure, FIVE.map(guid))
      return { known: people, odd }
    },
  },
  {
    name: 'service principals',
    path: '/servicePrincipals?',
    row: service,
    async read() {
      const { found, odd } = await readServicePrincipals(account().azure, FIVE.map(guid))
      return { known: found, odd }
    },
  },
  {
    name: 'members of a group',
    path: `/groups/${GROUP}/members?`,
    row: (n) => ({ '@odata.type': '#microsoft.graph.user', ...user(n) }),
    read: readMembers,
  },
  {
    name: 'service principals of a group',
    path: `/groups/${GROUP}/members/microsoft.graph.servicePrincipal`,
    row: service,
    read: readMembers,
  },
  {
    name: 'eligible members of a group',
    path: '/identityGovernance/privilegedAccess/group/eligibilityScheduleInstances',
    row: (n) => ({
      id: `${GROUP}_member_${guid(n)}`,
      principalId: guid(n),
      groupId: GROUP,
      accessId: 'member',
      principal: { '@odata.type': '#microsoft.graph.user', id: guid(n), displayName: 'Ada' },
      endDateTime: '2099-01-01T00:00:00Z',
      memberType: 'direct',
    }),
    read: readMembers,
  },
]

const namesOf = (value: unknown) => (Object(value) as { id?: unknown }).id

describe.each(LISTS)('$name', ({ path, row, read }) => {
  const rows = FIVE.map(row)
  const answering = (some: unknown[]) => graph((address) => (address.startsWith(path) ? { rows: some } : undefined))

  test('any one row with anything wrong in it leaves all others, and is tolerated or set aside', async () => {
    answering(rows)
    const whole = await read()
    expect(whole.odd).toEqual([])
    expect([...whole.known.keys()]).toEqual(FIVE.map(guid))
    const counts = { odd: 0, tolerated: 0 }
    const anywhere = fc.nat(4).chain((index) => spoiled(rows[index]).map((wrong) => ({ index, wrong })))
    await fc.assert(
      fc.asyncProperty(anywhere, async ({ index, wrong }) => {
        answering(rows.with(index, wrong as object))
        const { known, odd } = await read()
        for (const id of FIVE.map(guid).toSpliced(index, 1)) expect(known.get(id)).toEqual(whole.known.get(id))
        if (odd?.length === 0) {
          counts.tolerated += 1
          expect(known.has(guid(index + 1))).toBe(true)
        } else {
          counts.odd += 1
          expect(odd).toHaveLength(1)
          expect(known.has(guid(index + 1))).toBe(false)
          if (namesOf(wrong) === namesOf(rows[index])) expect(odd).toEqual([{ id: namesOf(wrong) }])
        }
      }),
      { numRuns: 150 },
    )
    expect(counts.odd).toBeGreaterThan(0)
    expect(counts.tolerated).toBeGreaterThan(0)
  })

  test('when no row can be understood nothing is claimed about anyone', async () => {
    answering(rows.map((one) => ({ ...one, id: 7, principalId: 7 })))
    const { known, odd } = await read()
    expect(known.size).toBe(0)
    expect(odd).toHaveLength(5)
  })

  test('a page token that has expired begins the list again, once, and nobody is lost or read twice', async () => {
    const later = `${path.replace('?', '')}?page=`.replace(/^\/(users|servicePrincipals)\?/, '/$1?')
    const pages = (refusals: number, status: number) => {
      const asked: string[] = []
      let refused = 0
      graph((address) => {
        const page = address.startsWith(later) && new URLSearchParams(address.split('?')[1]).get('page')
        if (!page && !address.startsWith(path)) return undefined
        asked.push(page || '1')
        if (!page) return { rows: rows.slice(0, 2), nextLink: `${later}2` }
        if (page === '2') return { rows: rows.slice(2, 3), nextLink: `${later}3` }
        refused += 1
        return refused <= refusals ? { status } : { rows: rows.slice(3) }
      })
      return asked
    }
    for (const status of [400, 404, 410]) {
      const asked = pages(1, status)
      const { known, odd } = await read()
      expect([...known.keys()].sort()).toEqual(FIVE.map(guid))
      expect(odd).toEqual([])
      expect(asked).toEqual(['1', '2', '3', '1', '2', '3'])
    }
  })
})

test('a page token that expires a second time is a refusal of that list, and never a shorter list', async () => {
  const expiring = (path: string, row: (n: number) => object) =>
    graph((address) => {
      if (!address.startsWith(path)) return undefined
      return address.includes('page=')
        ? { status: 400 }
        : { rows: FIVE.map(row), nextLink: `${path.replace(/\?$/, '')}?page=2` }
    })
  expiring('/users?', user)
  expect(await readPeople(account().azure, FIVE.map(guid))).toMatchObject({
    people: new Map(),
    refused: { refusal: { status: 400, microsoftCode: 'Refused' } },
  })
  expiring('/servicePrincipals?', service)
  expect(await readServicePrincipals(account().azure, FIVE.map(guid))).toMatchObject({
    found: new Map(),
    refused: { refusal: { status: 400 } },
  })
  expiring(`/groups/${GROUP}/members?`, user)
  const { group, refusals } = await readGroup()
  expect(group).toMatchObject({ state: 'not_readable', members: new Map() })
  expect(refusals.get('members')).toMatchObject({ groups: new Set([GROUP]), first: { refusal: { status: 400 } } })
})

test('an odd owner is a gap in the owners of that group alone, and the others are kept', async () => {
  const other = guid(501)
  const owner = (n: number) => ({ '@odata.type': '#microsoft.graph.user', id: guid(n), displayName: `Owner ${n}` })
  const owners = FIVE.map(owner)
  const anywhere = fc.nat(4).chain((index) => spoiled(owners[index]).map((wrong) => ({ index, wrong })))
  await fc.assert(
    fc.asyncProperty(anywhere, async ({ index, wrong }) => {
      graph((address) =>
        address.startsWith('/groups?')
          ? {
              rows: [
                { id: GROUP, displayName: 'First', owners: owners.with(index, wrong as (typeof owners)[0]) },
                { id: other, displayName: 'Second', owners: owners.slice(0, 2) },
              ],
            }
          : undefined,
      )
      const read = await readGroups(account().azure, [GROUP, other])
      expect([...read.groups.values()].map(({ name }) => name)).toEqual(['First', 'Second'])
      expect([...(read.groups.get(other)?.owners.values() ?? [])].map(({ id }) => id)).toEqual([guid(1), guid(2)])
      const found = [...(read.groups.get(GROUP)?.owners.values() ?? [])].map(({ id }) => id)
      expect(found).toEqual(expect.arrayContaining(FIVE.map(guid).toSpliced(index, 1)))
      const odd = read.odd.get('owners')
      if (found.length === 5) expect(odd).toBeUndefined()
      else expect([...(odd?.keys() ?? [])]).toEqual([GROUP])
      expect(read.groups.get(GROUP)?.state).toBe('whole')
    }),
    { numRuns: 150 },
  )
})

test.each([
  ['leaves a group out', []],
  ['names it by no id', [{ id: 'x', displayName: 'First', owners: [] }]],
  ['has no list of owners', [{ id: GROUP, displayName: 'First', owners: 7 }]],
])('an answer about names that %s does not say that the group has no owners', async (_, rows) => {
  graph((address) => (address.startsWith('/groups?') ? { rows } : undefined))
  const { group, refusals } = await readGroup()
  expect(group.owners.size).toBe(0)
  expect(refusals.get('owners')).toMatchObject({ groups: new Set([GROUP]), first: { code: 'bad_answer' } })
})

test('a sign-in that cannot be understood is not taken for no sign-in at all', async () => {
  const row = (n: number) => ({
    id: guid(n),
    signInActivity: {
      lastSignInDateTime: '2026-01-01T00:00:00Z',
      lastSuccessfulSignInDateTime: '2026-01-02T00:00:00Z',
    },
  })
  const rows = FIVE.map(row)
  const anywhere = fc.nat(4).chain((index) => spoiled(rows[index]).map((wrong) => ({ index, wrong })))
  await fc.assert(
    fc.asyncProperty(anywhere, async ({ index, wrong }) => {
      graph(() => ({ rows: rows.with(index, wrong as (typeof rows)[0]) }))
      const { at, odd } = await readSignIns(account().azure, FIVE.map(guid))
      for (const id of FIVE.map(guid).toSpliced(index, 1)) expect(at.get(id)).toEqual(new Date('2026-01-02T00:00:00Z'))
      const activity = (Object(wrong) as { signInActivity?: unknown }).signInActivity
      const isAbsent =
        activity === null ||
        activity === undefined ||
        JSON.stringify(activity) === '{"x":1}' ||
        JSON.stringify(activity) === '{}'
      if (!at.has(guid(index + 1)) && !(isAbsent && namesOf(wrong) === guid(index + 1))) expect(odd).toHaveLength(1)
    }),
    { numRuns: 150 },
  )
})

test('a membership that cannot be understood makes nobody else’s unknown, and its person is named', async () => {
  const memberships = [{ id: GROUP }, { id: guid(501) }]
  graph((address) => {
    if (address.startsWith('/users?')) return { rows: [user(1), user(2)] }
    return { rows: address.startsWith(`/users/${guid(1)}/`) ? [{ id: 7 }, ...memberships] : memberships }
  })
  const read = await readMembershipsOfPeople(account().azure, new Set([GROUP]))
  expect(read.membersOf.get(GROUP)).toEqual(new Set([guid(1), guid(2)]))
  expect(read.odd).toEqual([{ id: guid(1) }])
})

test.each([null, 'not an id', 7])(
  'a user whose id is %j may be anybody, so that nobody is called not found',
  async (id) => {
    graph((address) => (address.startsWith('/users?') ? { rows: [user(1), { ...user(2), id }] } : { status: 404 }))
    const { people, odd } = await readPeople(account().azure, [guid(1), guid(2), guid(3)])
    expect([...people.keys()]).toEqual([guid(1)])
    expect(odd).toHaveLength(1)
  },
)

test('a user whose row is odd is not called not found, and others who are missing are', async () => {
  graph((address) =>
    address.startsWith('/users?') ? { rows: [{ ...user(2), accountEnabled: 'yes' }] } : { status: 404 },
  )
  const { people, odd } = await readPeople(account().azure, [guid(2), guid(3)])
  expect(odd).toEqual([{ id: guid(2) }])
  expect([...people.values()]).toMatchObject([{ id: guid(3), status: 'not_found' }])
})

test.each([400, 404, 410])(
  'a later page of memberships refused with %i begins them again, once, and then fails them',
  async (status) => {
    const pages = (refusals: number) => {
      let refused = 0
      graph((address) => {
        if (address.startsWith('/users?')) return { rows: [user(1)] }
        const list = `/users/${guid(1)}/transitiveMemberOf`
        if (!address.includes('page=2')) return { rows: [{ id: guid(501) }], nextLink: `${list}?page=2` }
        refused += 1
        return refused <= refusals ? { status } : { rows: [{ id: GROUP }] }
      })
      return readMembershipsOfPeople(account().azure, new Set([GROUP, guid(501)]))
    }
    const { membersOf } = await pages(1)
    expect([...membersOf.values()]).toEqual([new Set([guid(1)]), new Set([guid(1)])])
    await expect(pages(2)).rejects.toMatchObject({ status })
  },
)

test('a person who has left the directory since it was listed is in no group, and fails nothing', async () => {
  graph((address) => {
    if (address.startsWith('/users?')) return { rows: [user(1), user(2)] }
    return address.startsWith(`/users/${guid(1)}/`) ? { status: 404 } : { rows: [{ id: GROUP }] }
  })
  const { membersOf, odd } = await readMembershipsOfPeople(account().azure, new Set([GROUP]))
  expect([membersOf.get(GROUP), odd]).toEqual([new Set([guid(2)]), []])
})
