import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import type { FaultRule } from '@/sandbox/control/fault-rules'
import { tokenOf } from '@/sandbox/properties/small-world'
import { startSandbox } from '@/sandbox/server'
import { applyChange, type NamedChange } from '@/sandbox/world/changes'
import { makeTenant } from '@/sandbox/world/make-tenant'
import { addGroup, addServicePrincipal } from '@/sandbox/world/tenant'
import type { TenantSpec } from '@/sandbox/world/tenant-spec'
import { pointAt, standInAccount } from '@/testing/stand-in'
import { createAzure } from './client/clients'
import { readGroups } from './groups'
import { isUnlicensed } from './role-assignments'

let sandbox: Awaited<ReturnType<typeof startSandbox>>
beforeAll(async () => {
  sandbox = await startSandbox({ port: 0, portalUrl: 'http://localhost:3000' })
  pointAt(sandbox.url)
})
afterEach(() => {
  sandbox.world.faults = []
})
afterAll(() => sandbox.close())

const guid = (n: number) => `77777777-0000-4000-8000-${n.toString(16).padStart(12, '0')}`
const [GROUP, INNER] = [guid(1), guid(2)]
const [PIPELINE, MACHINE] = [guid(11), guid(12)]

const PERMISSIONS = [
  'User.Read.All',
  'GroupMember.Read.All',
  'Application.Read.All',
  'PrivilegedEligibilitySchedule.Read.AzureADGroup',
  'PrivilegedAssignmentSchedule.Read.AzureADGroup',
]

/** A tenant with a group of two people, an application and a managed identity, read by an administrator with these permissions. */
function team(spec: TenantSpec = {}, permissions = PERMISSIONS) {
  const { world } = sandbox
  const made = makeTenant(world, { assignments: 0, people: 30, groups: 0, licence: 'p2', ...spec })
  const tenant = world.findTenant(made.tenantId)
  const reader = made.accounts.find(({ kind }) => kind === 'owner')?.objectId
  if (!tenant || !reader) throw new Error('The tenant was not made.')
  const people = tenant.users
    .list()
    .map(({ id }) => id)
    .filter((id) => id !== reader)
  const [ada = '', bo = '', cy = ''] = people
  for (const id of [GROUP, INNER])
    addGroup(tenant, { id, displayName: `Group ${id.slice(-1)}`, isAssignableToRole: true })
  addServicePrincipal(tenant, { id: PIPELINE, appId: PIPELINE, displayName: 'Pipeline' })
  const servicePrincipalType = 'ManagedIdentity'
  addServicePrincipal(tenant, { id: MACHINE, appId: MACHINE, displayName: 'Machine', servicePrincipalType })
  for (const id of [ada, bo, PIPELINE, MACHINE]) tenant.memberships.add(GROUP, id)

  const { azure, meter } = standInAccount()
  const get: typeof azure.caller.tokens.get = async (resource) => ({
    token: tokenOf(world, tenant, reader, resource, permissions),
    expiresOnTimestamp: world.now() + 3_600_000,
  })
  return {
    ...{ world, tenant, people, ada, bo, cy, meter },
    azure: createAzure({ ...azure.caller, tokens: { ...azure.caller.tokens, get } }),
    change: (one: object) => applyChange(world, { tenantId: tenant.id, groupId: GROUP, ...one } as NamedChange),
    /** Lets Graph refuse this list of every group inside a batch, or batches as a whole. */
    refuse: (path: string, fault: Partial<FaultRule> = { status: 403 }) => {
      const match = { path, tenantId: tenant.id, inBatch: !path.includes('$batch') }
      world.faults = [{ match, ...fault, seen: 0, fired: 0 }]
    },
  }
}

type Read = Awaited<ReturnType<typeof readGroups>>
const groupIn = ({ groups }: Read) => {
  const group = groups.get(GROUP)
  if (!group) throw new Error('The group was not read.')
  return group
}
const membersIn = (read: Read) => [...groupIn(read).members.values()]
const ownersIn = (read: Read) => [...groupIn(read).owners.values()]
const idsOf = (some: { id: string }[]) => some.map(({ id }) => id).sort()

