import { and, eq, isNull, ne, sql } from 'drizzle-orm'
import fc from 'fast-check'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { getConnection } from '@/db/queries/connections'
import { ALL_PEOPLE, listHolders } from '@/db/queries/holders'
import { assignments, roleDefinitions } from '@/db/schema/access'
import { connections } from '@/db/schema/connections'
import { principals } from '@/db/schema/directory'
import { syncRuns } from '@/db/schema/runs'
import { createMeter } from '@/lib/azure/client/transport'
import { confirmAttempt } from '@/lib/connections/confirm'
import { claimRun, followRun, RunLost } from '@/lib/runs/runs'
import { sendDueRuns } from '@/lib/worker/worker'
import { applyChange } from '@/sandbox/world/changes'
import { truthOf } from '@/sandbox/world/truth'
import {
  accountOf,
  carryRun,
  connect,
  currentAccess,
  type Rolecall,
  signInForAttempt,
  startRolecall,
  type TestTenant,
} from '@/testing/rolecall'
import { chooseRetryMs } from './fail-run'
import { publishAccess } from './publish-access'
import type { ReadAccess } from './read-access'
import { requestSync } from './request-sync'

let rolecall: Rolecall
beforeAll(async () => {
  rolecall = await startRolecall()
})
afterEach(() => {
  rolecall.sandbox.world.clockOffset = 0
})
afterAll(() => rolecall.close())

const truth = (tenant: TestTenant, subscriptionId = tenant.subscription.id) =>
  truthOf(tenant.world, subscriptionId)
    .map(({ principalId, roleName, scope }) => `${principalId}|${roleName}|${scope.toLowerCase()}`)
    .sort()

async function connected(spec: Parameters<Rolecall['tenant']>[0] = {}) {
  const tenant = await rolecall.tenant(spec)
  const id = await connect(tenant)
  const run = await carryRun(rolecall, tenant.owner, id)
  const sync = async () => {
    await requestSync(tenant.owner, id)
    return carryRun(rolecall, tenant.owner, id)
  }
  return { tenant, id, run, sync, shown: () => currentAccess(rolecall, tenant.owner, id) }
}

const assignmentsOf = (tenant: TestTenant) => ({
  host: 'management.azure.com',
  path: `${tenant.subscription.id}/providers/Microsoft.Authorization/roleAssignments`,
})

/** A result that says nobody has anything. */
const nothingRead = ({ tenantId }: TestTenant): ReadAccess => ({
  subscription: { id: '', name: 'x', state: 'Enabled', tenantId, managedByTenants: [] },
  assignments: [],
  roles: [],
  denies: [],
  managementGroups: null,
  chain: [],
  eligibleRead: false,
  refused: { eligible: false, delegations: false, denials: false },
  beganAt: new Date(),
  roots: [],
  directory: {
    readings: [],
    groups: new Map(),
    readingOf: new Map(),
    sizes: new Map(),
    principals: new Map(),
    readingOfPrincipal: new Map(),
    plan: { way: 'none', predicted: 0, made: 0, why: { reason: 'no_groups' } },
  },
  ownPrincipals: new Map(),
  coverage: [],
})

/** What PostgreSQL says changed in the interval tables: the newest transaction that wrote each row. */
async function versions(organisationId: string) {
  const { rows } = await rolecall.db.execute(sql`
    select 'a' || key as row, xmin::text as version from assignments where organisation_id = ${organisationId}
    union all select 'p' || id, xmin::text from principals where organisation_id = ${organisationId}
    union all select 'r' || id, xmin::text from role_definitions where organisation_id = ${organisationId}
    union all select 'g' || group_id, xmin::text from directory_groups where organisation_id = ${organisationId}
    union all select 'm' || group_id || member_id, xmin::text from group_members where organisation_id = ${organisationId}
    union all select 'n' || group_id || inner_id, xmin::text from group_nesting where organisation_id = ${organisationId}
    union all select 'd' || key, xmin::text from deny_assignments where organisation_id = ${organisationId}
    union all select 'o' || group_id || owner_id, xmin::text from group_owners where organisation_id = ${organisationId}
    union all select 'c' || connection_id || node_id, xmin::text from connection_nodes where organisation_id = ${organisationId}
    union all select 'h' || node_id || principal_id, xmin::text from holders where organisation_id = ${organisationId} order by 1`)
  return rows
}

