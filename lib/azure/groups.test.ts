import { afterAll, beforeAll, expect, test } from 'vitest'
import { startSandbox } from '@/sandbox/server'
import { makeTenant } from '@/sandbox/world/make-tenant'
import type { TenantSpec } from '@/sandbox/world/tenant-spec'
import type { Tenant } from '@/sandbox/world/types'
import { azureAs } from '@/testing/azure-as'
import { pointAt } from '@/testing/stand-in'
import type { CallCount } from './client/batch'
import { callsForFirstLevel, countUsers, MOST_CALLS, planGroups } from './group-plan'
import { readGroups } from './groups'
import { readSignIns } from './last-sign-ins'
import { readMembershipsOfPeople } from './memberships-of-people'
import { readServicePrincipals } from './service-principals'

let sandbox: Awaited<ReturnType<typeof startSandbox>>
beforeAll(async () => {
  sandbox = await startSandbox({ port: 0, portalUrl: 'http://localhost:3000' })
  pointAt(sandbox.url)
})
afterAll(() => sandbox.close())

/** A directory of the test's own, read by someone who may read all of it. */
function directory(spec: TenantSpec) {
  const { world } = sandbox
  const made = makeTenant(world, { assignments: 0, ...spec })
  const tenant = world.findTenant(made.tenantId)
  const reader = made.accounts.find(({ kind }) => kind === 'owner')
  if (!tenant || !reader) throw new Error('The tenant was not made.')
  return { tenant, world, ids: tenant.groups.list().map(({ id }) => id), ...azureAs(world, tenant.id, reader.objectId) }
}

/** What the world says a group holds, as `kind id`. */
function membersIn(tenant: Tenant, groupId: string): string[] {
  const kindOf = (id: string) => {
    if (tenant.groups.has(id)) return 'group'
    if (tenant.users.has(id)) return 'user'
    return tenant.servicePrincipals.has(id) ? 'service_principal' : 'device'
  }
  return [...tenant.memberships.membersOf(groupId)].map((id) => `${kindOf(id)} ${id}`).sort()
}

const SHAPES: [string, TenantSpec][] = [
  ['one small group', { people: 5, groups: { count: 1, size: 3 } }],
  ['groups in groups', { people: 30, groups: { count: 25, size: 4, depth: 4 } }],
  ['rings', { people: 12, groups: { count: 9, size: 3, depth: 2, cycles: 3 } }],
  ['more groups than one call holds', { people: 40, groups: { count: 70, size: 2, depth: 1 } }],
  [
    'long lists in many pages',
    { people: 60, groups: { count: 6, sizes: { min: 0, max: 30 }, largest: 60 }, pageSize: { members: 7 } },
  ],
  ['people, programs and devices', { people: 10, groups: 8, servicePrincipals: 4, devices: 3 }],
]

test.each(SHAPES)(
  '%s: names, direct members and people are those of the directory, in as many calls as were expected',
  async (_, spec) => {
    const { tenant, ids, azure, meter } = directory(spec)
    const plan: CallCount = { predicted: callsForFirstLevel(ids.length), made: 0 }
    const { groups, people } = await readGroups(azure, ids, { plan })
    for (const id of ids) {
      const group = groups.get(id)
      expect(group).toMatchObject({ name: tenant.groups.get(id)?.displayName, state: 'whole' })
      expect([...(group?.members.values() ?? [])].map((member) => `${member.kind} ${member.id}`).sort()).toEqual(
        membersIn(tenant, id),
      )
    }
    for (const person of people.values()) {
      const user = tenant.users.get(person.id)
      expect(person).toMatchObject({
        name: user?.displayName,
        status: user?.accountEnabled ? expect.anything() : 'disabled',
      })
    }
    expect(plan.made).toBe(plan.predicted)
    expect(meter.calls).toBe(plan.made)
  },
)

test('starting at the one outermost group, every group inside it is opened and named too', async () => {
  const { tenant, ids, azure } = directory({ people: 8, groups: { count: 5, size: 2, depth: 4, cycles: 1 } })
  const top = ids.at(-1) ?? ''
  const { groups } = await readGroups(azure, [top])
  expect(new Set(groups.keys())).toEqual(new Set(ids))
  for (const { id, name } of groups.values()) expect(name).toBe(tenant.groups.get(id)?.displayName)
})

test('a group that does not exist and one that hides its members each get a state that says so, and the others are read', async () => {
  const { tenant, ids, azure } = directory({ people: 8, groups: { count: 3, size: 2 } })
  const [hidden = '', open = ''] = ids
  const group = tenant.groups.get(hidden)
  if (group) group.hiddenMembership = true
  const gone = '00000000-1111-4222-8333-444444444444'
  const { groups } = await readGroups(azure, [hidden, open, gone])
  expect(groups.get(hidden)).toMatchObject({ state: 'not_permitted', members: new Map() })
  expect(groups.get(open)?.members.size).toBe(2)
  expect(groups.get(gone)).toMatchObject({ id: gone, name: null, state: 'not_found', members: new Map() })
})

