import { eq, sql } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Actor } from '@/db/actor'
import { getConnection } from '@/db/queries/connections'
import { listMatchingGrants } from '@/db/queries/grants'
import { getGroup } from '@/db/queries/groups'
import { ALL_PEOPLE, type HolderRow, listHolders } from '@/db/queries/holders'
import { getPersonAccess } from '@/db/queries/person-access'
import type { Snapshot } from '@/db/queries/snapshot'
import { connections } from '@/db/schema/connections'
import { principals } from '@/db/schema/directory'
import { explainAccess } from '@/lib/domain/access-paths'
import { OPTIONAL_SCOPES, type OptionalScope } from '@/lib/domain/permissions'
import type { HolderFilter } from '@/lib/domain/views'
import type { CoverageLine } from '@/lib/domain/vocabulary'
import { applyChange } from '@/sandbox/world/changes'
import { carryRun, connect, currentAccess, type Rolecall, startRolecall, type TestTenant } from '@/testing/rolecall'
import { requestSync } from './request-sync'

let rolecall: Rolecall
beforeAll(async () => {
  rolecall = await startRolecall()
})
afterAll(() => rolecall.close())

type Spec = Parameters<Rolecall['tenant']>[0]

async function connected(spec: Spec = {}, optional: readonly OptionalScope[] = ['GroupMember.Read.All']) {
  const tenant = await rolecall.tenant({ eligibility: 3, groups: { count: 3, size: 4 }, ...spec })
  const id = await connect(tenant, tenant.subscription.id, { optional })
  const first = await carryRun(rolecall, tenant.owner, id)
  const sync = async () => {
    await requestSync(tenant.owner, id)
    return carryRun(rolecall, tenant.owner, id)
  }
  const opened = async () => {
    const connection = await getConnection(tenant.owner, id)
    if (!connection) throw new Error('There is no such connection.')
    return connection
  }
  const list = async (who: HolderFilter['who'], filter: Partial<HolderFilter> = {}): Promise<HolderRow[]> =>
    (await listHolders(tenant.owner, await opened(), { ...ALL_PEOPLE, ...filter, who }, 200)).rows
  const people = () => list('people')
  return { tenant, id, first, sync, people, list, opened, shown: () => currentAccess(rolecall, tenant.owner, id) }
}

const lineOf = (run: { coverage: CoverageLine[] }, dataset: string) =>
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

test.each([
  ['registrationDefinitions', 404, 'whole'],
  ['registrationDefinitions', 409, 'whole'],
  ['registrationDefinitions', 400, 'not_readable'],
  ['registrationAssignments', 404, 'not_readable'],
  ['registrationAssignments', 409, 'not_readable'],
  ['/resourceGroups/.*/registrationAssignments', 404, 'not_readable'],
  ['/resourceGroups/.*/registrationAssignments', 409, 'not_readable'],
] as const)('where nobody manages the subscription, %s refused with %i means %s', async (path, status, state) => {
  const tenant = await rolecall.tenant({ delegations: 0, resourceGroups: 2 })
  const { world, tenantId, subscription } = tenant
  const [group] = world.findTenant(tenantId)?.subscriptions.get(subscription.id)?.resourceGroups ?? []
  const scope = `/subscriptions/${subscription.id}/resourceGroups/${group}`
  const delegate = { type: 'delegate', tenantId, scope } as const
  applyChange(world, delegate)
  const id = await connect(tenant)
  const body = { error: { code: 'MissingSubscriptionRegistration', message: 'refused' } }
  const run = await tenant.during([{ match: { path, tenantId }, status, body }], () =>
    carryRun(rolecall, tenant.owner, id),
  )
  expect(lineOf(run, 'delegations')).toMatchObject({ state, read: 0 })
})

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

/** Adds a service principal, somebody who is eligible and an owner to a group. Gives their ids. */
function fillGroup({ world, tenantId }: TestTenant, groupId: string, name: string) {
  const directory = world.findTenant(tenantId)
  const members = directory?.groups.list().flatMap(({ id }) => [...directory.memberships.membersOf(id).keys()])
  const service = directory?.servicePrincipals.list().find(({ id }) => !members?.includes(id))
  if (!service) throw new Error('Every service principal is in a group.')
  const [eligible, owner] = ['Eligible', 'Owner'].map((role) => {
    const displayName = `${name} ${role}`
    return (applyChange(world, { type: 'add_person', tenantId, displayName }) as { id: string }).id
  }) as [string, string]
  applyChange(world, { type: 'add_member', tenantId, groupId, principalId: service.id })
  applyChange(world, { type: 'make_eligible_member', tenantId, groupId, principalId: eligible })
  applyChange(world, { type: 'add_owner', tenantId, groupId, principalId: owner })
  return { services: service.id, eligible, owners: owner }
}