test('what is stored is what the world has: people, groups, service principals, at every level', async () => {
  const { tenant, run, shown } = await connected({
    people: 30,
    assignments: 90,
    groups: 4,
    servicePrincipals: 3,
    customRoles: 2,
    deleted: 4,
    guests: 4,
    disabled: 3,
    delegations: 0,
  })
  expect(run).toMatchObject({ state: 'succeeded', gaps: false, problem: null })
  expect(await shown()).toEqual(truth(tenant))
  expect(run.gained).toBe(new Set(truth(tenant)).size)
})

test('a result that comes in many small pages is the same', async () => {
  const { tenant, shown } = await connected({ people: 12, assignments: 40, pageSize: 3 })
  expect(await shown()).toEqual(truth(tenant))
})

/** The address in the user principal name of a guest, which an underscore and a mark were put into. */
function realAddressOf(userPrincipalName: string): string | null {
  const [own, mark] = userPrincipalName.split('#EXT#')
  return mark && own ? own.replace(/_(?!.*_)/, '@') : null
}

test('every person has the status that the directory gives them', async () => {
  const { tenant } = await connected({ people: 20, assignments: 40, deleted: 4, guests: 4, disabled: 3 })
  const stored = await rolecall.db
    .select()
    .from(principals)
    .where(and(eq(principals.organisationId, tenant.owner.organisationId), eq(principals.kind, 'user')))
  const directory = tenant.world.findTenant(tenant.tenantId)
  for (const person of stored) {
    const user = directory?.users.get(person.id)
    const expected = !user
      ? directory?.deletedUsers.has(person.id)
        ? 'deleted'
        : 'not_found'
      : !user.accountEnabled
        ? 'disabled'
        : user.externalUserState === 'PendingAcceptance'
          ? 'invited'
          : 'active'
    expect([person.id, person.status]).toEqual([person.id, expected])
    if (user)
      expect(person).toMatchObject({
        name: user.displayName,
        email: user.mail ?? realAddressOf(user.userPrincipalName) ?? user.userPrincipalName,
        guest: user.userType === 'Guest',
      })
  }
  expect(new Set(stored.map(({ status }) => status))).toEqual(
    new Set(['active', 'disabled', 'invited', 'deleted', 'not_found']),
  )
})

test('an unchanged second sync writes no row in the interval tables', async () => {
  const { tenant, sync } = await connected({ people: 15, assignments: 40, groups: 2, deleted: 2 })
  const before = await versions(tenant.owner.organisationId)
  expect(await sync()).toMatchObject({ state: 'succeeded', gained: 0, lost: 0 })
  expect(await versions(tenant.owner.organisationId)).toEqual(before)
})

test('a role that was taken away is closed, not erased, and one that was given is opened', async () => {
  const { tenant, sync, shown } = await connected()
  const reader = tenant.account('reader')
  applyChange(tenant.world, { type: 'unassign', user: reader.username, subscriptionId: tenant.subscription.id })
  applyChange(tenant.world, {
    type: 'assign',
    user: reader.username,
    role: 'Contributor',
    subscriptionId: tenant.subscription.id,
  })
  expect(await sync()).toMatchObject({ gained: 1, lost: 1 })
  expect(await shown()).toEqual(truth(tenant))
  const closed = await rolecall.db
    .select()
    .from(assignments)
    .where(
      and(
        eq(assignments.organisationId, tenant.owner.organisationId),
        eq(assignments.principalId, reader.objectId),
        ne(assignments.roleId, ''),
        sql`valid_to is not null`,
      ),
    )
  expect(closed).toHaveLength(1)
})

test('a subscription that cannot be read keeps its last known access', async () => {
  const { tenant, id, sync, shown } = await connected()
  const before = await shown()
  applyChange(tenant.world, {
    type: 'unassign',
    user: tenant.account('owner').username,
    subscriptionId: tenant.subscription.id,
  })
  expect(await sync()).toMatchObject({
    state: 'failed',
    problem: { code: expect.stringMatching(/subscription_not_readable|reader_role_missing/) },
  })
  expect(await shown()).toEqual(before)
  const [connection] = await rolecall.db.select().from(connections).where(eq(connections.id, id))
  expect(connection).toMatchObject({ state: 'action_needed', nextSyncAt: null })
})

