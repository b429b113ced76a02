import { afterAll, beforeAll, expect, test } from 'vitest'
import { getConnection } from '@/db/queries/connections'
import { ALL_PEOPLE, type HolderRow, listHolders } from '@/db/queries/holders'
import { applyChange } from '@/sandbox/world/changes'
import { carryRun, connect, currentAccess, type Rolecall, startRolecall, type TestTenant } from '@/testing/rolecall'
import { requestSync } from './request-sync'

let rolecall: Rolecall
beforeAll(async () => {
  rolecall = await startRolecall()
})
afterAll(() => rolecall.close())

type Spec = Parameters<Rolecall['tenant']>[0]

async function connected(spec: Spec = {}) {
  const tenant = await rolecall.tenant({ eligibility: 3, groups: { count: 3, size: 4 }, ...spec })
  const id = await connect(tenant, tenant.subscription.id, { optional: ['GroupMember.Read.All'] })
  const first = await carryRun(rolecall, tenant.owner, id)
  const sync = async () => {
    await requestSync(tenant.owner, id)
    return carryRun(rolecall, tenant.owner, id)
  }
  const people = async (): Promise<HolderRow[]> => {
    const connection = await getConnection(tenant.owner, id)
    return connection ? (await listHolders(tenant.owner, connection, ALL_PEOPLE, 200)).rows : []
  }
  return { tenant, id, first, sync, people, shown: () => currentAccess(rolecall, tenant.owner, id) }
}

const lineOf = (run: { coverage: { dataset: string }[] }, dataset: string) =>
  run.coverage.find((line) => line.dataset === dataset)

const OPTIONAL = [
  ['eligible', 'roleEligibilityScheduleInstances'],
  ['denies', 'denyAssignments'],
  ['scopes', 'getEntities'],
] as const
/** Microsoft asks for no wait, so that the repeats of a 500 take no time. */
const headers = { 'retry-after': '0' }

const REFUSALS = [
  [400, 'TenantNotOnboarded'],
  [401, 'InvalidTenantId'],
  [403, 'AuthorizationFailed'],
  [404, 'NoRegisteredProviderFound'],
  [500, 'UnknownError'],
] as const

test.each(
  OPTIONAL.flatMap(([dataset, path]) => REFUSALS.map(([status, code]) => [dataset, status, code, path] as const)),
)(
  'when the list of %s is refused with %i %s, the rest is published, and what was read of it before stays',
  async (dataset, status, code, path) => {
    const { tenant, sync, people, shown } = await connected({ denyAssignments: 2, managementGroupDepth: 2 })
    const [held, before] = [await shown(), await people()]
    const body = { error: { code, message: 'refused' } }
    const run = await tenant.during([{ match: { path, tenantId: tenant.tenantId }, status, headers, body }], sync)
    expect(run).toMatchObject({ state: 'succeeded', gained: 0, lost: 0 })
    expect(lineOf(run, dataset)).toMatchObject({
      state: status === 403 ? 'not_permitted' : 'not_readable',
      refusal: { status, microsoftCode: code, request: expect.stringContaining(path) },
      keptSince: expect.any(String),
    })
    expect(await shown()).toEqual(held)
    expect((await people()).map(({ principalId, grants }) => [principalId, grants])).toEqual(
      before.map(({ principalId, grants }) => [principalId, grants]),
    )
  },
)

test('a subscription whose eligible roles are refused from the start is connected, and says so', async () => {
  const tenant = await rolecall.tenant()
  const id = await connect(tenant)
  const body = { error: { code: 'InvalidTenantId', message: 'refused' } }
  const match = { path: 'ScheduleInstances', tenantId: tenant.tenantId }
  const run = await tenant.during([{ match, status: 401, body }], () => carryRun(rolecall, tenant.owner, id))
  expect(run).toMatchObject({ state: 'succeeded', gaps: true })
  expect(lineOf(run, 'eligible')).toMatchObject({ state: 'not_readable', why: 'list_refused' })
})

test('a refusal of the assignments themselves is still the sign-in’s or the subscription’s', async () => {
  const { tenant, sync } = await connected()
  const match = { path: '/roleAssignments', tenantId: tenant.tenantId }
  const body = { error: { code: 'SubscriptionNotFound', message: 'refused' } }
  expect(await tenant.during([{ match, status: 404, body }], sync)).toMatchObject({
    state: 'failed',
    problem: { code: 'subscription_not_readable' },
  })
})

