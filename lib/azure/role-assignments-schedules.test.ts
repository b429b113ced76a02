import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { buildSmallWorld, OWNER, SUBSCRIPTION, smallWorld } from '@/sandbox/properties/small-world'
import { type Sandbox, startSandbox } from '@/sandbox/server'
import { makeTenant } from '@/sandbox/world/make-tenant'
import { ancestorsOf, isInForceAt } from '@/sandbox/world/rbac'
import { managementGroupIdIn, subscriptionIdIn } from '@/sandbox/world/scopes'
import type { TenantSpec } from '@/sandbox/world/tenant-spec'
import type { Tenant } from '@/sandbox/world/types'
import { azureAs } from '@/testing/azure-as'
import { pointAt } from '@/testing/stand-in'
import { type ReadList, readOptional } from './client/lists'
import { isUnlicensed, listAssignmentSchedules, listRoleAssignments, listRoleEligibilities } from './role-assignments'

let sandbox: Sandbox
beforeAll(async () => {
  sandbox = await startSandbox({ port: 0, portalUrl: 'http://localhost:3000' })
  pointAt(sandbox.url)
})
afterAll(() => sandbox.close())

/** The eligibilities or assignments of a world that give access to a subscription now, found one by one. */
function holding<T extends { scope: string }>(
  tenant: Tenant,
  subscriptionId: string,
  all: Iterable<T>,
  windowOf: (one: T) => { startDateTime: string; endDateTime: string | null } | null,
): T[] {
  const above = ancestorsOf(tenant, tenant.subscriptions.get(subscriptionId)?.managementGroupId ?? '')
  const groups = new Set(above.map((id) => id.toLowerCase()))
  return [...all].filter((one) => {
    const group = managementGroupIdIn(one.scope)?.toLowerCase()
    const reaches = group ? groups.has(group) : [null, subscriptionId].includes(subscriptionIdIn(one.scope))
    const window = windowOf(one)
    return reaches && (window === null || isInForceAt(window, sandbox.world.now()))
  })
}

const keyOf = ({ scope, id }: { scope: string; id: string }) => `${scope} ${id}`.toLowerCase()
const time = (text: string | null) => (text === null ? null : new Date(text))
const byKey = (one: { key: string }, other: { key: string }) => (one.key < other.key ? -1 : 1)

const eligibleTruth = (tenant: Tenant, subscriptionId: string) =>
  holding(tenant, subscriptionId, tenant.eligibilities.values(), (one) => one)
    .map((one) => ({
      key: `eligible ${keyOf(one)}`,
      principalId: one.principalId,
      roleId: one.roleId.toLowerCase(),
      scope: one.scope,
      condition: one.condition,
      startsAt: time(one.startDateTime),
      endsAt: time(one.endDateTime),
    }))
    .sort(byKey)

const scheduleTruth = (tenant: Tenant, subscriptionId: string) =>
  holding(tenant, subscriptionId, tenant.assignments.values(), ({ schedule }) => schedule)
    .map((one) => ({
      key: keyOf(one),
      originKey: keyOf(one),
      activated: one.schedule?.assignmentType === 'Activated',
      principalId: one.principalId,
      startsAt: time(one.schedule?.startDateTime ?? one.createdOn),
      endsAt: time(one.schedule?.endDateTime ?? null),
    }))
    .sort(byKey)

async function read(tenant: Tenant, subscriptionId: string, objectId: string) {
  const { azure, meter } = azureAs(sandbox.world, tenant.id, objectId)
  const eligible = await listRoleEligibilities(azure, subscriptionId)
  const schedules = await listAssignmentSchedules(azure, subscriptionId)
  return { azure, meter, eligible, schedules }
}

function made(spec: TenantSpec, kind: 'owner' | 'outsider' = 'owner') {
  const tenant = makeTenant(sandbox.world, spec)
  const known = sandbox.world.findTenant(tenant.tenantId)
  const [subscription] = tenant.subscriptions
  const account = tenant.accounts.find((one) => one.kind === kind)
  if (!known || !subscription || !account) throw new Error('The tenant was not made.')
  return { tenant: known, subscriptionId: subscription.id, objectId: account.objectId }
}