test('an empty list is taken for a missing right, not for everyone having lost access', async () => {
  const { tenant, sync, shown } = await connected({ powerless: 'empty' })
  const before = await shown()
  const run = await tenant.during([{ match: assignmentsOf(tenant), status: 200, body: { value: [] } }], sync)
  expect(run).toMatchObject({ state: 'failed', problem: { code: 'reader_role_missing' } })
  expect(await shown()).toEqual(before)
})

test.each([
  ['a server error', { status: 503, headers: { 'retry-after': '120' } }, 'azure_unreachable'],
  ['throttling that asks for long', { status: 429, headers: { 'retry-after': '300' } }, 'throttled'],
  ['an HTML page', { status: 200, headers: { 'content-type': 'text/html' }, body: '<html>' }, 'bad_answer'],
])('after %s the sync is tried again in minutes, and the page shows what it showed', async (_, answer, code) => {
  const { tenant, id, sync, shown } = await connected()
  const before = await shown()
  const run = await tenant.during([{ match: assignmentsOf(tenant), ...answer }], sync)
  expect(run).toMatchObject({ state: 'failed', problem: { code } })
  expect(await shown()).toEqual(before)
  const [connection] = await rolecall.db
    .select({ state: connections.state, wait: sql<number>`extract(epoch from next_sync_at - now())` })
    .from(connections)
    .where(eq(connections.id, id))
  expect(connection?.state).toBe('active')
  expect(Number(connection?.wait)).toBeGreaterThan(50)
  expect(Number(connection?.wait)).toBeLessThan(3600)
})

test('a sync waits for a pause that another one was asked for: it asks nothing there, and is put off for as long', async () => {
  const { tenant, id, sync, shown } = await connected()
  const before = await shown()
  const body = { error: { code: 'SubscriptionRequestsThrottled', message: 'x' } }
  const answer = { status: 429, headers: { 'retry-after': '300' }, body }
  await tenant.during([{ match: assignmentsOf(tenant), ...answer }], sync)

  tenant.world.log = []
  const run = await sync()
  expect(run).toMatchObject({ state: 'failed', problem: { code: 'throttled' } })
  expect(tenant.world.log.map(({ path }) => path).filter((path) => path.includes(tenant.subscription.id))).toEqual([])
  expect(await shown()).toEqual(before)
  const [connection] = await rolecall.db
    .select({ wait: sql<number>`extract(epoch from next_sync_at - now())::float8` })
    .from(connections)
    .where(eq(connections.id, id))
  expect(connection?.wait).toBeGreaterThan(50)
  expect(connection?.wait).toBeLessThan(3600)
})

test.each(['999999999', 'Fri, 31 Dec 9999 23:59:59 GMT', '9'.repeat(30)])(
  'a pause until %s is one of a day, and the run says so',
  async (retryAfter) => {
    const { tenant, id, sync } = await connected()
    const answer = { status: 429, headers: { 'retry-after': retryAfter } }
    const run = await tenant.during([{ match: assignmentsOf(tenant), ...answer }], sync)
    expect(run).toMatchObject({ state: 'failed', problem: { code: 'long_pause' } })
    const [connection] = await rolecall.db
      .select({ state: connections.state, wait: sql<number>`extract(epoch from next_sync_at - now())` })
      .from(connections)
      .where(eq(connections.id, id))
    expect(connection?.state).toBe('active')
    expect(Number(connection?.wait) / 3600).toBeCloseTo(24, 1)
  },
)

test.each([
  'https://management.azure.com.evil.example/page2',
  'https://management.azure.com:x@evil.example/page2',
  'http://management.azure.com/page2',
  'https://127.0.0.1/page2',
])('a next link to %s is not followed, and the run says so', async (nextLink) => {
  const { tenant, sync, shown } = await connected()
  const before = await shown()
  const run = await tenant.during([{ match: assignmentsOf(tenant), nextLink }], sync)
  expect(run).toMatchObject({ state: 'failed', problem: { code: 'untrusted_link' } })
  expect(await shown()).toEqual(before)
})

test('a redirect to elsewhere is not followed', async () => {
  const { tenant, sync } = await connected()
  const run = await tenant.during([{ match: assignmentsOf(tenant), redirectTo: 'https://evil.example/' }], sync)
  expect(run).toMatchObject({ state: 'failed', problem: { code: 'untrusted_link' } })
})

