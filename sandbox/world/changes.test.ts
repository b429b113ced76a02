import fc from 'fast-check'
import { expect, test } from 'vitest'
import { applyChange, type Change } from './changes'
import { makeTenant } from './make-tenant'
import { ancestorsOf } from './rbac'
import type { TenantSpec } from './tenant-spec'
import { truthOf } from './truth'
import type { Tenant } from './types'
import { World } from './world'

function make(spec: TenantSpec = {}) {
  const world = new World('http://localhost:3000')
  const made = makeTenant(world, { seed: 'changed', people: 12, groups: 4, assignments: 30, licence: 'p2', ...spec })
  const tenant = world.findTenant(made.tenantId)
  const [subscription] = made.subscriptions
  if (!tenant || !subscription) throw new Error('The tenant was not made whole.')
  const { tenantId } = made
  const person = tenant.users.indexBy('name', (one) => one.userPrincipalName).get(`person0@${tenant.domain}`)
  if (!person) throw new Error('There is nobody.')
  const truth = () => truthOf(world, subscription.id)
  return {
    world,
    made,
    tenant,
    tenantId,
    subscription,
    person,
    truth,
    change: (one: Change) => applyChange(world, one),
  }
}

test('a person can be disabled, enabled, renamed and given a last sign-in, and delta queries show each change', () => {
  const { change, person, tenant } = make()
  const before = tenant.sequence
  change({ type: 'disable', user: person.id })
  expect(person.accountEnabled).toBe(false)
  change({ type: 'enable', user: person.userPrincipalName })
  expect(person.accountEnabled).toBe(true)
  change({ type: 'rename', user: person.id, displayName: 'Ada King', userPrincipalName: `ada@${tenant.domain}` })
  expect(tenant.users.indexBy('name', (one) => one.userPrincipalName).get(`ada@${tenant.domain}`)?.displayName).toBe(
    'Ada King',
  )
  change({ type: 'set_sign_in', user: person.id, lastSignInDateTime: '2026-02-01T00:00:00Z' })
  expect(person.lastSignInDateTime).toBe('2026-02-01T00:00:00Z')
  expect([tenant.sequence, person.changedAt]).toEqual([before + 4, before + 4])
})

test('a deleted person keeps their assignments, also after being restored', () => {
  const { change, person, truth, tenant } = make()
  const held = () => truth().filter((row) => row.principalId === person.id)
  const before = held()
  expect(before.length).toBeGreaterThan(0)
  change({ type: 'delete', user: person.id })
  expect(held().map((row) => row.status)).toEqual(before.map(() => 'deleted'))
  expect(tenant.memberships.groupsOf(person.id).size).toBe(0)
  change({ type: 'restore', user: person.id })
  expect(held()).toEqual(before)
})

test('groups can be added, renamed, filled, emptied and deleted; their assignments stay', () => {
  const { change, tenantId, tenant, person, subscription, truth } = make()
  change({ type: 'add_group', tenantId, displayName: 'Auditors' })
  change({ type: 'add_member', tenantId, group: 'Auditors', user: person.userPrincipalName })
  const group = tenant.groups.indexBy('name', (one) => one.displayName).get('auditors')
  expect(tenant.memberships.memberList(group?.id ?? '')).toEqual([person.id])
  change({ type: 'assign', principalId: group?.id ?? '', role: 'Reader', subscriptionId: subscription.id })
  expect(truth().at(-1)).toMatchObject({ principalType: 'Group', name: 'Auditors', roleName: 'Reader' })
  change({ type: 'rename_group', tenantId, group: 'Auditors', displayName: 'Inspectors' })
  expect(truth().at(-1)?.name).toBe('Inspectors')
  change({ type: 'remove_member', tenantId, group: 'Inspectors', principalId: person.id })
  expect(tenant.memberships.memberList(group?.id ?? '')).toEqual([])
  change({ type: 'delete_group', groupId: group?.id ?? '' })
  expect(truth().at(-1)).toMatchObject({ principalType: 'Group', name: null })
  expect(() => change({ type: 'add_member', tenantId, group: 'Inspectors', user: person.id })).toThrow(
    'There is no group Inspectors.',
  )
})

test('an assignment with an end is in force until its end', () => {
  const { change, world, person, subscription, truth } = make()
  const count = truth().length
  const endDateTime = new Date(world.now() + 3_600_000).toISOString()
  change({ type: 'assign', user: person.id, role: 'Owner', subscriptionId: subscription.id, endDateTime })
  expect(truth()).toHaveLength(count + 1)
  change({ type: 'advance_clock', ms: 3_700_000 })
  expect(truth()).toHaveLength(count)
})

