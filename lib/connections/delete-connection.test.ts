import { and, eq, getTableName, isNull, sql } from 'drizzle-orm'
import type { PgColumn, PgTable } from 'drizzle-orm/pg-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { getConnection, getProgress, listConnections, listDeletions } from '@/db/queries/connections'
import { countPeople } from '@/db/queries/people'
import { assignments, connectionNodes, holders, nodes, roleDefinitions } from '@/db/schema/access'
import { accounts } from '@/db/schema/accounts'
import { connectAttempts, connectionDeletions, connections } from '@/db/schema/connections'
import { directoryGroups, groupMembers, groupNesting, groupOwners, principals } from '@/db/schema/directory'
import { auditEvents } from '@/db/schema/organisations'
import { syncRuns } from '@/db/schema/runs'
import { NotFound } from '@/lib/actor'
import { DELETION_QUEUE, getQueue } from '@/lib/runs/queue'
import { requestSync } from '@/lib/sync/request-sync'
import { applyChange } from '@/sandbox/world/changes'
import { addMemberships } from '@/testing/bulk-rows'
import { readPublished } from '@/testing/read-published'
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

/** How many rows of a table an organisation has; in most of these tests all of them are those of its one connection. */
const countOf = (tenant: TestTenant, table: PgTable & { organisationId: PgColumn }) =>
  rolecall.db.$count(table, eq(table.organisationId, tenant.owner.organisationId))

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

/** Copies every interval of an organisation into a past of two years, as if all had been held then too, and ended. */
async function addPast({ owner }: TestTenant): Promise<string[]> {
  const { rows: tables } = await rolecall.db.execute<{ name: string }>(sql`
    select table_name::text as name from information_schema.columns
    where table_schema = 'public' and column_name = 'valid_to' order by 1`)
  for (const { name } of tables)
    await rolecall.db.execute(sql`
      insert into ${sql.identifier(name)} select past.* from ${sql.identifier(name)} t, jsonb_populate_record(t, jsonb_build_object(
        'valid_from', t.valid_from - interval '2 years', 'valid_to', t.valid_from - interval '1 year')) as past
      where t.organisation_id = ${owner.organisationId}`)
  return tables.map(({ name }) => name)
}

test('the only connection of an organisation takes its past with it, however long that is', async () => {
  const { tenant, id } = await connected()
  const tables = await addPast(tenant)
  await askToDelete(tenant, id)
  await deleteConnection(jobOf(tenant, id), NEVER)
  for (const name of [...tables, 'nodes', 'sync_runs', 'principals', 'role_definitions', 'connections', 'accounts']) {
    const { rows } = await rolecall.db.execute(
      sql`select from ${sql.identifier(name)} where organisation_id = ${tenant.owner.organisationId}`,
    )
    expect(rows, name).toEqual([])
  }
})