test('a list whose next link leads back to itself is ended, and nothing of it is shown', async () => {
  const { tenant, sync, shown } = await connected()
  const before = await shown()
  const path = `/subscriptions/${tenant.subscription.id}/providers/Microsoft.Authorization/roleAssignments`
  const nextLink = `https://management.azure.com${path}?api-version=2022-04-01`
  const run = await tenant.during([{ match: assignmentsOf(tenant), nextLink }], sync)
  expect(run).toMatchObject({ state: 'failed', problem: { code: 'endless_list' } })
  expect(await shown()).toEqual(before)
})

test('a revoked sign-in asks for a reconnect and is not retried', async () => {
  const { tenant, id, sync } = await connected()
  applyChange(tenant.world, { type: 'revoke_sessions', tenantId: tenant.tenantId })
  applyChange(tenant.world, { type: 'advance_clock', ms: 2 * 3_600_000 })
  const run = await sync()
  expect(run).toMatchObject({ state: 'failed', problem: { code: 'sign_in_revoked', aadsts: 50173 } })
  const [connection] = await rolecall.db.select().from(connections).where(eq(connections.id, id))
  expect(connection).toMatchObject({ state: 'active', nextSyncAt: null })
  expect(await accountOf(rolecall, id)).toMatchObject({ state: 'reconnect_needed', stateReason: 'sign_in_revoked' })
  expect(await getConnection(tenant.owner, id)).toMatchObject({
    state: 'reconnect_needed',
    stateReason: 'sign_in_revoked',
  })
})

test('when the directory refuses, people keep what was known before, and the run says that it has gaps', async () => {
  const { tenant, sync, shown } = await connected()
  const nameOf = async () =>
    (
      await rolecall.db
        .select()
        .from(principals)
        .where(
          and(
            eq(principals.organisationId, tenant.owner.organisationId),
            eq(principals.id, tenant.account('reader').objectId),
          ),
        )
    )[0]
  const body = {
    error: { code: 'Authorization_RequestDenied', message: 'Insufficient privileges to complete the operation.' },
  }
  const run = await tenant.during([{ match: { host: 'graph.microsoft.com' }, status: 403, body }], sync)
  expect(run).toMatchObject({ state: 'succeeded', gaps: true })
  expect(run.coverage).toContainEqual(
    expect.objectContaining({
      dataset: 'people',
      state: 'not_permitted',
      why: 'directory_not_readable',
      granted: true,
      keptSince: expect.any(String),
    }),
  )
  expect(await shown()).toEqual(truth(tenant))
  expect(await nameOf()).toMatchObject({ name: tenant.account('reader').name, status: 'active' })
})

test('two requests for a sync of one connection share one run', async () => {
  const { tenant, id } = await connected()
  const [one, two] = await Promise.all([requestSync(tenant.owner, id), requestSync(tenant.owner, id)])
  expect(one.runId).toBe(two.runId)
  expect([one.joined, two.joined].sort()).toEqual([false, true])
  await carryRun(rolecall, tenant.owner, id)
})

test('a worker whose run was taken over publishes nothing when it wakes', async () => {
  const { tenant, id, shown } = await connected()
  const before = await shown()
  const { runId } = await requestSync(tenant.owner, id)
  const job = { organisationId: tenant.owner.organisationId, runId }
  const asleep = await claimRun(job)
  if (!asleep) throw new Error('not claimed')
  expect(await claimRun(job)).toBeNull()

  await rolecall.db
    .update(syncRuns)
    .set({ heartbeatAt: sql`now() - interval '5 minutes'` })
    .where(eq(syncRuns.id, runId))
  const awake = await claimRun(job)
  expect(awake?.fence).toBe(asleep.fence + 1)

  const following = followRun(asleep, { calls: 0, retries: 0 })
  following.report('publishing')
  await expect(
    rolecall.db.transaction((tx) => publishAccess(tx, asleep, nothingRead(tenant), createMeter(), () => {})),
  ).rejects.toThrow(RunLost)
  expect(await shown()).toEqual(before)
  await rolecall.db.update(syncRuns).set({ state: 'queued' }).where(eq(syncRuns.id, runId))
  await carryRun(rolecall, tenant.owner, id)
})

