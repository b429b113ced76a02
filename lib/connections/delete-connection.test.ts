import { eq, sql } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { getConnection, getProgress, listConnections, listDeletions } from '@/db/queries/connections'
import { countPeople } from '@/db/queries/people'
import { assignments, groupMembers, holders, principals } from '@/db/schema/access'
import { connectAttempts, connectionDeletions, connections } from '@/db/schema/connections'
import { auditEvents } from '@/db/schema/organisations'
import { syncRuns } from '@/db/schema/runs'
import { NotFound } from '@/lib/actor'
import { DELETION_QUEUE, getQueue } from '@/lib/runs/queue'
import { requestSync } from '@/lib/sync/request-sync'
import { addMemberships } from '@/testing/bulk-rows'
import {
  accountOf,
  carryRun,
  connect,
  type Rolecall,
  signInForAttempt,
  startRolecall,
  type TestTenant,
} from '@/testing/rolecall'
import { beginConnect, beginReconnect } from './attempts'
import { deleteBatch, deleteConnection, sendLostDeletions } from './delete-connection'
import { disconnect } from './disconnect'
import { renameConnection, setSchedule, stopUsingPermission } from './manage'

const NEVER = new AbortController().signal

let rolecall: Rolecall
beforeAll(async () => {
  rolecall = await startRolecall()
})
afterAll(() => rolecall.close())

async function connected() {
  const tenant = await rolecall.tenant({ groups: 1, servicePrincipals: 1, customRoles: 1 })
  const id = await connect(tenant)
  await carryRun(rolecall, tenant.owner, id)
  return { tenant, id }
}

const askToDelete = (tenant: TestTenant, id: string) =>
  disconnect(tenant.owner, id, { data: 'delete', typed: tenant.subscription.name })

const jobOf = (tenant: TestTenant, connectionId: string) => ({
  organisationId: tenant.owner.organisationId,
  connectionId,
})

const listActions = async (tenant: TestTenant) =>
  (
    await rolecall.db
      .select({ action: auditEvents.action, details: auditEvents.details })
      .from(auditEvents)
      .where(eq(auditEvents.organisationId, tenant.owner.organisationId))
      .orderBy(auditEvents.seq)
  ).filter(({ action }) => action.startsWith('connection.delet'))

describe('a connection whose deletion was asked for', () => {
  test('is shown nowhere but as one that is being deleted, although its rows are still there', async () => {
    const { tenant, id } = await connected()
    const { owner } = tenant
    expect(await askToDelete(tenant, id)).toEqual({ kind: 'deleting' })

    expect(await rolecall.db.$count(holders, eq(holders.connectionId, id))).toBeGreaterThan(0)
    expect(await getConnection(owner, id)).toBeNull()
    expect(await listConnections(owner)).toEqual([])
    expect(await getProgress(owner, [id])).toEqual([])
    expect(await countPeople(owner, { search: '', status: null, signal: null, minimum: null })).toBe(0)
    expect(await listDeletions(owner)).toMatchObject([
      { id, label: tenant.subscription.name, requestedByName: owner.name, deleted: {} },
    ])
  })

  test('has no tokens any more, neither its own nor those of a sign-in that was to reconnect it', async () => {
    const { tenant, id } = await connected()
    await beginReconnect(tenant.owner, id)
    await askToDelete(tenant, id)
    expect(await accountOf(rolecall, id)).toMatchObject({ state: 'signed_out', secret: null })
    expect(await rolecall.db.$count(connectAttempts, eq(connectAttempts.connectionId, id))).toBe(0)
  })

  test('cannot be synced, renamed, scheduled, reconnected or deleted again, nor connected anew', async () => {
    const { tenant, id } = await connected()
    const { owner } = tenant
    await askToDelete(tenant, id)
    await expect(requestSync(owner, id)).rejects.toThrow(NotFound)
    await expect(renameConnection(owner, id, 'Back')).rejects.toThrow(NotFound)
    await expect(setSchedule(owner, id, 'hourly')).rejects.toThrow(NotFound)
    await expect(stopUsingPermission(owner, id, 'AuditLog.Read.All')).rejects.toThrow(NotFound)
    await expect(beginReconnect(owner, id)).rejects.toThrow(NotFound)
    await expect(askToDelete(tenant, id)).rejects.toThrow(NotFound)
    expect(await beginConnect(owner, tenant.subscription.id)).toEqual({ kind: 'refused', code: 'being_deleted' })
  })

  test('is kept by the database itself from runs, results and every other state', async () => {
    const { tenant, id } = await connected()
    await askToDelete(tenant, id)
    const own = { organisationId: tenant.owner.organisationId, connectionId: id }
    const change = (values: Partial<typeof connections.$inferInsert>) =>
      rolecall.db.update(connections).set(values).where(eq(connections.id, id))
    for (const attempt of [
      () => rolecall.db.insert(syncRuns).values({ ...own, trigger: 'manual' }),
      () => change({ state: 'active' }),
      () => change({ state: 'disconnected' }),
      () => change({ publishedAt: new Date() }),
    ])
      await expect(attempt()).rejects.toMatchObject({ cause: { code: '23514' } })
  })
})