test('an eligibility can be added, activated, deactivated and removed, also that of a group', () => {
  const { change, world, tenant, person, subscription, truth, tenantId } = make()
  const count = truth().length
  const which = { user: person.id, role: 'Owner', subscriptionId: subscription.id }
  change({ type: 'make_eligible', ...which })
  expect([tenant.eligibilities.size, truth().length]).toEqual([1, count])
  change({ type: 'activate', ...which })
  expect(truth()).toHaveLength(count + 1)
  change({ type: 'deactivate', ...which })
  expect(truth()).toHaveLength(count)
  change({ type: 'activate', ...which, until: new Date(world.now() + 60_000).toISOString() })
  change({ type: 'remove_eligible', ...which })
  expect([tenant.eligibilities.size, truth().length]).toEqual([0, count])
  expect(() => change({ type: 'activate', ...which })).toThrow('has no such eligibility')

  change({ type: 'add_group', tenantId, displayName: 'On call' })
  change({ type: 'add_member', group: 'On call', user: person.id })
  const groupId = tenant.groups.list().at(-1)?.id ?? ''
  change({ type: 'make_eligible', principalId: groupId, role: 'Contributor', subscriptionId: subscription.id })
  change({ type: 'activate', user: person.id, role: 'Contributor', subscriptionId: subscription.id })
  expect(truth().at(-1)).toMatchObject({ principalId: person.id, roleName: 'Contributor' })
})

test('deny assignments can be added and removed', () => {
  const { change, tenant, subscription, person } = make()
  change({ type: 'add_deny', subscriptionId: subscription.id, actions: ['*'], excludeIds: [person.id] })
  const [deny] = tenant.denyAssignments.list()
  expect(deny).toMatchObject({
    scope: `/subscriptions/${subscription.id}`,
    principals: [{ type: 'SystemDefined' }],
    excludePrincipals: [{ id: person.id, type: 'User' }],
  })
  change({ type: 'remove_deny', denyId: deny?.id ?? '' })
  expect(tenant.denyAssignments.size).toBe(0)
})

test('a subscription that moves within its tenant keeps its assignments, to another tenant it loses them', () => {
  const { change, world, tenant, tenantId, subscription, truth } = make({ managementGroupDepth: 2, denyAssignments: 1 })
  const count = truth().length
  const [, top] = tenant.managementGroups.list()
  change({ type: 'rename_management_group', tenantId, managementGroupId: top?.id ?? '', displayName: 'Top' })
  expect(top?.displayName).toBe('Top')
  change({ type: 'move_subscription', subscriptionId: subscription.id, managementGroupId: top?.id ?? '' })
  const moved = world.findSubscription(subscription.id)
  expect(ancestorsOf(tenant, moved?.subscription.managementGroupId ?? '')).toEqual([top?.id, tenantId])
  expect(truth()).toHaveLength(count)
  const other = makeTenant(world, { seed: 'elsewhere' })
  change({ type: 'move_subscription', subscriptionId: subscription.id, tenantId: other.tenantId })
  expect(truth()).toEqual([])
  expect([tenant.denyAssignments.size, world.findSubscription(subscription.id)?.tenant.id]).toEqual([0, other.tenantId])
})

test('consent, licence, throttling, page sizes, secrets and keys can be changed', () => {
  const { change, world, tenant, tenantId, made } = make()
  change({ type: 'grant_consent', tenantId, scopes: ['GroupMember.Read.All'] })
  expect(tenant.consents[0]?.scopes).toContain('graph/GroupMember.Read.All')
  change({ type: 'withdraw_consent', tenantId })
  expect([tenant.consents, world.withdrawn.has(`${tenantId}/${world.clientId}`)]).toEqual([[], true])
  change({ type: 'set_licence', tenantId, licence: 'p1' })
  change({ type: 'set_throttling', tenantId, arm: true })
  change({ type: 'set_page_size', tenantId, pageSize: 3 })
  expect([tenant.licence, tenant.throttling.arm, tenant.pageSizes.users]).toEqual(['p1', true, 3])
  const { clientId } = made.application
  change({ type: 'expire_secret', clientId })
  expect(world.applications.get(clientId)?.secrets[0]?.expired).toBe(true)
  change({ type: 'set_secret', clientId, value: 'new' })
  expect(world.applications.get(clientId)?.secrets).toEqual([{ value: 'new', expired: false }])
  const [key] = world.signingKeys
  change({ type: 'rotate_keys' })
  expect(world.signingKeys).toEqual([key, expect.not.objectContaining({ kid: key?.kid })])
})