test('a publish that fails half way leaves the old result whole', async () => {
  const { tenant, id, shown } = await connected()
  const before = await shown()
  const { runId } = await requestSync(tenant.owner, id)
  const run = await claimRun({ organisationId: tenant.owner.organisationId, runId })
  if (!run) throw new Error('not claimed')
  const broken = rolecall.db.transaction(async (tx) => {
    await publishAccess(tx, run, nothingRead(tenant), createMeter(), () => {})
    throw new Error('the process was killed here')
  })
  await expect(broken).rejects.toThrow('killed')
  expect(await shown()).toEqual(before)
})

test('the schedule opens a run when it is due, once', async () => {
  const { tenant, id } = await connected()
  await rolecall.db.update(connections).set({ nextSyncAt: sql`now()` }).where(eq(connections.id, id))
  await Promise.all([sendDueRuns(), sendDueRuns()])
  const open = await rolecall.db
    .select()
    .from(syncRuns)
    .where(and(eq(syncRuns.connectionId, id), eq(syncRuns.state, 'queued')))
  expect(open).toMatchObject([{ trigger: 'schedule' }])
  await carryRun(rolecall, tenant.owner, id)
})

test('a run that read early and publishes late leaves alone what a later reading says of a node, and succeeds', async () => {
  const tenant = await rolecall.tenant({
    groups: { count: 3, size: 2 },
    assignments: { count: 10, principals: { user: 1 } },
  })
  const id = await connect(tenant, tenant.subscription.id, { optional: ['GroupMember.Read.All'] })
  await carryRun(rolecall, tenant.owner, id)
  const { organisationId } = tenant.owner
  const before = await currentAccess(rolecall, tenant.owner, id)
  // As if a run that began after the next one had published already, when the assignment below was gone again.
  await rolecall.db
    .update(connections)
    .set({ readAt: sql`now() + interval '1 hour'` })
    .where(eq(connections.organisationId, organisationId))
  const directory = tenant.world.findTenant(tenant.tenantId)
  const holding = new Set(truthOf(tenant.world, tenant.subscription.id).map(({ principalId }) => principalId))
  const group = directory?.groups.list().find((one) => !holding.has(one.id))
  if (!group) throw new Error('Every group holds something.')
  applyChange(tenant.world, {
    type: 'assign',
    principalId: group.id,
    role: 'Reader',
    subscriptionId: tenant.subscription.id,
  })
  await requestSync(tenant.owner, id)
  expect(await carryRun(rolecall, tenant.owner, id)).toMatchObject({ state: 'succeeded', problem: null })
  expect(await currentAccess(rolecall, tenant.owner, id)).toEqual(before)

  // The next run that begins after it finds the assignment, and everyone in the group.
  await requestSync(tenant.owner, id)
  expect(await carryRun(rolecall, tenant.owner, id)).toMatchObject({ state: 'succeeded', gained: 1, lost: 0 })
})

/** Two subscriptions of one tenant, each read with an account of its own. */
async function connectedWithTwoAccounts() {
  const tenant = await rolecall.tenant({ subscriptions: 2, consented: true })
  const [, other] = tenant.subscriptions
  const own = await connect(tenant)
  const attemptId = await signInForAttempt(tenant.owner, other?.id ?? '', tenant.account('plain').username)
  const confirmed = await confirmAttempt(tenant.owner, attemptId, { alsoSubscriptionIds: [] })
  const [theirs] = confirmed.kind === 'connected' ? confirmed.connectionIds : []
  if (!theirs) throw new Error('Not connected.')
  const sync = async (id: string) => {
    await requestSync(tenant.owner, id).catch(() => {})
    return carryRun(rolecall, tenant.owner, id)
  }
  return { tenant, own, theirs, sync }
}

test.each([
  ['first', 'second'],
  ['second', 'first'],
])(
  'what the %s account learns of a person is shown by the subscription of the %s one at its next sync',
  async (first) => {
    const { tenant, own, theirs, sync } = await connectedWithTwoAccounts()
    const reader = tenant.account('reader')
    const statusIn = async (id: string) => {
      const connection = await getConnection(tenant.owner, id)
      const { rows } = connection ? await listHolders(tenant.owner, connection, ALL_PEOPLE) : { rows: [] }
      return rows.find(({ principalId }) => principalId === reader.objectId)?.status
    }
    for (const id of [own, theirs]) await sync(id)
    expect([await statusIn(own), await statusIn(theirs)]).toEqual(['active', 'active'])
    expect((await accountOf(rolecall, own)).id).not.toBe((await accountOf(rolecall, theirs)).id)

    applyChange(tenant.world, { type: 'disable', user: reader.username })
    for (const id of first === 'first' ? [own, theirs] : [theirs, own])
      expect(await sync(id)).toMatchObject({ state: 'succeeded' })
    expect([await statusIn(own), await statusIn(theirs)]).toEqual(['disabled', 'disabled'])
  },
)