test('roles that can be activated, and the times of those that are held, are read as the world has them', async () => {
  const { tenant, subscriptionId, objectId } = made({
    seed: 'privileged',
    people: 30,
    groups: 4,
    subscriptions: 2,
    managementGroupDepth: 2,
    assignments: 40,
    timeBound: 9,
    eligibility: 11,
    activated: 4,
    pageSize: 3,
  })
  const { azure, meter, eligible, schedules } = await read(tenant, subscriptionId, objectId)

  expect([eligible.odd, schedules.odd]).toEqual([[], []])
  expect(eligible.rows.toSorted(byKey)).toMatchObject(eligibleTruth(tenant, subscriptionId))
  expect(new Set(eligible.rows.map(({ principalKind }) => principalKind))).toEqual(new Set(['user', 'group']))
  for (const { principalId, principalName } of eligible.rows)
    expect(principalName).toBe((tenant.users.get(principalId) ?? tenant.groups.get(principalId))?.displayName)

  expect(schedules.rows.toSorted(byKey)).toMatchObject(scheduleTruth(tenant, subscriptionId))
  expect(schedules.rows.filter(({ activated }) => activated)).toHaveLength(4)
  expect(schedules.rows.filter(({ endsAt }) => endsAt !== null).length).toBeGreaterThanOrEqual(9)
  const calls = Math.ceil(eligible.rows.length / 3) + Math.ceil(schedules.rows.length / 3)
  expect(meter).toMatchObject({ calls, retries: 0 })

  const held = (await listRoleAssignments(azure, subscriptionId)).rows.map(({ key }) => key)
  expect(schedules.rows.map(({ originKey }) => originKey).sort()).toEqual(held.sort())
})

test('eligible roles and schedules are read as any small world has them, at any scope and size of page', () =>
  fc.assert(
    fc.asyncProperty(smallWorld, async (drawn) => {
      const tenant = buildSmallWorld(sandbox.world, drawn)
      const { eligible, schedules } = await read(tenant, SUBSCRIPTION, OWNER)
      const [eligibles, scheduled] = [eligibleTruth(tenant, SUBSCRIPTION), scheduleTruth(tenant, SUBSCRIPTION)]
      expect(eligible.rows).toHaveLength(eligibles.length)
      expect(eligible.rows.toSorted(byKey)).toMatchObject(eligibles)
      expect(schedules.rows).toHaveLength(scheduled.length)
      expect(schedules.rows.toSorted(byKey)).toMatchObject(scheduled)
    }),
    { numRuns: 60 },
  ))

test('a tenant without the licence for eligible roles is told from one that refuses them', async () => {
  const { tenant, subscriptionId, objectId } = made({ seed: 'unlicensed', licence: 'p1' })
  const { azure } = azureAs(sandbox.world, tenant.id, objectId)
  for (const list of [listRoleEligibilities, listAssignmentSchedules]) {
    const { rows, refused } = await readOptional(
      'list',
      () => list(azure, subscriptionId) as Promise<ReadList<unknown>>,
    )
    expect(rows).toEqual([])
    expect(refused && isUnlicensed(refused)).toBe(true)
  }
})

test('an account that may not read eligible roles fails nothing, and the answer says so', async () => {
  const { tenant, subscriptionId, objectId } = made({ seed: 'barred', eligibility: 3 }, 'outsider')
  const { azure } = azureAs(sandbox.world, tenant.id, objectId)
  for (const list of [listRoleEligibilities, listAssignmentSchedules]) {
    const { rows, refused } = await readOptional(
      'list',
      () => list(azure, subscriptionId) as Promise<ReadList<unknown>>,
    )
    expect(rows).toEqual([])
    expect(refused).toMatchObject({ refusal: { request: 'list', status: 403 } })
    expect(refused && isUnlicensed(refused)).toBe(false)
  }
})

test('after a refusal on a later page no rows of the earlier ones are returned', async () => {
  const { tenant, subscriptionId, objectId } = made({ seed: 'half', people: 9, eligibility: 6, pageSize: 2 })
  sandbox.world.faults = [{ match: { path: 'ScheduleInstances' }, skip: 1, status: 403, seen: 0, fired: 0 }]
  const { azure } = azureAs(sandbox.world, tenant.id, objectId)
  const { refused, rows } = await readOptional('eligible', () => listRoleEligibilities(azure, subscriptionId)).finally(
    () => {
      sandbox.world.faults = []
    },
  )
  expect({ status: refused?.refusal.status, rows }).toEqual({ status: 403, rows: [] })
})

test('a list whose page tokens expire in the middle is begun again, once', async () => {
  const { tenant, subscriptionId, objectId } = made({ seed: 'expired', people: 9, eligibility: 6, pageSize: 2 })
  const { azure } = azureAs(sandbox.world, tenant.id, objectId)
  const whole = await listRoleEligibilities(azure, subscriptionId)
  const body = { error: { code: 'InvalidSkipToken', message: 'The skip token has expired.' } }
  const expire = (times: number) => {
    sandbox.world.faults = [
      { match: { path: 'Eligibility', query: 'skip' }, times, status: 400, body, seen: 0, fired: 0 },
    ]
  }
  expire(1)
  expect(await listRoleEligibilities(azure, subscriptionId)).toEqual(whole)
  expire(2)
  await expect(listRoleEligibilities(azure, subscriptionId)).rejects.toMatchObject({ code: 'refused_by_microsoft' })
  sandbox.world.faults = []
})