const EVERY_KIND: Spec = { people: 30, servicePrincipals: 6, licence: 'p2', consented: [...OPTIONAL_SCOPES] }

/** The lists of a group, each with what alone refuses it. */
const LISTS_OF_GROUPS = [
  ['members', { path: '/members$', inBatch: true }],
  ['services', { path: '/members/microsoft\\.graph\\.servicePrincipal$', inBatch: true }],
  ['eligible', { path: 'eligibilityScheduleInstances', inBatch: true }],
  ['owners', { path: '/v1\\.0/groups$', inBatch: true }],
] as const

test.each(LISTS_OF_GROUPS)(
  'when only the list of %s of groups is refused, it alone keeps its earlier reading, and all else is of now',
  async (refused, match) => {
    const { tenant, sync, list, opened } = await connected(EVERY_KIND, OPTIONAL_SCOPES)
    const { tenantId } = tenant
    const { id, groupId } = joinGroup(tenant)
    const before = { members: id, ...fillGroup(tenant, groupId, 'Before') }
    const good = await sync()
    const later = (applyChange(tenant.world, { type: 'add_person', tenantId, displayName: 'Late' }) as { id: string })
      .id
    applyChange(tenant.world, { type: 'add_member', tenantId, groupId, principalId: later })
    const after = { members: later, ...fillGroup(tenant, groupId, 'After') }
    await tenant.during([{ match: { ...match, tenantId }, status: 403 }], sync)

    const group = await getGroup(tenant.owner, await opened(), groupId)
    const found = new Map([...(group?.memberPage.rows ?? []), ...(group?.ownedBy ?? [])].map((row) => [row.id, row]))
    const holders = new Map(
      [...(await list('people')), ...(await list('others'))].map((row) => [row.principalId, row.unreadSince]),
    )
    const filtered = new Map(
      [...(await list('people', { how: 'group' })), ...(await list('others', { how: 'group' }))].map((row) => [
        row.principalId,
        row.unreadSince,
      ]),
    )
    for (const [kind] of LISTS_OF_GROUPS) {
      const age = kind === refused ? good.finishedAt : null
      expect([kind, found.has(before[kind]), found.has(after[kind])]).toEqual([kind, true, kind !== refused])
      expect([kind, group?.ages[kind]]).toEqual([kind, age])
      if (kind === 'owners') continue
      expect([kind, holders.get(before[kind])]).toEqual([kind, age])
      expect([kind, filtered.get(before[kind])]).toEqual([kind, age])
      const access = await getPersonAccess(tenant.owner, await opened(), before[kind])
      const role = access && explainAccess(access).find(({ roleName }) => roleName === 'Owner')
      expect([kind, role?.unreadSince]).toEqual([kind, age])
    }
  },
)

const ODD_ID = 'no ID at all'

/** The lists of a group, each with the line that its rows are counted in, and what makes them odd. */
const ODD_ROWS_OF_GROUPS = [
  ['members', 'groups', LISTS_OF_GROUPS[0][1], { path: 'id', value: ODD_ID }],
  ['services', 'services_in_groups', LISTS_OF_GROUPS[1][1], { path: 'id', value: ODD_ID }],
  ['eligible', 'eligible_members', LISTS_OF_GROUPS[2][1], { path: 'principalId', value: ODD_ID }],
  ['owners', 'group_owners', LISTS_OF_GROUPS[3][1], { path: 'owners', value: [{ id: ODD_ID }] }],
] as const

