import { randomUUID } from 'node:crypto'
import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { getDb } from '@/db/client'
import { getConnection } from '@/db/queries/connections'
import { getGroup } from '@/db/queries/groups'
import { sharedReadings } from '@/db/schema/directory'
import { syncRuns } from '@/db/schema/runs'
import { PATIENCE } from '@/lib/azure/client/retry'
import type { RunTrigger } from '@/lib/domain/vocabulary'
import { claimRun, openRuns } from '@/lib/runs/runs'
import { requestSync } from '@/lib/sync/request-sync'
import { applyChange } from '@/sandbox/world/changes'
import { azureAs } from '@/testing/azure-as'
import { accountOf, carryRun, connect, type Rolecall, startRolecall, type TestTenant } from '@/testing/rolecall'
import { type DirectoryPart, readThrough } from './directory'
import { claimReading, loadRemembered, shareReading } from './shared-readings'

let rolecall: Rolecall
beforeAll(async () => {
  rolecall = await startRolecall()
})
afterAll(() => rolecall.close())

/** A tenant with two subscriptions below a management group at which a group holds a role. */
async function company() {
  const tenant = await rolecall.tenant({
    ...{ subscriptions: 2, managementGroupDepth: 1, people: 20, assignments: 6, delegations: 0 },
    groups: { count: 3, size: 4 },
    consented: ['GroupMember.Read.All'],
  })
  const optional = ['GroupMember.Read.All'] as const
  const ids: string[] = []
  for (const { id } of tenant.subscriptions) ids.push(await connect(tenant, id, { optional }))
  const group = rolecall.sandbox.world.findTenant(tenant.tenantId)?.groups.list()[0]
  const [top] = tenant.managementGroups
  applyChange(tenant.world, {
    ...{ type: 'assign', tenantId: tenant.tenantId, principalId: group?.id ?? '', role: 'Reader' },
    scope: `/providers/Microsoft.Management/managementGroups/${top?.id}`,
  })
  for (const id of ids) await carryRun(rolecall, tenant.owner, id)
  return { tenant, ids, groupId: group?.id ?? '' }
}

/** Asks for a sync of each connection at once, and carries them out one after another. Gives the calls to Graph that each made. */
async function syncAll(tenant: TestTenant, connectionIds: string[], trigger: RunTrigger): Promise<number[]> {
  const { organisationId } = tenant.owner
  const db = await getDb(tenant.owner)
  await db.transaction((tx) => openRuns(tx, { organisationId, connectionIds, trigger, by: null }))
  const calls: number[] = []
  for (const id of connectionIds) {
    const { log } = rolecall.sandbox.world
    const from = log.length
    expect(await carryRun(rolecall, tenant.owner, id)).toMatchObject({ state: 'succeeded', gaps: false })
    calls.push(log.slice(from).filter(({ host }) => host === 'graph.microsoft.com').length)
  }
  return calls
}

async function membersOf(tenant: TestTenant, connectionId: string, groupId: string): Promise<string[]> {
  const connection = await getConnection(tenant.owner, connectionId)
  if (!connection) throw new Error('There is no such connection.')
  const group = await getGroup(tenant.owner, connection, groupId)
  return (group?.memberPage.rows ?? []).map(({ id }) => id)
}

const addMember = ({ world, tenantId }: TestTenant, groupId: string): string => {
  const tenant = world.findTenant(tenantId)
  const principalId = tenant?.users.list().find(({ id }) => !tenant.memberships.membersOf(groupId).has(id))?.id ?? ''
  applyChange(world, { type: 'add_member', tenantId, groupId, principalId })
  return principalId
}

test('syncs that are asked for together read the directory once, and each shows what was read', async () => {
  const { tenant, ids, groupId } = await company()
  const added = addMember(tenant, groupId)
  const [first = 0, second] = await syncAll(tenant, ids, 'manual')
  expect(first).toBeGreaterThan(0)
  expect(second).toBe(0)
  for (const id of ids) expect(await membersOf(tenant, id, groupId)).toContain(added)
})

test('a sync by schedule takes what was read some minutes ago, and one by hand reads what is there now', async () => {
  const { tenant, ids, groupId } = await company()
  await syncAll(tenant, ids, 'manual')
  const added = addMember(tenant, groupId)
  expect(await syncAll(tenant, ids, 'schedule')).toEqual([0, 0])
  expect(await membersOf(tenant, ids[0] ?? '', groupId)).not.toContain(added)
  await syncAll(tenant, ids, 'manual')
  expect(await membersOf(tenant, ids[0] ?? '', groupId)).toContain(added)
})

test('a sync that is tried again after a failure reads what is there now, since somebody may have asked for it', async () => {
  const { tenant, ids, groupId } = await company()
  await syncAll(tenant, ids, 'manual')
  const added = addMember(tenant, groupId)
  await syncAll(tenant, ids, 'retry')
  for (const id of ids) expect(await membersOf(tenant, id, groupId)).toContain(added)
})

test('readers of a subscription see what another one’s sync has read with their own next sync', async () => {
  const { tenant, ids, groupId } = await company()
  const [first = '', second = ''] = ids
  const added = addMember(tenant, groupId)
  await syncAll(tenant, [first], 'manual')
  expect(await membersOf(tenant, first, groupId)).toContain(added)
  expect(await membersOf(tenant, second, groupId)).not.toContain(added)
  expect(await syncAll(tenant, [second], 'schedule')).toEqual([0])
  expect(await membersOf(tenant, second, groupId)).toContain(added)
})

