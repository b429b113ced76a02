import fc from 'fast-check'
import { expect, test } from 'vitest'
import { makeTenant } from './make-tenant'
import { isInForceAt } from './rbac'
import { levelOf, managementGroupIdIn } from './scopes'
import type { TenantSpec } from './tenant-spec'
import { truthOf } from './truth'
import type { Tenant } from './types'
import { World } from './world'

const PORTAL = 'http://localhost:3000'

function make(spec: TenantSpec) {
  const world = new World(PORTAL)
  const made = makeTenant(world, { seed: 'made', ...spec })
  const tenant = world.findTenant(made.tenantId)
  if (!tenant) throw new Error('The tenant was not added.')
  return { world, made, tenant }
}

/** Every list of a tenant, so that two tenants can be compared. */
function everything(tenant: Tenant) {
  return {
    facts: [
      tenant.id,
      tenant.name,
      tenant.domain,
      tenant.licence,
      tenant.pageSizes,
      tenant.throttling,
      tenant.sequence,
    ],
    users: tenant.users.list(),
    deletedUsers: tenant.deletedUsers.list(),
    purgedUsers: [...tenant.purgedUsers],
    groups: tenant.groups.list(),
    members: tenant.groups.list().map(({ id }) => tenant.memberships.memberList(id)),
    owners: tenant.groups.list().map(({ id }) => tenant.owners.memberList(id)),
    groupSchedules: tenant.groupSchedules.list(),
    servicePrincipals: tenant.servicePrincipals.list(),
    devices: tenant.devices.list(),
    managementGroups: tenant.managementGroups.list(),
    subscriptions: tenant.subscriptions.list(),
    assignments: [...tenant.assignments.values()],
    eligibilities: [...tenant.eligibilities.values()],
    denyAssignments: tenant.denyAssignments.list(),
    customRoles: tenant.customRoles.list(),
    consents: tenant.consents,
    appRoles: [...tenant.appRoles],
  }
}

const RICH: TenantSpec = {
  people: 200,
  guests: 0.1,
  disabled: 0.05,
  deleted: 0.02,
  signIns: 0.5,
  groups: { count: 24, sizes: { min: 2, max: 9 }, depth: 2, cycles: 2, largest: 80, roleAssignable: 0.25 },
  devices: 6,
  servicePrincipals: 8,
  managementGroupDepth: 3,
  managementGroups: 6,
  subscriptions: 4,
  resourceGroups: 5,
  customRoles: 3,
  eligibility: 8,
  activated: 3,
  timeBound: 4,
  conditions: 0.2,
  denyAssignments: 2,
  assignments: {
    count: 150,
    scopes: { root: 2, managementGroup: 8, subscription: 20, resourceGroup: 50, resource: 20 },
    principals: { user: 50, group: 20, servicePrincipal: 10, foreignGroup: 5, device: 5, deleted: 5, unknown: 5 },
  },
  consented: ['GroupMember.Read.All'],
  throttling: { arm: true, graph: { units: 10, windowSeconds: 1 } },
}

test('the same parameters and seed give the same world, list by list; another seed gives another', () => {
  const [first, second] = [make(RICH), make(RICH)]
  expect(second.made).toEqual(first.made)
  expect(everything(second.tenant)).toEqual(everything(first.tenant))
  expect(make({ ...RICH, seed: 'other' }).tenant.users.list()[20]?.id).not.toBe(first.tenant.users.list()[20]?.id)
})

test('shares of people are guests, disabled or deleted; some have signed in', () => {
  const { tenant, made } = make(RICH)
  const people = tenant.users.list().filter((one) => one.account === null && one.home === null)
  expect(people).toHaveLength(200)
  expect(people.filter((one) => one.userType === 'Guest')).toHaveLength(20)
  expect(people.filter((one) => !one.accountEnabled)).toHaveLength(10)
  expect([tenant.deletedUsers.size, tenant.purgedUsers.size]).toEqual([2, 2])
  const signedIn = people.filter((one) => one.lastSignInDateTime !== null).length
  expect(signedIn).toBeGreaterThan(60)
  expect(signedIn).toBeLessThan(140)
  expect(made.figures).toMatchObject({ users: 210, groups: 24, devices: 6, servicePrincipals: 9, managementGroups: 7 })
})