test.each(ODD_ROWS_OF_GROUPS)(
  'an odd row in the list of %s of a group is a gap in the line of %s alone, and what was known of it stays',
  async (_list, dataset, match, setField) => {
    const { tenant, sync, opened } = await connected(EVERY_KIND, OPTIONAL_SCOPES)
    const { tenantId } = tenant
    const { id, groupId } = joinGroup(tenant)
    const before = { members: id, ...fillGroup(tenant, groupId, 'Before') }
    expect(await sync()).toMatchObject({ gaps: false })
    const run = await tenant.during([{ match: { ...match, tenantId }, setField }], sync)
    expect(run).toMatchObject({ state: 'succeeded', gaps: true })
    const partly = run.coverage.filter(({ state }) => state !== 'whole').map((line) => line.dataset)
    expect(partly).toEqual([dataset])
    expect(lineOf(run, dataset)).toMatchObject({ state: 'partly', why: 'odd_rows', kept: expect.any(Number) })
    const group = await getGroup(tenant.owner, await opened(), groupId)
    const found = new Set([...(group?.memberPage.rows ?? []), ...(group?.ownedBy ?? [])].map((row) => row.id))
    for (const [kind] of LISTS_OF_GROUPS) expect([kind, found.has(before[kind])]).toEqual([kind, true])
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

/** The age of each grant that a page of its holder shows, by the assignment's key. */
async function agesOf(owner: Actor, connection: Snapshot, principalId: string) {
  const access = await getPersonAccess(owner, connection, principalId)
  return new Map(access?.grants.map(({ key, readAt, firstSeen }) => [key, { readAt, firstSeen }]))
}

test('each assignment of an earlier reading has its age on every page and in the file, and was first seen when it was', async () => {
  const { tenant, sync, opened, first } = await connected({ people: 20, assignments: 60 })
  const match = { path: '/roleAssignments', tenantId: tenant.tenantId }
  const setField = { path: 'properties.scope', value: '', everyNth: 2 }
  for (let time = 1; time <= 2; time++) await tenant.during([{ match, setField }], sync)
  const connection = await opened()
  const lists = await Promise.all(
    (['people', 'others'] as const).map((who) => listHolders(tenant.owner, connection, { ...ALL_PEOPLE, who }, 200)),
  )
  const ids = lists.flatMap(({ rows }) => rows.map(({ principalId }) => principalId))
  const grants = await listMatchingGrants(tenant.owner, connection, ids)
  const kept = grants.filter(({ readAt }) => readAt !== null)
  // More than the ids that a line of the coverage names.
  expect(new Set(kept.map(({ key }) => key)).size).toBeGreaterThan(20)
  expect(grants.length).toBeGreaterThan(kept.length)
  for (const { principalId, key, readAt } of grants.filter(({ groupId }) => groupId === null)) {
    const age = (await agesOf(tenant.owner, connection, principalId)).get(key)
    expect([key, age?.readAt]).toEqual([key, readAt])
    expect([key, age?.firstSeen]).toEqual([key, first.finishedAt])
    expect([null, first.finishedAt?.getTime()]).toContain(readAt?.getTime() ?? null)
  }
  await sync()
  const now = await listMatchingGrants(tenant.owner, await opened(), ids)
  expect(now.every(({ readAt }) => readAt === null)).toBe(true)
})

test('a delegation whose row is odd makes only those delegates old that were not read now', async () => {
  const { tenant, sync, opened, list } = await connected({ delegations: 2 })
  const before = (await list('others')).filter(({ kind }) => kind === 'delegate')
  const match = { path: 'registrationAssignments', tenantId: tenant.tenantId }
  const setField = { path: 'properties.registrationDefinition', value: null, everyNth: 2 }
  const run = await tenant.during([{ match, setField }], sync)
  const rows = (await list('others')).filter(({ kind }) => kind === 'delegate')
  expect(rows.map(({ principalId }) => principalId)).toEqual(before.map(({ principalId }) => principalId))
  const old = rows.filter(({ unreadSince }) => unreadSince !== null)
  expect(old.length).toBeGreaterThan(0)
  expect(old.length).toBeLessThan(rows.length)
  expect(lineOf(run, 'delegations')?.kept).toBeGreaterThanOrEqual(old.length)
  for (const { principalId, unreadSince } of rows)
    for (const { readAt } of (await agesOf(tenant.owner, await opened(), principalId)).values())
      expect([principalId, readAt === null]).toEqual([principalId, unreadSince === null])
})

test('what another tenant says of a principal never takes the place of what is known of it here', async () => {
  const { tenant, sync, people } = await connected({ people: 10, delegations: 0 })
  const known = (await people()).find(({ direct, status }) => direct > 0 && status === 'active')
  if (!known) throw new Error('Nobody holds a role directly.')
  const { subscription } = tenant
  const authorizations = [{ principalId: known.principalId, principalIdDisplayName: 'Somebody Else', role: 'Reader' }]
  applyChange(tenant.world, { type: 'delegate', subscriptionId: subscription.id, authorizations })
  await sync()
  expect((await people()).find(({ principalId }) => principalId === known.principalId)).toMatchObject({
    name: known.name,
    status: 'active',
    organisation: null,
    grants: known.grants + 1,
  })
})

test('somebody who is not known yet stays so while the directory cannot be asked, since the same time', async () => {
  const { tenant, sync, people } = await connected({ people: 10 })
  const { world, tenantId, subscription } = tenant
  const { id } = applyChange(world, { type: 'add_person', tenantId, displayName: 'Newton New' }) as { id: string }
  applyChange(world, { type: 'assign', tenantId, user: id, role: 'Reader', subscriptionId: subscription.id })
  applyChange(world, { type: 'lag', tenantId, principalId: id, seconds: 3_600 })
  await sync()
  const stored = async () =>
    (await rolecall.db.select().from(principals).where(eq(principals.id, id))).map(({ status, missingSince }) => ({
      status,
      missingSince,
    }))
  const told = await stored()
  expect(told).toMatchObject([{ status: 'unconfirmed', missingSince: expect.any(Date) }])
  await tenant.during([{ match: { path: '/v1\\.0/users$', tenantId, inBatch: true }, status: 403 }], sync)
  expect(await stored()).toEqual(told)
  expect((await people()).find(({ principalId }) => principalId === id)?.status).toBe('unconfirmed')
})

test('a result in doubt is looked at again soon, but not a second time before its schedule', async () => {
  const { tenant, id, sync } = await connected()
  const next = async () => {
    const connection = await getConnection(tenant.owner, id)
    const [published, due] = [connection?.publishedAt, connection?.nextSyncAt]
    return published && due ? (due.getTime() - published.getTime()) / 60_000 : null
  }
  const usual = await next()
  const match = { path: 'denyAssignments', tenantId: tenant.tenantId }
  const earlier = sql`published_at - interval '1 day'`
  await rolecall.db.update(connections).set({ publishedAt: earlier }).where(eq(connections.id, id))
  await tenant.during([{ match, status: 500, headers, body: {} }], sync)
  expect(await next()).toBeCloseTo(10, 0)
  await tenant.during([{ match, status: 500, headers, body: {} }], sync)
  expect(await next()).toBeGreaterThan(60)
  expect(usual).toBeGreaterThan(60)
})

test.each([
  ['a right', { status: 403 }, { state: 'not_permitted', why: 'sign_ins_not_permitted', read: 0 }],
  ['a fault of the question', { status: 400 }, { state: 'not_readable', why: 'list_refused', read: 0 }],
  ['an outage', { status: 503, headers }, { state: 'not_readable', why: 'azure_unreachable', read: 0 }],
  ['an outage half-way', { status: 503, headers, skip: 20 }, { state: 'partly', why: 'azure_unreachable' }],
  [
    'rows that cannot be understood',
    { setField: { path: 'signInActivity', value: 7, everyNth: 9 } },
    { state: 'partly', why: 'odd_rows' },
  ],
])('last sign-ins that are not read whole because of %s are a gap with that reason', async (_, fault, wanted) => {
  const spec = { people: 330, assignments: 340, signIns: 1, licence: 'p2', groups: { count: 0, size: 0 } } as const
  const tenant = await rolecall.tenant({ ...spec, consented: [...OPTIONAL_SCOPES] })
  const id = await connect(tenant, tenant.subscription.id, { optional: OPTIONAL_SCOPES })
  const match = { path: '/v1\\.0/users$', query: 'signInActivity', inBatch: true, tenantId: tenant.tenantId }
  const run = await tenant.during([{ match, ...fault }], () => carryRun(rolecall, tenant.owner, id))
  expect(run).toMatchObject({ state: 'succeeded', gaps: true })
  const line = lineOf(run, 'sign_ins')
  expect(line).toMatchObject({ ...wanted, missing: expect.any(Number) })
  expect(line).not.toMatchObject({ missing: 0 })
  if ('setField' in fault) expect(line).toMatchObject({ odd: expect.any(Array) })
  else expect(line).toMatchObject({ refusal: { status: fault.status } })
})