describe('a connection whose deletion was asked for', () => {
  test('is shown nowhere but as one that is being deleted, although its rows are still there', async () => {
    const { tenant, id } = await connected()
    const { owner } = tenant
    expect(await askToDelete(tenant, id)).toEqual({ kind: 'deleting' })

    expect(await countOf(tenant, holders)).toBeGreaterThan(0)
    expect(await getConnection(owner, id)).toBeNull()
    expect(await listConnections(owner)).toEqual([])
    expect(await getProgress(owner, [id])).toEqual([])
    expect(await countPeople(owner, 'now', { search: '', status: null, signal: null, minimum: null })).toBe(0)
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
    const tables = [connectionNodes, holders, assignments, nodes, directoryGroups, groupMembers, groupNesting, syncRuns]
    const before: Record<string, number> = {}
    for (const table of tables) before[getTableName(table)] = await countOf(tenant, table)
    expect(Object.values(before).every((rows) => rows > 0)).toBe(true)
    await askToDelete(tenant, id)

    let left = before.group_members ?? 0
    while ((await deleteBatch(jobOf(tenant, id))) === 'more') {
      const now = await countOf(tenant, groupMembers)
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
    for (const table of [...tables, groupOwners, principals, accounts]) expect(await countOf(tenant, table)).toBe(0)
    expect(await beginConnect(tenant.owner, tenant.subscription.id)).toMatchObject({ kind: 'begun' })
  })

  test('that two workers carry out at once deletes and counts each row once', async () => {
    const { tenant, id } = await connected()
    await addMemberships(rolecall.db, { ...jobOf(tenant, id), count: 2500 })
    const members = await countOf(tenant, groupMembers)
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
    const read = async () => {
      const counts: number[] = []
      for (const table of [holders, assignments, connectionNodes, nodes, directoryGroups, principals])
        counts.push(await countOf(other, table))
      return { counts, shown: await readPublished(other.owner, theirs) }
    }
    const before = await read()
    await askToDelete(tenant, id)
    await deleteConnection(jobOf(tenant, id), NEVER)
    expect(await read()).toEqual(before)
    expect(before.counts.every((rows) => rows > 0)).toBe(true)
  })
})

describe('of two connections of one account, the deletion of one', () => {
  const GROUPS = ['GroupMember.Read.All'] as const

  /** Two subscriptions below one management group, with groups that hold something in one of them, in the other, or in both. */
  async function connectedTwice() {
    const tenant = await rolecall.tenant({
      ...{ subscriptions: 2, managementGroupDepth: 1, groups: { count: 4, size: 2 }, people: 12 },
      assignments: { count: 12, scopes: { root: 1, managementGroup: 2, subscription: 2 }, principals: { user: 1 } },
    })
    const [one, two] = tenant.subscriptions.map(({ id }) => id)
    if (!one || !two) throw new Error('There are not two subscriptions.')
    const [own, shared, other, past] = (tenant.world.findTenant(tenant.tenantId)?.groups.list() ?? []).map(
      ({ id }) => id,
    )
    if (!own || !shared || !other || !past) throw new Error('There are not four groups.')
    const assign = (principalId: string, subscriptionId: string) =>
      applyChange(tenant.world, { type: 'assign', principalId, role: 'Reader', subscriptionId })
    for (const group of [own, shared]) assign(group, one)
    for (const group of [shared, other, past]) assign(group, two)
    const ids = [await connect(tenant, one, { optional: GROUPS })]
    await carryRun(rolecall, tenant.owner, ids[0] ?? '')
    ids.push(await connect(tenant, two, { optional: GROUPS }))
    await carryRun(rolecall, tenant.owner, ids[1] ?? '')
    const [id = '', beside = ''] = ids
    expect(await countOf(tenant, accounts)).toBe(1)
    return { tenant, id, beside, groups: { own, shared, other, past } }
  }

  const groupsOf = async (
    tenant: TestTenant,
    table: typeof directoryGroups | typeof groupMembers | typeof groupNesting,
  ) => {
    const found = await rolecall.db
      .selectDistinct({ id: table.groupId })
      .from(table)
      .where(eq(table.organisationId, tenant.owner.organisationId))
    return found.map(({ id }) => id)
  }

  /** The scopes of an organisation's nodes, or of those in the chain of a connection. */
  const scopesOf = async (tenant: TestTenant, connectionId?: string) => {
    const isInChain = sql`id in (select node_id from connection_nodes where connection_id = ${connectionId ?? null}::uuid)`
    const found = await rolecall.db
      .select({ scope: nodes.scope })
      .from(nodes)
      .where(and(eq(nodes.organisationId, tenant.owner.organisationId), connectionId ? isInChain : undefined))
    return found.map(({ scope }) => scope)
  }

  const factsOf = async (connectionId: string) => {
    const ofChain = sql`node_id in (select node_id from connection_nodes where connection_id = ${connectionId})`
    const [held, reached] = [
      await rolecall.db.select().from(assignments).where(ofChain).orderBy(assignments.key),
      await rolecall.db.select().from(holders).where(ofChain).orderBy(holders.nodeId, holders.principalId),
    ]
    return {
      held,
      reached,
      chain: await rolecall.db
        .select()
        .from(connectionNodes)
        .where(eq(connectionNodes.connectionId, connectionId))
        .orderBy(connectionNodes.place),
    }
  }

  test('leaves the nodes and groups that both use, and takes those that only it used', async () => {
    const { tenant, id, beside, groups } = await connectedTwice()
    const [before, facts] = [await readPublished(tenant.owner, beside), await factsOf(beside)]
    const [chain, own] = [await scopesOf(tenant, beside), await scopesOf(tenant, id)]
    expect(own).toContain(`/subscriptions/${tenant.subscription.id}`)
    const shared = chain.filter((scope) => own.includes(scope))
    expect((await groupsOf(tenant, directoryGroups)).sort()).toEqual(Object.values(groups).sort())

    await askToDelete(tenant, id)
    await deleteConnection(jobOf(tenant, id), NEVER)

    expect(await readPublished(tenant.owner, beside)).toEqual(before)
    expect(before.rows.length).toBeGreaterThan(0)
    expect(await factsOf(beside)).toEqual(facts)
    // The root at least is shared, and a management group above both.
    expect(shared.length).toBeGreaterThan(1)
    expect((await scopesOf(tenant)).sort()).toEqual([...chain].sort())
    expect(await scopesOf(tenant)).not.toContain(`/subscriptions/${tenant.subscription.id}`)
    for (const table of [directoryGroups, groupMembers, groupNesting])
      expect((await groupsOf(tenant, table)).sort()).toEqual([groups.shared, groups.other, groups.past].sort())
    expect(await countOf(tenant, accounts)).toBe(1)
    const lost = await rolecall.db
      .select({ id: holders.principalId })
      .from(holders)
      .leftJoin(principals, eq(principals.id, holders.principalId))
      .where(isNull(principals.id))
    expect(lost).toEqual([])
  })

  test('leaves a group that the other one used only in a past that is still shown', async () => {
    const { tenant, id, beside, groups } = await connectedTwice()
    // What is closed after the last result of a connection is what its readers still see.
    const { organisationId } = tenant.owner
    await rolecall.db.execute(sql`update assignments set valid_to = now()
      where organisation_id = ${organisationId} and principal_id = ${groups.past}`)
    const before = await readPublished(tenant.owner, beside)
    await askToDelete(tenant, id)
    await deleteConnection(jobOf(tenant, id), NEVER)
    expect(await readPublished(tenant.owner, beside)).toEqual(before)
    expect((await groupsOf(tenant, directoryGroups)).sort()).toEqual([groups.shared, groups.other, groups.past].sort())
  })

  test('takes what only it was shown at a management group that the other one had left', async () => {
    const { tenant, id, beside } = await connectedTwice()
    const { world, tenantId, subscriptions, managementGroups } = tenant
    // That of the first subscription, below which the second one lies for a while.
    const left = managementGroups.find((group) => group.id !== tenantId)
    const scope = `/providers/Microsoft.Management/managementGroups/${left?.id}`
    const named = sql`lower(${nodes.scope}) = lower(${scope})`
    const syncBoth = async () => {
      for (const connectionId of [id, beside]) {
        await requestSync(tenant.owner, connectionId)
        await carryRun(rolecall, tenant.owner, connectionId)
      }
    }
    const assignAbove = (principalId: string) =>
      applyChange(world, { type: 'assign', tenantId, principalId, role: 'Owner', scope })
    // People who hold nothing anywhere yet.
    const [early, late] = ['Early', 'Late'].map((displayName) =>
      z.object({ id: z.string() }).parse(applyChange(world, { type: 'add_person', tenantId, displayName })),
    )
    const subscriptionId = subscriptions[1]?.id ?? ''
    const move = (managementGroupId = '') =>
      applyChange(world, { type: 'move_subscription', subscriptionId, managementGroupId })
    move(left?.id)
    assignAbove(early?.id ?? '')
    await syncBoth()
    move(tenantId)
    await syncBoth()
    assignAbove(late?.id ?? '')
    await syncBoth()

    await askToDelete(tenant, id)
    await deleteConnection(jobOf(tenant, id), NEVER)
    const storedIn = async (table: typeof assignments | typeof holders) =>
      (
        await rolecall.db
          .select({ id: table.principalId })
          .from(table)
          .innerJoin(nodes, eq(nodes.id, table.nodeId))
          .where(and(eq(table.organisationId, tenant.owner.organisationId), named))
      ).map((row) => row.id)
    for (const table of [assignments, holders]) {
      expect(await storedIn(table), 'which the other one was shown once').toContain(early?.id)
      expect(await storedIn(table)).not.toContain(late?.id)
    }
  })

  test('changes nothing of what the next sync of the other one finds', async () => {
    const { tenant, id, beside } = await connectedTwice()
    await askToDelete(tenant, id)
    const before = await readPublished(tenant.owner, beside)
    // A result that is published between two batches.
    await deleteBatch(jobOf(tenant, id))
    await deleteBatch(jobOf(tenant, id))
    await requestSync(tenant.owner, beside)
    expect(await carryRun(rolecall, tenant.owner, beside)).toMatchObject({ state: 'succeeded', gained: 0, lost: 0 })
    await deleteConnection(jobOf(tenant, id), NEVER)
    expect(await readPublished(tenant.owner, beside)).toEqual(before)
    await requestSync(tenant.owner, beside)
    expect(await carryRun(rolecall, tenant.owner, beside)).toMatchObject({ state: 'succeeded', gained: 0, lost: 0 })
    expect(await readPublished(tenant.owner, beside)).toEqual(before)
  })

  test('and then of the other takes the account and all that it read', async () => {
    const { tenant, id, beside } = await connectedTwice()
    await askToDelete(tenant, id)
    await deleteConnection(jobOf(tenant, id), NEVER)
    const label = (await getConnection(tenant.owner, beside))?.label
    await disconnect(tenant.owner, beside, { data: 'delete', typed: label })
    await deleteConnection(jobOf(tenant, beside), NEVER)
    for (const table of [connections, accounts, nodes, connectionNodes, assignments, holders, directoryGroups])
      expect(await countOf(tenant, table)).toBe(0)
    for (const table of [groupMembers, groupNesting, groupOwners, principals, roleDefinitions])
      expect(await countOf(tenant, table)).toBe(0)
  })
})