test('names that would break a page or a database are stored so that they do no harm', async () => {
  const { tenant, sync } = await connected()
  const hostile = `<img src=x onerror=alert(1)>\u0000\ud800 ${'x'.repeat(5000)}`
  applyChange(tenant.world, { type: 'rename', user: tenant.account('reader').username, displayName: hostile })
  expect(await sync()).toMatchObject({ state: 'succeeded' })
  const [person] = await rolecall.db
    .select()
    .from(principals)
    .where(
      and(
        eq(principals.organisationId, tenant.owner.organisationId),
        eq(principals.id, tenant.account('reader').objectId),
      ),
    )
  expect(person?.name).toMatch(/^<img src=x onerror=alert\(1\)>/)
  expect(person?.name?.length).toBeLessThanOrEqual(1000)
})

test('only the definitions of roles that are held are stored, custom ones by name', async () => {
  const { tenant } = await connected({
    seed: 'custom roles',
    customRoles: 40,
    people: 10,
    assignments: 60,
    delegations: 0,
  })
  const stored = await rolecall.db
    .select()
    .from(roleDefinitions)
    .where(eq(roleDefinitions.organisationId, tenant.owner.organisationId))
  const held = new Set(truthOf(tenant.world, tenant.subscription.id).map(({ roleName }) => roleName))
  expect(new Set(stored.map(({ name }) => name))).toEqual(held)
  expect(stored.filter(({ custom }) => custom).length).toBeGreaterThan(0)
  const open = await rolecall.db
    .select()
    .from(assignments)
    .where(and(eq(assignments.organisationId, tenant.owner.organisationId), isNull(assignments.validTo)))
  expect(open.every(({ roleId }) => stored.some(({ id }) => id === roleId))).toBe(true)
})

test('a role that only a condition names is stored too, and what is no role is not', async () => {
  const { tenant, sync } = await connected({ people: 5, assignments: 5, delegations: 0 })
  const acrPull = '7f951dda-4ed3-4680-a7ca-43fe172d538d'
  const nobody = '00000000-0000-4000-8000-000000000001'
  applyChange(tenant.world, {
    type: 'assign',
    user: tenant.account('reader').username,
    role: 'Role Based Access Control Administrator',
    subscriptionId: tenant.subscription.id,
    condition: `@Request[Microsoft.Authorization/roleAssignments:RoleDefinitionId] ForAnyOfAnyValues:GuidEquals {${acrPull.toUpperCase()}, ${nobody}}`,
  })
  expect(await sync()).toMatchObject({ state: 'succeeded' })
  const stored = await rolecall.db
    .select({ id: roleDefinitions.id, name: roleDefinitions.name })
    .from(roleDefinitions)
    .where(eq(roleDefinitions.organisationId, tenant.owner.organisationId))
  expect(stored).toContainEqual({ id: acrPull, name: 'AcrPull' })
  expect(stored.map(({ id }) => id)).not.toContain(nobody)
})

const MINUTE = 60_000

test('a transient failure is tried again after a minute, then less and less often, but at least hourly', () => {
  expect([1, 2, 3, 4, 5, 6, 7, 50].map((failures) => (chooseRetryMs('transient', failures) ?? 0) / MINUTE)).toEqual([
    1, 2, 5, 15, 30, 60, 60, 60,
  ])
})

test('what only a person can mend is not tried again', () => {
  expect(chooseRetryMs('sign_in', 1)).toBeNull()
  expect(chooseRetryMs('right', 1)).toBeNull()
})

test('a retry never comes before the time that Microsoft asked for', () => {
  fc.assert(
    fc.property(
      fc.constantFrom('transient' as const, 'ours' as const),
      fc.integer({ min: 1, max: 1000 }),
      fc.nat(10 * 60 * MINUTE),
      (kind, failures, asked) => {
        expect(chooseRetryMs(kind, failures, asked)).toBeGreaterThanOrEqual(asked)
      },
    ),
  )
})