/** Somebody who is in a group that holds a role, and holds nothing else. */
function joinGroup({ world, tenantId, subscription, members }: TestTenant & { members?: string[] }) {
  const tenant = world.findTenant(tenantId)
  const group = applyChange(world, { type: 'add_group', tenantId, displayName: 'Engineers' }) as { id: string }
  const held = new Set([...(tenant?.assignments.values() ?? [])].map(({ principalId }) => principalId))
  const [person] = [...(tenant?.users.values() ?? [])].filter(
    ({ id, account }) => !held.has(id) && !account && tenant?.memberships.groupsOf(id).size === 0,
  )
  if (!person) throw new Error('Everybody has access already.')
  const principalId = person.id
  applyChange(world, { type: 'add_member', tenantId, groupId: group.id, principalId })
  applyChange(world, {
    ...{ type: 'assign', tenantId, principalId: group.id, role: 'Owner' },
    scope: `/subscriptions/${subscription.id}`,
  })
  return { ...person, groupId: group.id, members }
}

test.each([
  [403, 'not_permitted'],
  [400, 'not_readable'],
  [500, 'not_readable'],
] as const)(
  'when the members of groups are refused with %i, those read before stay with their age, apart from the others',
  async (status, state) => {
    const { tenant, sync, people } = await connected({ people: 30 })
    const member = joinGroup(tenant)
    const good = await sync()
    const rowOf = async () => (await people()).find(({ principalId }) => principalId === member.id)
    expect(await rowOf()).toMatchObject({ unreadSince: null, signals: expect.arrayContaining(['can_grant']) })

    const match = { path: '/members', tenantId: tenant.tenantId, inBatch: true }
    const body = { error: { code: 'Authorization_RequestDenied', message: 'Insufficient privileges.' } }
    for (let time = 1; time <= 2; time++) {
      const run = await tenant.during([{ match, status, headers, body }], sync)
      expect(run).toMatchObject({ state: 'succeeded', gaps: true, gained: 0, lost: 0 })
      expect(run.people).toBeLessThan(good.people)
      expect(run.people + run.unread).toBeGreaterThanOrEqual(good.people)
      expect(lineOf(run, 'groups')).toMatchObject({ state, keptSince: good.finishedAt?.toISOString() })
      expect(await rowOf()).toMatchObject({
        role: { name: 'Owner' },
        unreadSince: good.finishedAt,
        signals: ['not_read'],
      })
    }
    expect(await sync()).toMatchObject({ gaps: false, people: good.people, unread: 0 })
    expect(await rowOf()).toMatchObject({ unreadSince: null })
  },
)

test('whoever left a group while it could not be read is gone as soon as it can be', async () => {
  const { tenant, sync, people } = await connected({ people: 30 })
  const member = joinGroup(tenant)
  await sync()
  const has = async () => (await people()).some(({ principalId }) => principalId === member.id)
  const { tenantId } = tenant
  const leave = { type: 'remove_member', tenantId, groupId: member.groupId, principalId: member.id } as const
  applyChange(tenant.world, leave)
  const match = { path: '/members', tenantId, inBatch: true }
  await tenant.during([{ match, status: 403 }], sync)
  expect(await has()).toBe(true)
  await sync()
  expect(await has()).toBe(false)
})

test('a person whom the directory does not find once is not called gone when the assignment is new', async () => {
  const { tenant, sync, people } = await connected({ people: 30 })
  const { world, tenantId, subscription } = tenant
  const unknown = '00000000-1111-4222-8333-444444444444'
  const scope = `/subscriptions/${subscription.id}`
  const directory = world.findTenant(tenantId)
  const statusOf = async (id: string) => (await people()).find(({ principalId }) => principalId === id)?.status

  const [model] = [...(directory?.assignments.values() ?? [])]
  if (!model || !directory) throw new Error('The world has no assignment.')
  const { schedule: _, ...plain } = model
  const assignment = {
    ...plain,
    schedule: null,
    id: unknown,
    principalId: unknown,
    principalType: 'User' as const,
    scope,
  }
  directory.assignments.add({ ...assignment, createdOn: new Date().toISOString() })
  const run = await sync()
  expect(await statusOf(unknown)).toBe('unconfirmed')
  expect(run.signals.orphan).toBeUndefined()

  const old = '00000000-1111-4222-8333-555555555555'
  directory.assignments.add({ ...assignment, id: old, principalId: old, createdOn: '2020-01-01T00:00:00Z' })
  await sync()
  expect(await statusOf(old)).toBe('not_found')
  expect(await statusOf(unknown)).toBe('unconfirmed')
})
