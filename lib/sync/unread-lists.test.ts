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

/** Somebody new who is in a group that holds a role, and holds nothing else. */
function joinGroup({ world, tenantId, subscription }: TestTenant) {
  const group = applyChange(world, { type: 'add_group', tenantId, displayName: 'Engineers' }) as { id: string }
  const { id } = applyChange(world, { type: 'add_person', tenantId, displayName: 'Newton New' }) as { id: string }
  applyChange(world, { type: 'add_member', tenantId, groupId: group.id, principalId: id })
  const scope = `/subscriptions/${subscription.id}`
  applyChange(world, { type: 'assign', tenantId, principalId: group.id, role: 'Owner', scope })
  return { id, groupId: group.id }
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

test('a person whom one replica of the directory misses is asked about again before anything is said', async () => {
  const { tenant, sync, people } = await connected({ people: 30 })
  const { world, tenantId } = tenant
  const known = (await people()).find(({ status, direct }) => status === 'active' && direct > 0)
  if (!known) throw new Error('Nobody holds a role directly.')
  const statusOf = async () => (await people()).find(({ principalId }) => principalId === known.principalId)?.status
  applyChange(world, { type: 'lag', tenantId, principalId: known.principalId, lookups: 1 })
  await sync()
  expect(await statusOf()).toBe('active')
})

test('a row without a type is asked about, and stays where it was', async () => {
  const { tenant, sync, people, first } = await connected({ people: 20 })
  const before = await people()
  const match = { path: '/roleAssignments', tenantId: tenant.tenantId }
  const run = await tenant.during(
    [{ match, setField: { path: 'properties.principalType', value: null, everyNth: 2 } }],
    sync,
  )
  expect(run).toMatchObject({ state: 'succeeded', gaps: false, people: first.people, gained: 0, lost: 0 })
  expect((await people()).map(({ principalId }) => principalId)).toEqual(before.map(({ principalId }) => principalId))
})

test.each(['principalId', 'roleDefinitionId', 'scope'])(
  'rows of which %s cannot be understood are set aside and named, and what was read of them before stays',
  async (field) => {
    const { tenant, sync, shown } = await connected({ people: 20, assignments: 28 })
    const before = await shown()
    const match = { path: '/roleAssignments', tenantId: tenant.tenantId }
    const run = await tenant.during(
      [{ match, setField: { path: `properties.${field}`, value: '', everyNth: 7 } }],
      sync,
    )
    expect(run).toMatchObject({ state: 'succeeded', gaps: true, gained: 0, lost: 0 })
    const line = run.coverage.find(({ dataset }) => dataset === 'assignments')
    expect(line).toMatchObject({ state: 'partly', why: 'odd_rows', kept: line?.missing })
    expect(line?.odd?.length).toBe(line?.missing)
    expect(await shown()).toEqual(before)
  },
)

test('a list of assignments of which most cannot be understood is not believed', async () => {
  const { tenant, sync, shown } = await connected()
  const before = await shown()
  const match = { path: '/roleAssignments', tenantId: tenant.tenantId }
  const run = await tenant.during(
    [{ match, setField: { path: 'properties.principalId', value: 7, everyNth: 1 } }],
    sync,
  )
  expect(run).toMatchObject({ state: 'failed', problem: { code: 'bad_answer' } })
  expect(await shown()).toEqual(before)
})

test('principals of a type that nobody knows are placed by the directory, and what it does not know leaves a gap', async () => {
  const { tenant, sync, people } = await connected({ agents: 2 })
  const { world, tenantId, subscription } = tenant
  const directory = world.findTenant(tenantId)
  const agent = [...(directory?.users.values() ?? [])].find(({ identityParentId }) => identityParentId)
  if (!agent) throw new Error('The world has no agent.')
  const scope = `/subscriptions/${subscription.id}`
  const assign = { type: 'assign', tenantId, role: 'Owner', scope, principalType: 'Workload' } as const
  applyChange(world, { ...assign, principalId: agent.id })
  expect(await sync()).toMatchObject({ gaps: false })
  const row = (await people()).find(({ principalId }) => principalId === agent.id)
  expect(row).toMatchObject({
    variety: 'agent',
    name: agent.displayName,
    signals: expect.arrayContaining(['can_grant']),
  })

  const [model] = [...(directory?.assignments.values() ?? [])]
  const id = '00000000-1111-4222-8333-666666666666'
  if (model)
    directory?.assignments.add({ ...model, id, principalId: id, principalType: 'Workload', schedule: null, scope })
  const run = await sync()
  expect(run).toMatchObject({ state: 'succeeded', gaps: true })
  expect(run.coverage.find(({ dataset }) => dataset === 'kinds')).toMatchObject({ state: 'partly', missing: 1 })
})
