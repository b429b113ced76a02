import { afterAll, beforeAll, expect, test } from 'vitest'
import { getDb } from '@/db/client'
import { getConnection } from '@/db/queries/connections'
import { getGroup } from '@/db/queries/groups'
import type { RunTrigger } from '@/lib/domain/vocabulary'
import { openRuns } from '@/lib/runs/runs'
import { requestSync } from '@/lib/sync/request-sync'
import { applyChange } from '@/sandbox/world/changes'
import { azureAs } from '@/testing/azure-as'
import { accountOf, carryRun, connect, type Rolecall, startRolecall, type TestTenant } from '@/testing/rolecall'
import { readThrough } from './directory'

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