test('groups have the sizes asked for; one is large, some are nested and some contain each other', () => {
  const { tenant } = make(RICH)
  const groups = tenant.groups.list()
  const direct = groups.map(({ id }) => tenant.memberships.memberList(id).filter((one) => tenant.users.has(one)).length)
  expect(direct[0]).toBe(80)
  expect(Math.max(...direct.slice(1))).toBeLessThanOrEqual(9)
  expect(Math.min(...direct)).toBeGreaterThanOrEqual(2)
  expect(groups.filter((one) => one.isAssignableToRole)).toHaveLength(6)
  const [lowest, middle, highest] = groups.map(({ id }) => id)
  expect(tenant.memberships.transitiveMembersOf(highest ?? '')).toEqual(expect.arrayContaining([middle, lowest]))
  expect(tenant.memberships.membersOf(lowest ?? '').has(highest ?? '')).toBe(true)
  const beyondRings = groups[6]?.id ?? ''
  expect(tenant.memberships.membersOf(beyondRings).has(groups[8]?.id ?? '')).toBe(false)
  expect(make({ groups: { count: 9, size: 3 } }).made.figures.memberships).toBe(27)
})

test('subscriptions are in the lowest management groups, as deep as asked for', () => {
  const { tenant } = make(RICH)
  const depths = tenant.subscriptions.list().map((one) => {
    let depth = 0
    for (let id: string | null = one.managementGroupId; id !== null && id !== tenant.id; depth++)
      id = tenant.managementGroups.get(id)?.parentId ?? null
    return depth
  })
  expect(depths).toEqual([3, 3, 3, 3])
  expect(new Set(tenant.subscriptions.list().map((one) => one.managementGroupId)).size).toBe(2)
  expect(tenant.subscriptions.list()[0]?.resourceGroups).toEqual(['rg-0', 'rg-1', 'rg-2', 'rg-3', 'rg-4'])
})

test('as many assignments apply to each subscription as asked for, at every level and of every kind of holder', () => {
  const { world, tenant, made } = make(RICH)
  for (const { id } of made.subscriptions) expect(truthOf(world, id)).toHaveLength(150)
  const held = [...tenant.assignments.values()]
  const levels = new Set(held.map((one) => levelOf(one.scope)))
  expect(levels).toEqual(new Set(['root', 'management_group', 'subscription', 'resource_group', 'resource']))
  expect(new Set(held.map((one) => one.principalType))).toEqual(
    new Set(['User', 'Group', 'ServicePrincipal', 'ForeignGroup', 'Device']),
  )
  expect(new Set(held.flatMap((one) => managementGroupIdIn(one.scope) ?? [])).size).toBe(7)
  expect(held.some((one) => tenant.deletedUsers.has(one.principalId))).toBe(true)
  const plain = make({ people: 30, assignments: 64, subscriptions: 3 })
  for (const { id } of plain.made.subscriptions) expect(truthOf(plain.world, id)).toHaveLength(64)
})