describe('a deletion', () => {
  test('goes on in batches, and the audit log tells of it only at the end, with counts', async () => {
    const { tenant, id } = await connected()
    await addMemberships(rolecall.db, { ...jobOf(tenant, id), count: 3500 })
    const tables = { holders, group_members: groupMembers, assignments, sync_runs: syncRuns }
    const before: Record<string, number> = {}
    for (const [name, table] of Object.entries(tables))
      before[name] = await rolecall.db.$count(table, eq(table.connectionId, id))
    await askToDelete(tenant, id)

    let left = before.group_members ?? 0
    while ((await deleteBatch(jobOf(tenant, id))) === 'more') {
      const now = await rolecall.db.$count(groupMembers, eq(groupMembers.connectionId, id))
      expect(left - now).toBeLessThanOrEqual(1000)
      left = now
      const [deletion] = await rolecall.db
        .select()
        .from(connectionDeletions)
        .where(eq(connectionDeletions.connectionId, id))
      expect(deletion?.deleted.group_members ?? 0).toBe((before.group_members ?? 0) - now)
      expect((await listActions(tenant)).map(({ action }) => action)).toEqual(['connection.deletion_requested'])
    }

    const [, ended, ...more] = await listActions(tenant)
    expect(more).toEqual([])
    expect(ended).toMatchObject({
      action: 'connection.deleted',
      details: { subscription: tenant.subscription.id, ...before },
    })
    expect(await rolecall.db.$count(connections, eq(connections.id, id))).toBe(0)
    const { organisationId } = tenant.owner
    expect(await rolecall.db.$count(principals, eq(principals.organisationId, organisationId))).toBe(0)
    expect(await beginConnect(tenant.owner, tenant.subscription.id)).toMatchObject({ kind: 'begun' })
  })

  test('that two workers carry out at once deletes and counts each row once', async () => {
    const { tenant, id } = await connected()
    await addMemberships(rolecall.db, { ...jobOf(tenant, id), count: 2500 })
    const members = await rolecall.db.$count(groupMembers, eq(groupMembers.connectionId, id))
    await askToDelete(tenant, id)
    const work = async () => {
      while ((await rolecall.db.$count(connections, eq(connections.id, id))) > 0)
        await deleteConnection(jobOf(tenant, id), NEVER)
    }
    await Promise.all([work(), work()])
    expect(await listActions(tenant)).toMatchObject([{}, { details: { group_members: members } }])
  })

  test('that lost its worker is sent again, and one that goes on is not', async () => {
    const { tenant, id } = await connected()
    await askToDelete(tenant, id)
    const queue = await getQueue()
    const waiting = async () =>
      (await queue.findJobs<{ connectionId: string }>(DELETION_QUEUE)).filter(
        ({ data, state }) => data.connectionId === id && state === 'created',
      ).length
    expect(await waiting()).toBe(1)
    await queue.deleteAllJobs(DELETION_QUEUE)

    await sendLostDeletions()
    expect(await waiting()).toBe(0)
    await rolecall.db
      .update(connectionDeletions)
      .set({ updatedAt: sql`now() - interval '2 minutes'` })
      .where(eq(connectionDeletions.connectionId, id))
    await sendLostDeletions()
    await sendLostDeletions()
    expect(await waiting()).toBe(1)
  })

  test('of one organisation leaves another with the same subscription as it is', async () => {
    const { tenant, id } = await connected()
    const other = await rolecall.tenant()
    const attemptId = await signInForAttempt(other.owner, tenant.subscription.id, tenant.account('owner').username)
    const { confirmAttempt } = await import('./confirm')
    const confirmed = await confirmAttempt(other.owner, attemptId, { alsoSubscriptionIds: [] })
    const [theirs = ''] = confirmed.kind === 'connected' ? confirmed.connectionIds : []
    await carryRun(rolecall, other.owner, theirs)
    const tables = [holders, assignments, groupMembers]
    const read = async () => {
      const counts: number[] = []
      for (const table of tables) counts.push(await rolecall.db.$count(table, eq(table.connectionId, theirs)))
      counts.push(await rolecall.db.$count(principals, eq(principals.organisationId, other.owner.organisationId)))
      return counts
    }
    const before = await read()
    await askToDelete(tenant, id)
    await deleteConnection(jobOf(tenant, id), NEVER)
    expect(await read()).toEqual(before)
    expect(before.every((rows) => rows > 0)).toBe(true)
  })
})