test('an account that may not read groups is told so of every group, and nothing is claimed about any', async () => {
  const { world, tenant, ids, azure, meter } = directory({ people: 8, groups: { count: 30, size: 2 } })
  const body = { error: { code: 'Authorization_RequestDenied', message: 'Insufficient privileges.' } }
  world.faults = [
    { match: { path: '/groups', tenantId: tenant.id, inBatch: true }, status: 403, body, seen: 0, fired: 0 },
  ]
  const plan: CallCount = { predicted: callsForFirstLevel(ids.length), made: 0 }
  const { groups, people } = await readGroups(azure, ids, { plan })
  world.faults = []
  expect([...groups.values()]).toEqual(
    ids.map((id) => ({ id, name: null, state: 'not_permitted', members: new Map(), owners: new Map() })),
  )
  expect(people.size).toBe(0)
  expect([plan.made, meter.calls]).toEqual([plan.predicted, plan.predicted])
})

test('asking the people finds everyone who is in a group at any depth', async () => {
  for (const [, spec] of SHAPES.slice(0, 4)) {
    const { tenant, ids, azure, meter } = directory({ ...spec, pageSize: { users: 13 } })
    const wanted = new Set(ids.slice(0, 5))
    const plan = { predicted: 0, made: 0 }
    const { membersOf, people } = await readMembershipsOfPeople(azure, wanted, { plan })
    for (const id of wanted) {
      const below = [...tenant.memberships.transitiveMembersOf(id)].filter((one) => tenant.users.has(one))
      expect([...(membersOf.get(id) ?? [])].sort()).toEqual(below.sort())
    }
    expect(people.size).toBe(tenant.users.size)
    expect([plan.made, meter.calls]).toEqual([plan.predicted, plan.predicted])
  }
})

test('the calls expected before anything is read are the calls that reading the whole directory takes', async () => {
  const { tenant, ids, azure, meter } = directory({ people: 150, groups: 4 })
  const users = await countUsers(azure)
  expect(users).toBe(tenant.users.size)
  const plan = planGroups({ granted: false, groups: ids.length, users })
  const expected = plan.predicted
  expect(plan.way).toBe('people')
  await readMembershipsOfPeople(azure, new Set(ids), { plan })
  expect([plan.predicted, plan.made, meter.calls]).toEqual([expected, expected, expected])
})

test('the cheapest way that is allowed is taken, and a directory too large for it leaves groups closed', () => {
  const way = (granted: boolean, groups: number, users: number | null) => planGroups({ granted, groups, users }).way
  expect(way(true, 0, null)).toBe('none')
  expect(way(true, 400, 300_000)).toBe('members')
  expect(way(false, 1, 10)).toBe('people')
  expect(way(false, 1, null)).toBe('unopened')
  const most = Math.max(
    ...Array.from({ length: 2_000 }, (_, users) => users).filter((users) => way(false, 1, users) === 'people'),
  )
  expect(planGroups({ granted: false, groups: 1, users: most }).predicted).toBe(1 + MOST_CALLS)
  expect(planGroups({ granted: false, groups: 1, users: most + 1 })).toMatchObject({
    way: 'unopened',
    predicted: 1,
    made: 1,
  })
})

test('service principals come with name and variety, and one that is gone has no entry', async () => {
  const { tenant, azure, meter } = directory({ people: 3, servicePrincipals: 40 })
  const all = tenant.servicePrincipals.list()
  const platform = all[0]
  if (platform) platform.appOwnerOrganizationId = 'f8cdef31-a31e-4b4a-93e4-5f571e91255a'
  const gone = '00000000-1111-4222-8333-444444444444'
  const { found, refused } = await readServicePrincipals(azure, [...all.map(({ id }) => id), gone])
  expect(refused).toBeNull()
  expect([...found.keys()].sort()).toEqual(all.map(({ id }) => id).sort())
  for (const { id, displayName } of all) expect(found.get(id)?.name).toBe(displayName)
  const varieties = new Set([...found.values()].map(({ variety }) => variety))
  expect(varieties).toEqual(new Set(['application', 'managed_identity', 'platform']))
  expect(found.get(platform?.id ?? '')?.variety).toBe('platform')
  expect(meter.calls).toBe(1)
})

test('last sign-ins that the account may not read fail nothing, and nothing is claimed about anyone', async () => {
  const { tenant, azure } = directory({ people: 20, signIns: 0.5, licence: 'p1' })
  expect(
    await readSignIns(
      azure,
      tenant.users.list().map(({ id }) => id),
    ),
  ).toMatchObject({ isLicensed: true, at: new Map(), refused: { refusal: { status: 403 } } })
})

test.each([
  [403, 1],
  [404, 2],
  [400, 2],
])(
  'a %i on a later page of a group is a failed read of it, never a group that is hidden or gone',
  async (status, times) => {
    const { tenant, world, ids, azure } = directory({
      people: 9,
      groups: { count: 1, size: 9 },
      pageSize: { members: 2 },
    })
    const match = { path: '/members$', query: 'skiptoken', inBatch: true, tenantId: tenant.id }
    world.faults = [{ match, status, seen: 0, fired: 0 }]
    try {
      const { groups } = await readGroups(azure, ids)
      expect(groups.get(ids[0] ?? '')).toMatchObject({ state: 'not_readable', members: new Map() })
      expect(world.faults[0]?.fired).toBe(times)
    } finally {
      world.faults = []
    }
  },
)