test('there are as many eligible, activated, conditional and time-bound roles as asked for', () => {
  const { tenant, made, world } = make(RICH)
  const id = made.subscriptions[1]?.id ?? ''
  const held = tenant.assignments.inSubscription(id)
  expect(tenant.licence).toBe('p2')
  expect(tenant.eligibilities.inSubscription(id)).toHaveLength(8)
  const active = held.filter((one) => one.schedule?.assignmentType === 'Activated')
  expect(active).toHaveLength(3)
  for (const { schedule, principalId } of active) {
    expect(schedule && isInForceAt(schedule, world.now())).toBe(true)
    expect(tenant.eligibilities.get(schedule?.eligibilityId ?? '')?.principalId).toBe(principalId)
  }
  expect(held.filter((one) => one.schedule?.assignmentType === 'Assigned')).toHaveLength(4)
  const conditions = held.filter((one) => one.condition !== null)
  expect(conditions.length).toBeGreaterThan(8)
  expect(conditions[0]?.condition).toMatch(/ActionMatches\{'Microsoft\./)
  expect(tenant.denyAssignments.size).toBe(8)
  expect(make({ eligibility: 2, activated: 0.5 }).tenant.assignments.size).toBe(make({}).tenant.assignments.size)
})

test('custom roles that allow everything Owner does are written in three ways and assigned like any other', () => {
  const { tenant, made } = make({ people: 200, assignments: 2_000, customRoles: 2, ownerRoles: 4, narrowRoles: 0 })
  const roles = tenant.customRoles.list()
  const actions = roles.map(({ permissions }) => permissions.map((one) => one.actions))
  const all = ['*/read', '*/write', '*/delete', '*/action']
  const reading = [['Microsoft.Compute/*/read']]
  expect(actions).toEqual([reading, reading, [['*']], [all], all.map((one) => [one]), [['*']]])
  expect(roles.every(({ custom, assignableScopes }) => custom && assignableScopes[0]?.endsWith(tenant.id))).toBe(true)
  const used = new Set(tenant.assignments.inSubscription(made.subscriptions[0]?.id ?? '').map(({ roleId }) => roleId))
  expect(roles.slice(2).filter(({ id }) => used.has(id))).toHaveLength(4)
  const without = make({ people: 9, customRoles: 2 }).tenant
  expect(everything(make({ people: 9, customRoles: 2, ownerRoles: 0 }).tenant)).toEqual(everything(without))
})

test('each subscription delegates as often as asked for, sometimes only a resource group', () => {
  const { tenant, made } = make({ subscriptions: 2, resourceGroups: 2, delegations: 3 })
  expect(made.figures.delegations).toBe(6)
  expect(tenant.delegations.list().map(({ scope }) => levelOf(scope))).toEqual([
    'subscription',
    'subscription',
    'resource_group',
    'subscription',
    'subscription',
    'resource_group',
  ])
  expect(make({ people: 9, subscriptions: 2 }).tenant.delegations.size).toBe(2)
  const assignmentsOf = (asked: TenantSpec) => [...make(asked).tenant.assignments.values()]
  expect(assignmentsOf({ people: 9, delegations: 0 })).toEqual(assignmentsOf({ people: 9, delegations: 4 }))
})

test('narrow roles can be assigned in one resource group each, and are assigned there and nowhere else', () => {
  const { tenant, world, made } = make({
    subscriptions: 2,
    narrowRoles: 5,
    customRoles: 1,
    resourceGroups: 3,
    assignments: 60,
  })
  const narrow = tenant.customRoles.list().filter(({ name }) => name.includes('Group Role'))
  expect(new Set(narrow.flatMap((one) => one.assignableScopes)).size).toBe(5)
  expect(narrow.map(({ permissions }) => permissions[0]?.actions)).toEqual([
    ['*'],
    ['*/read'],
    ['*'],
    ['*/read'],
    ['*'],
  ])
  for (const role of narrow) {
    const held = [...tenant.assignments.values()].filter((one) => one.roleId === role.id)
    expect(held.map((one) => one.scope)).toEqual(role.assignableScopes)
  }
  for (const { id } of made.subscriptions) expect(truthOf(world, id)).toHaveLength(60)
})

test('the application of a made tenant reads its directory and its subscriptions', () => {
  const { tenant, made, world } = make({ subscriptions: 2 })
  const { clientId, clientSecret, objectId } = made.application
  expect(world.applications.get(clientId)).toMatchObject({
    homeTenantId: tenant.id,
    secrets: [{ value: clientSecret }],
  })
  expect(tenant.servicePrincipals.get(objectId)?.appId).toBe(clientId)
  expect(tenant.appRoles.get(clientId)).toContain('graph/Directory.Read.All')
  expect(tenant.assignments.ofPrincipal(objectId)).toHaveLength(2)
  const many = make({ subscriptions: 60, people: 3, assignments: 12 })
  expect(many.tenant.assignments.ofPrincipal(many.made.application.objectId)).toHaveLength(1)
  expect(truthOf(many.world, many.made.subscriptions[59]?.id ?? '')).toHaveLength(12)
})

test('consent, throttling, page sizes and licence are as asked for', () => {
  const { tenant } = make({ ...RICH, pageSize: { users: 7 } })
  expect([...(tenant.consents[0]?.scopes ?? [])]).toContain('graph/GroupMember.Read.All')
  expect(tenant.throttling).toEqual({ arm: true, graph: { units: 10, windowSeconds: 1 } })
  expect(tenant.pageSizes).toMatchObject({ users: 7, members: 999 })
  expect(make({}).tenant.licence).toBe('free')
  expect(make({ licence: 'p1' }).tenant.licence).toBe('p1')
  expect(make({ licence: 'p1' }).tenant.consents).toEqual([])
})

test.each<[object, string]>([
  [{ poeple: 3 }, 'There is no parameter called poeple.'],
  [{ groups: { count: 3, width: 2 } }, 'There is no parameter called groups.width.'],
  [{ people: -1 }, 'people must be 0 or more.'],
  [{ guests: 1.5 }, 'guests is a whole number, or a share between 0 and 1.'],
  [{ managementGroupDepth: 7 }, 'managementGroupDepth must be 6 at most.'],
  [{ people: 10, guests: 8, disabled: 3 }, 'guests and disabled are more than the 10 people there are.'],
  [{ people: 10, groups: { count: 1, largest: 11 } }, 'groups.largest is 11, but there are 10 people.'],
  [
    { assignments: { count: 9, principals: { device: 1 } } },
    'assignments.principals.device has a weight, but the world has none.',
  ],
  [{ eligibility: 1, licence: 'p1' }, 'eligibility needs the licence p2, not p1.'],
  [{ narrowRoles: 1, resourceGroups: 0 }, 'narrowRoles needs resourceGroups.'],
  [{ narrowRoles: 1, people: 0 }, 'narrowRoles needs people.'],
  [
    { people: 1, resourceGroups: 0, assignments: 5_000 },
    'There are not 5000 different assignments for a subscription.',
  ],
])('a world of %j is refused in a sentence, and nothing is added', (spec, sentence) => {
  const world = new World(PORTAL)
  expect(() => makeTenant(world, spec as TenantSpec)).toThrow(sentence)
  expect(world.tenants.size).toBe(0)
})

test('unless told otherwise some groups contain a service principal, most have owners, and with P2 some can be entered', () => {
  const spec = { people: 20, groups: { count: 10 }, servicePrincipals: 4, agents: 2 }
  const { tenant } = make({ ...spec, licence: 'p2' })
  const countGroups = ({ groups, servicePrincipals, memberships, owners }: Tenant) => ({
    withService: groups
      .list()
      .filter(({ id }) => [...memberships.membersOf(id)].some((one) => servicePrincipals.has(one))).length,
    owned: groups.list().filter(({ id }) => owners.membersOf(id).size > 0).length,
  })
  expect(countGroups(tenant)).toEqual({ withService: 3, owned: 7 })
  const eligible = tenant.groupSchedules.list().filter((one) => one.kind === 'eligible')
  expect(eligible).toHaveLength(3)
  expect(make(spec).tenant.groupSchedules.size).toBe(0)
  const none = make({ ...spec, licence: 'p2', groups: { count: 10, services: 0, eligible: 0 } }).tenant
  expect([countGroups(none).withService, none.groupSchedules.size]).toEqual([0, 0])
  const all = make({ ...spec, groups: { count: 10, services: 1, eligible: 25 } }).tenant
  expect([countGroups(all).withService, all.licence]).toEqual([10, 'p2'])
  expect(all.groupSchedules.list().filter((one) => one.kind === 'eligible')).toHaveLength(25)
  expect(new Set(all.groupSchedules.list().map((one) => one.accessId))).toEqual(new Set(['member', 'owner']))
})

test('for any specification each subscription has the number asked for, and every member of a group exists', () => {
  const spec = fc.record({
    seed: fc.integer(),
    people: fc.integer({ min: 5, max: 40 }),
    guests: fc.double({ min: 0.01, max: 0.4, noNaN: true }),
    groups: fc.record({ count: fc.integer({ min: 0, max: 9 }), depth: fc.nat(3), cycles: fc.nat(3), size: fc.nat(5) }),
    managementGroupDepth: fc.nat(4),
    subscriptions: fc.integer({ min: 1, max: 4 }),
    servicePrincipals: fc.nat(5),
    assignments: fc.integer({ min: 20, max: 60 }),
    eligibility: fc.nat(3),
  })
  fc.assert(
    fc.property(spec, (asked) => {
      const { world, tenant, made } = make(asked)
      for (const { id } of made.subscriptions) expect(truthOf(world, id)).toHaveLength(asked.assignments)
      for (const { id } of tenant.groups.list())
        for (const member of tenant.memberships.membersOf(id))
          expect([tenant.users, tenant.groups, tenant.servicePrincipals].some((all) => all.has(member))).toBe(true)
    }),
    { numRuns: 40 },
  )
})