test('service principals, which Graph leaves out of members, come by a cast, with names and varieties', async () => {
  const { azure, ada, bo } = team()
  const read = await readGroups(azure, [GROUP])
  expect(idsOf(membersIn(read))).toEqual([ada, bo, PIPELINE, MACHINE].sort())
  expect(read.services.get(PIPELINE)).toEqual({ id: PIPELINE, name: 'Pipeline', variety: 'application' })
  expect(read.services.get(MACHINE)).toEqual({ id: MACHINE, name: 'Machine', variety: 'managed_identity' })
  expect([read.refusals.size, groupIn(read).state]).toEqual([0, 'whole'])
})

test.each([400, 403, 404])(
  'a cast refused with %i leaves the people, and the refusal names the group',
  async (status) => {
    const { azure, ada, bo, refuse } = team()
    refuse('/members/microsoft.graph.servicePrincipal', { status })
    const read = await readGroups(azure, [GROUP])
    expect(idsOf(membersIn(read))).toEqual([ada, bo].sort())
    expect(groupIn(read).state).toBe('whole')
    expect([...read.refusals.keys()]).toEqual(['services'])
    expect(read.refusals.get('services')).toMatchObject({
      groups: new Set([GROUP]),
      first: { refusal: { status, request: 'groups/members/microsoft.graph.servicePrincipal' } },
    })
  },
)

test.each([
  ['on its first page', '/members$', 0, 'not_permitted'],
  ['on a later page', '/members$', 1, 'not_readable'],
] as const)('a list of members that is refused %s leaves who was listed apart', async (_, path, skip, state) => {
  const { azure, cy, change, refuse } = team({ pageSize: { members: 1 } })
  change({ type: 'make_eligible_member', user: cy })
  refuse(path, { status: 403, skip })
  const read = await readGroups(azure, [GROUP], { asksEligible: true })
  expect(groupIn(read).state).toBe(state)
  expect(idsOf(membersIn(read))).toEqual([cy, PIPELINE, MACHINE].sort())
  expect([...read.refusals.keys()]).toEqual(['members'])
})

test('a group that is gone is no refusal of any of its lists', async () => {
  const { azure } = team()
  const gone = guid(99)
  const read = await readGroups(azure, [GROUP, gone], { asksEligible: true, asksActivated: true })
  expect(read.groups.get(gone)).toMatchObject({ state: 'not_found', members: new Map(), owners: new Map() })
  expect(read.refusals.size).toBe(0)
})

test.each([3, 20, 27])(
  '%i owners of every kind are read in full, with another call when twenty come',
  async (count) => {
    const { azure, tenant, people, meter } = team()
    const owners = [PIPELINE, ...people.slice(0, count - 1)]
    for (const id of owners) tenant.owners.add(GROUP, id)
    const read = await readGroups(azure, [GROUP])
    expect(idsOf(ownersIn(read))).toEqual(owners.toSorted())
    for (const { ownership, endsAt } of ownersIn(read)) expect([ownership, endsAt]).toEqual(['active', null])
    expect(read.refusals.size).toBe(0)
    expect(meter.calls).toBe(count < 20 ? 1 : 2)
  },
)

test('where owners are not expanded, names and owners are asked for apart', async () => {
  const { azure, tenant, ada, refuse } = team()
  tenant.owners.add(GROUP, ada)
  tenant.owners.add(GROUP, PIPELINE)
  refuse('/groups$', { status: 400, times: 1 })
  const read = await readGroups(azure, [GROUP])
  expect(groupIn(read)).toMatchObject({ name: 'Group 1', state: 'whole' })
  expect(idsOf(ownersIn(read))).toEqual([ada, PIPELINE].sort())
  expect(read.refusals.size).toBe(0)
})

test('owners that are refused leave names unknown and members read, and the refusal says whose', async () => {
  const { azure, refuse } = team()
  refuse('/groups$', { status: 403 })
  const read = await readGroups(azure, [GROUP])
  expect(groupIn(read)).toMatchObject({ name: null, state: 'whole', owners: new Map() })
  expect(membersIn(read)).toHaveLength(4)
  expect(read.refusals.get('owners')).toMatchObject({ groups: new Set([GROUP]), first: { refusal: { status: 403 } } })
})

