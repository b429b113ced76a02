import { randomUUID } from 'node:crypto'
import { eq } from 'drizzle-orm'
import { afterAll, expect, test } from 'vitest'
import { connections } from '@/db/schema/connections'
import { syncRuns } from '@/db/schema/runs'
import type { Cursor } from '@/lib/domain/views'
import type { GroupPlan } from '@/lib/domain/vocabulary'
import { createAccessWorld } from '@/testing/access-world'
import { createTestDatabase } from '@/testing/database'
import { getConnection, listConnections } from './connections'
import { listRoleHolders, listRolesHeld } from './roles'
import { listRuns } from './runs'

const database = await createTestDatabase()
afterAll(() => database.close())

const minute = (count: number) => new Date(Date.UTC(2026, 1, 1, 0, count))

test('a connection comes with the run readers see, the last that ended and the one under way', async () => {
  const world = await createAccessWorld(database.db)
  const { id } = await world.connection()
  const run = async (state: 'succeeded' | 'failed' | 'running', at: number) => {
    const runId = randomUUID()
    await database.db.insert(syncRuns).values({
      organisationId: world.actor.organisationId,
      connectionId: id,
      id: runId,
      trigger: 'schedule',
      state,
      requestedAt: minute(at),
    })
    return runId
  }
  expect(await getConnection(world.actor, id)).toMatchObject({ id, publishedRun: null, lastRun: null, openRun: null })

  const [good, bad, now] = [await run('succeeded', 1), await run('failed', 2), await run('running', 3)]
  await database.db.update(connections).set({ publishedRunId: good }).where(eq(connections.id, id))
  expect(await getConnection(world.actor, id)).toMatchObject({
    publishedRun: { id: good },
    lastRun: { id: bad, state: 'failed' },
    openRun: { id: now, counters: {} },
  })
})

test('what stands out in a result, and how its groups were opened, come with the run that published it', async () => {
  const world = await createAccessWorld(database.db)
  const managementGroups = [{ id: 'corp', name: 'Corp' }]
  const { id } = await world.connection({ managementGroups, optionalScopes: ['GroupMember.Read.All'] })
  const plan: GroupPlan = { way: 'members', predicted: 3, made: 3, why: { reason: 'from_groups', groups: 2 } }
  const result = { plan, signals: { can_grant: { people: 2, others: 0 } }, people: 5, others: 1 }
  await world.publishedRun(id, result)

  expect(await getConnection(world.actor, id)).toMatchObject({
    managementGroups,
    optionalScopes: ['GroupMember.Read.All'],
    publishedRun: result,
  })
  expect(await listConnections(world.actor)).toMatchObject([
    { id, people: 5, others: 1, signals: { can_grant: { people: 2, others: 0 } } },
  ])
  expect((await listRuns(world.actor, id, null)).rows).toMatchObject([{ plan }])
})

test('runs are paged by key, latest first, also when several were requested in the same millisecond', async () => {
  const world = await createAccessWorld(database.db)
  const { id } = await world.connection()
  const wanted: string[] = []
  for (let index = 0; index < 9; index++) {
    const runId = randomUUID()
    await database.db.insert(syncRuns).values({
      organisationId: world.actor.organisationId,
      connectionId: id,
      id: runId,
      trigger: 'manual',
      state: 'succeeded',
      requestedAt: minute(Math.floor(index / 3)),
    })
    wanted.push(runId)
  }
  const seen: Awaited<ReturnType<typeof listRuns>>['rows'] = []
  let [next, previous]: (Cursor | null)[] = [null, null]
  do {
    const page: Awaited<ReturnType<typeof listRuns>> = await listRuns(world.actor, id, next ?? null, 4)
    seen.push(...page.rows)
    next = page.next
    previous = page.previous
  } while (next)
  expect(seen.map((run) => run.id).sort()).toEqual(wanted.sort())
  expect(seen.map((run) => run.requestedAt.getTime())).toEqual(
    seen.map((run) => run.requestedAt.getTime()).sort((a, b) => b - a),
  )
  expect((await listRuns(world.actor, id, previous ?? null, 4)).rows.map((run) => run.id)).toEqual(
    seen.slice(4, 8).map((run) => run.id),
  )

  const mangled: Cursor = { at: ['yesterday', 'x'], side: 'after' }
  expect((await listRuns(world.actor, id, mangled, 4)).rows).toHaveLength(4)
})

test('roles come strongest first with how many hold them, and their first holders by name', async () => {
  const world = await createAccessWorld(database.db)
  const connection = await world.connection()
  const { id } = connection
  const [reader, owner] = [await world.role('Reader'), await world.role('Owner', 'grants_access')]
  const [bo, ada] = [await world.principal({ name: 'Bo' }), await world.principal({ name: 'Ada' })]
  await world.assign(id, { to: ada, role: reader })
  await world.assign(id, {
    to: ada,
    role: reader,
    scope: '/subscriptions/s/resourceGroups/rg',
    level: 'resource_group',
  })
  await world.assign(id, { to: bo, role: reader })
  await world.assign(id, { to: bo, role: owner })
  await world.assign(id, { to: await world.principal({ kind: 'group', name: 'Admins' }), role: owner, kind: 'group' })
  await world.holder(id, ada, reader)
  await world.holder(id, bo, owner)
  await world.publishedRun(id, {
    roleCounts: {
      [reader]: { people: 2, others: 0, eligible: 0, eligibleOthers: 0 },
      [owner]: { people: 1, others: 1, eligible: 0, eligibleOthers: 0 },
    },
  })

  expect(await listRolesHeld(world.actor, connection)).toMatchObject([
    { name: 'Owner', privilege: 'grants_access', people: 1, others: 1 },
    { name: 'Reader', privilege: 'reads', people: 2, others: 0 },
  ])
  const holders = async (each: number) =>
    (await listRoleHolders(world.actor, connection, [reader], each)).map((holder) => holder.name)
  expect(await holders(20)).toEqual(['Ada', 'Bo'])
  expect(await holders(1)).toEqual(['Ada'])
})

test('the roles of a result stay listed when its subscription has moved to another directory since', async () => {
  const world = await createAccessWorld(database.db)
  const connection = await world.connection({ tenantId: randomUUID() })
  const { id } = connection
  const reader = await world.role('Reader')
  await world.assign(id, { to: await world.principal(), role: reader })
  await world.publishedRun(id, { roleCounts: { [reader]: { people: 1, others: 0, eligible: 0, eligibleOthers: 0 } } })
  expect(await listRolesHeld(world.actor, connection)).toMatchObject([{ name: 'Reader', people: 1 }])
})