test.each<[object, string]>([
  [{ type: 'dance' }, 'There is no change of type dance.'],
  [{ type: 'disable' }, 'The change lacks user.'],
  [{ type: 'disable', user: 'nobody@nowhere.example' }, 'There is no person nobody@nowhere.example.'],
  [{ type: 'delete_group', group: 'Nobodies' }, 'There is no group Nobodies.'],
  [{ type: 'set_licence', tenantId: 'contoso.example', licence: 'p2' }, 'There is no tenant contoso.example.'],
  [{ type: 'remove_deny', denyId: 'x' }, 'There is no deny assignment x.'],
  [{ type: 'activate', eligibilityId: 'x' }, 'There is no eligibility x.'],
  [{ random: -1 }, 'random is a number of changes from 0 to 100000.'],
])('a change like %j is refused in a sentence', (change, sentence) => {
  expect(() => make().change(change as Change)).toThrow(sentence)
})

test('an assignment of an unknown role or at a scope of another tenant is refused', () => {
  const { change, person, subscription } = make()
  const assign = { type: 'assign', user: person.id, subscriptionId: subscription.id } as const
  expect(() => change({ ...assign, role: 'Emperor' })).toThrow('There is no role Emperor.')
  const scope = `/subscriptions/${person.id}/resourceGroups/rg`
  expect(() => change({ ...assign, role: 'Reader', scope })).toThrow(`There is no subscription ${person.id}`)
})

/** Checks what must be true after any change. */
function expectConsistent(world: World, tenant: Tenant): void {
  for (const { id } of tenant.groups.list())
    for (const member of tenant.memberships.membersOf(id)) {
      expect([tenant.users, tenant.groups, tenant.servicePrincipals].some((all) => all.has(member))).toBe(true)
      expect(tenant.memberships.groupsOf(member).has(id)).toBe(true)
    }
  for (const { id } of tenant.deletedUsers.list()) expect(tenant.users.has(id)).toBe(false)
  const all = [...tenant.assignments.values()]
  expect(
    all.flatMap(({ principalId, id }) => tenant.assignments.ofPrincipal(principalId).filter((one) => one.id === id)),
  ).toEqual(all)
  for (const one of tenant.eligibilities.values())
    expect(tenant.subscriptions.has(one.scope.split('/')[2] ?? '')).toBe(true)
  for (const user of tenant.users.list())
    if (user.account !== null && user.account.kind !== 'disabled') expect(user.accountEnabled).toBe(true)
  expect(new Set(truthOf(world, tenant.subscriptions.list()[0]?.id ?? '').map((row) => row.assignmentId)).size).toBe(
    truthOf(world, tenant.subscriptions.list()[0]?.id ?? '').length,
  )
}

test('random changes are the same for the same world and seed, and leave the world consistent', () => {
  const spec = { deleted: 2, eligibility: 3, denyAssignments: 2, subscriptions: 2 }
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 120 }), fc.integer(), (random, seed) => {
      const [first, second] = [make(spec), make(spec)]
      const ask = { random, seed, tenantId: first.tenantId }
      const done = first.change(ask)
      expect(done).toHaveLength(random)
      expect(second.change(ask)).toEqual(done)
      const ids = ({ tenant }: typeof first) => [...tenant.assignments.values()].map((one) => one.id)
      expect(ids(second)).toEqual(ids(first))
      expectConsistent(first.world, first.tenant)
    }),
    { numRuns: 25 },
  )
})

test('random changes are of every kind', () => {
  const { change, tenantId } = make({ eligibility: 3 })
  const types = new Set((change({ random: 400, seed: 'all', tenantId }) as { type: string }[]).map(({ type }) => type))
  expect([...types].sort()).toEqual(
    ['activate_membership', 'add_owner', 'add_person', 'deactivate_membership', 'make_eligible_member']
      .concat(['remove_eligible_member', 'remove_owner', 'delegate', 'end_delegation'])
      .concat(['add_deny', 'add_member', 'assign', 'delete', 'disable', 'enable', 'make_eligible', 'remove_deny'])
      .concat(['remove_eligible', 'remove_member', 'rename', 'restore', 'unassign'])
      .sort(),
  )
})

test.each<[change: object, sentence: string]>([
  [{ type: 'advance_clock' }, 'ms is wrong'],
  [{ type: 'set_token_lifetime', seconds: 0 }, 'seconds must be'],
  [{ type: 'set_secret', value: 7 }, 'value is wrong'],
  [{ type: 'set_powerless', powerless: 'silent' }, 'powerless is wrong'],
  [{ type: 'set_page_size', pageSize: 0 }, 'pageSize'],
  [{ type: 'set_traits', user: 'x', traits: { tall: true } }, 'There is no parameter called traits.tall'],
])('%o is refused in a sentence, and changes nothing', (change, sentence) => {
  const { world, tenantId } = make()
  const { clockOffset, tokenSeconds } = world
  expect(() => applyChange(world, { tenantId, ...change } as Change)).toThrow(sentence)
  expect([world.clockOffset, world.tokenSeconds]).toEqual([clockOffset, tokenSeconds])
})