test('who can become a member or an owner is told from who is one, with the end, and groups among them are read too', async () => {
  const { azure, ada, bo, cy, tenant, change } = team()
  tenant.memberships.add(INNER, cy)
  const endDateTime = '2099-01-01T00:00:00.000Z'
  change({ type: 'make_eligible_member', user: cy, endDateTime })
  change({ type: 'make_eligible_member', principalId: INNER })
  change({ type: 'make_eligible_member', user: bo, accessId: 'owner', endDateTime })
  const read = await readGroups(azure, [GROUP], { asksEligible: true })
  const eligible = membersIn(read).filter(({ membership }) => membership === 'eligible')
  expect(eligible).toEqual(
    expect.arrayContaining([
      expect.objectContaining({ id: cy, kind: 'user', endsAt: new Date(endDateTime) }),
      expect.objectContaining({ id: INNER, kind: 'group', endsAt: null }),
    ]),
  )
  expect(eligible).toHaveLength(2)
  expect(idsOf(membersIn(read).filter(({ membership }) => membership === 'active'))).toEqual(
    [ada, bo, PIPELINE, MACHINE].sort(),
  )
  expect(ownersIn(read)).toEqual([
    expect.objectContaining({ id: bo, ownership: 'eligible', endsAt: new Date(endDateTime) }),
  ])
  expect(idsOf([...(read.groups.get(INNER)?.members.values() ?? [])])).toEqual([cy])
})

test('an activated membership takes the place of the plain one, with its end, and stays eligible beside it', async () => {
  const { azure, cy, world, change } = team()
  const endDateTime = new Date(Math.floor(world.now() / 1000) * 1000 + 3_600_000).toISOString()
  change({ type: 'make_eligible_member', user: cy })
  change({ type: 'activate_membership', user: cy, endDateTime })
  const read = await readGroups(azure, [GROUP], { asksEligible: true, asksActivated: true })
  expect(
    membersIn(read)
      .filter(({ id }) => id === cy)
      .map(({ membership, endsAt }) => [membership, endsAt?.toISOString() ?? null])
      .sort(),
  ).toEqual([
    ['activated', endDateTime],
    ['eligible', null],
  ])
})

test('what is activated is asked only of groups of which somebody can activate something', async () => {
  const { azure, meter, cy, change } = team()
  await readGroups(azure, [GROUP], { asksEligible: true, asksActivated: true })
  expect(meter.calls).toBe(1)
  change({ type: 'make_eligible_member', user: cy })
  await readGroups(azure, [GROUP], { asksEligible: true, asksActivated: true })
  expect(meter.calls).toBe(3)
})

test('without the permission who is eligible is refused, and everything else is read', async () => {
  const { azure } = team({}, PERMISSIONS.slice(0, 3))
  const read = await readGroups(azure, [GROUP], { asksEligible: true, asksActivated: true })
  expect(membersIn(read)).toHaveLength(4)
  expect([...read.refusals.keys()].sort()).toEqual(['activated', 'eligible'])
  for (const { first } of read.refusals.values()) expect(first).toMatchObject({ refusal: { status: 403 } })
})

test('without the licence the refusal of eligible members is told from every other one', async () => {
  const { azure } = team({ licence: 'p1' })
  const read = await readGroups(azure, [GROUP], { asksEligible: true })
  const first = read.refusals.get('eligible')?.first
  expect(first && isUnlicensed(first)).toBe(true)
  expect(groupIn(read).state).toBe('whole')
  expect(membersIn(read)).toHaveLength(4)
})

test.each([
  ['a refusal', { status: 403 }, 'not_permitted', 403],
  ['an outage', { status: 503 }, 'not_readable', 503],
  ['throttling to the end', { retryAfter: 1 }, 'not_readable', 429],
  ['the page of a proxy', { html: true }, 'not_readable', 200],
  ['an empty body', { status: 200, body: {} }, 'not_readable', null],
] as const)(
  'a batch that fails as a whole by %s leaves the groups closed and throws nothing',
  async (_, fault, state, status) => {
    const { azure, refuse } = team()
    refuse('\\$batch$', fault)
    const read = await readGroups(azure, [GROUP], { asksEligible: true })
    expect(groupIn(read)).toMatchObject({ state, name: null, members: new Map(), owners: new Map() })
    expect([...read.refusals.keys()].sort()).toEqual(['eligible', 'members', 'owners', 'services'])
    for (const { groups, first } of read.refusals.values()) {
      expect(groups).toEqual(new Set([GROUP]))
      expect(first.refusal.status).toBe(status)
    }
  },
)