test('what was read without a permission is not taken once the tenant has granted it', async () => {
  const { tenant, ids, groupId } = await company()
  const { azure } = azureAs(rolecall.sandbox.world, tenant.tenantId, tenant.account('owner').objectId)
  const account = await accountOf(rolecall, ids[0] ?? '')
  const read = (permissions: string[]) =>
    readThrough(azure, {
      owner: account,
      run: { id: randomUUID(), fence: 1 },
      listsAll: false,
      wanted: { roots: [groupId], principals: new Map() },
      since: new Date(0),
      alsoWanted: async () => ({ roots: [], principals: new Map() }),
      granted: permissions,
      report: () => undefined,
    })
  expect((await read([])).groups.get(groupId)?.state).not.toBe('whole')
  expect((await read(['GroupMember.Read.All'])).groups.get(groupId)?.state).toBe('whole')
})

test('a sync that is asked for by hand while one by schedule waits takes nothing that was read before', async () => {
  const { tenant, ids, groupId } = await company()
  const [id = ''] = ids
  await syncAll(tenant, ids, 'manual')
  const added = addMember(tenant, groupId)
  const { organisationId } = tenant.owner
  const db = await getDb(tenant.owner)
  const asked = { organisationId, connectionIds: [id], trigger: 'schedule' as const, by: null }
  await db.transaction((tx) => openRuns(tx, asked))
  expect(await requestSync(tenant.owner, id)).toMatchObject({ joined: true })
  await carryRun(rolecall, tenant.owner, id)
  expect(await membersOf(tenant, id, groupId)).toContain(added)
})

/** Two workers with one account: the module that remembers what its process has read is there twice. */
async function twoWorkers() {
  const { tenant, ids, groupId } = await company()
  const account = await accountOf(rolecall, ids[0] ?? '')
  const { azure } = azureAs(rolecall.sandbox.world, tenant.tenantId, tenant.account('owner').objectId)
  // One waits for the other, which must get to work meanwhile.
  azure.caller.patience = PATIENCE
  const runOf = async (connectionId: string) => {
    const { runId } = await requestSync(tenant.owner, connectionId)
    const run = await claimRun({ organisationId: tenant.owner.organisationId, runId })
    if (!run) throw new Error('The run was not claimed.')
    return run
  }
  vi.resetModules()
  const other = await import('./directory')
  const reader = (read: typeof readThrough, run: { id: string; fence: number }) => (since: Date) =>
    read(azure, {
      ...{ owner: account, run, since, listsAll: false, granted: ['GroupMember.Read.All'], report: () => undefined },
      wanted: { roots: [groupId], principals: new Map() },
      alsoWanted: async () => ({ roots: [], principals: new Map() }),
    })
  const [one, two] = [await runOf(ids[0] ?? ''), await runOf(ids[1] ?? '')]
  const callsOf = async <T>(work: () => Promise<T>) => {
    const from = tenant.world.log.length
    const result = await work()
    return { result, calls: tenant.world.log.slice(from).filter(({ host }) => host === 'graph.microsoft.com').length }
  }
  const key = {
    ...{ organisationId: account.organisationId, accountId: account.id, signIns: account.signIns, epoch: 0 },
    granted: 'GroupMember.Read.All',
  }
  return { first: reader(readThrough, one), second: reader(other.readThrough, two), callsOf, key, one, tenant, groupId }
}

const knownOf = ({ groups, principals }: DirectoryPart) => ({ groups: [...groups], principals: [...principals] })

test('what one worker has read, another one takes without a call, and reads anew what was asked for later', async () => {
  const { first, second, callsOf, tenant, groupId } = await twoWorkers()
  const since = new Date()
  const read = await callsOf(() => first(since))
  const taken = await callsOf(() => second(since))
  expect(read.calls).toBeGreaterThan(0)
  expect(taken.calls).toBe(0)
  expect(knownOf(taken.result)).toEqual(knownOf(read.result))
  const added = addMember(tenant, groupId)
  const anew = await callsOf(() => second(new Date()))
  expect(anew.calls).toBeGreaterThan(0)
  expect(anew.result.groups.get(groupId)?.members.map(({ id }) => id)).toContain(added)
})

test('two workers that want the same at the same time read it once', async () => {
  const { first, second, callsOf } = await twoWorkers()
  const alone = await callsOf(() => first(new Date()))
  const since = new Date()
  const { result, calls } = await callsOf(() => Promise.all([first(since), second(since)]))
  expect(calls).toBe(alone.calls)
  expect(knownOf(result[1])).toEqual(knownOf(result[0]))
})

test('a worker that is gone holds nobody up, and what it reads after all is not shared', async () => {
  const { second, callsOf, key, one } = await twoWorkers()
  expect(await claimReading(key, one)).toBe(true)
  await rolecall.db
    .update(syncRuns)
    .set({ heartbeatAt: new Date(0) })
    .where(eq(syncRuns.id, one.id))
  const read = await callsOf(() => second(new Date()))
  expect(read.calls).toBeGreaterThan(0)
  const stored = () => rolecall.db.$count(sharedReadings, eq(sharedReadings.accountId, key.accountId))
  const before = await stored()
  const [reading] = read.result.readings
  if (!reading) throw new Error('Nothing was read.')
  await shareReading(key, one, { ...reading, id: randomUUID() }, null)
  expect(await stored()).toBe(before)
})

test('what a worker remembers already is not loaded again, however often it reads', async () => {
  const { first, key } = await twoWorkers()
  await first(new Date())
  const shared = await loadRemembered(key, null)
  expect(shared?.remembered.members.size).toBeGreaterThan(0)
  expect(await loadRemembered(key, shared?.readingId ?? null)).toBeNull()
  expect(await loadRemembered(key, randomUUID())).toEqual(shared)
})
