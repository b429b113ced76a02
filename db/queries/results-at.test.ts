import { and, eq } from 'drizzle-orm'
import { afterAll, expect, test } from 'vitest'
import { connections } from '@/db/schema/connections'
import { auditEvents, organisations } from '@/db/schema/organisations'
import { syncRuns } from '@/db/schema/runs'
import { type AccessWorld, createAccessWorld, PUBLISHED } from '@/testing/access-world'
import { createTestDatabase } from '@/testing/database'
import { getResultTimes, listDeletedSince, listResultsAt } from './results-at'

const database = await createTestDatabase()
afterAll(() => database.close())

const HOUR = 60 * 60_000
const after = (hours: number) => new Date(PUBLISHED.getTime() + hours * HOUR)

/** Puts in a result that a connection published once, or publishes last. */
async function publish({ actor }: AccessWorld, connectionId: string, finishedAt: Date) {
  const own = { organisationId: actor.organisationId, connectionId }
  await database.db
    .insert(syncRuns)
    .values({ ...own, trigger: 'schedule', state: 'succeeded', requestedAt: finishedAt, finishedAt })
  await change(connectionId, { publishedAt: finishedAt })
}

const change = (connectionId: string, facts: Partial<typeof connections.$inferInsert>) =>
  database.db.update(connections).set(facts).where(eq(connections.id, connectionId))

/** What is shown of each connection at a moment: when its result was published, or why there is none. */
const shownAt = async ({ actor }: AccessWorld, at: Date) =>
  Object.fromEntries(
    (await listResultsAt(actor, at)).map((one) => [
      one.label,
      one.kind === 'shown' ? one.snapshot.publishedAt : one.why.kind,
    ]),
  )

test('each connection is shown by its own last result of then, with its own account and nodes', async () => {
  const world = await createAccessWorld(database.db)
  const [one, other] = [await world.connection({ label: 'One' }), await world.connection({ label: 'Other' })]
  for (const hours of [0, 2, 4]) await publish(world, one.id, after(hours))
  for (const hours of [1, 3]) await publish(world, other.id, after(hours))

  const found = await listResultsAt(world.actor, after(2.5))
  expect(found).toMatchObject([
    { kind: 'shown', snapshot: { publishedAt: after(2), accountId: one.accountId, nodeIds: one.nodeIds } },
    { kind: 'shown', snapshot: { publishedAt: after(1), accountId: other.accountId, nodeIds: other.nodeIds } },
  ])
  expect(await getResultTimes(world.actor, after(2.5))).toMatchObject({
    ...{ first: after(0), earlier: after(1), last: after(2), later: after(3) },
  })
  expect(await getResultTimes(world.actor, after(-1))).toMatchObject({ earlier: null, last: null, later: after(0) })
  expect(await getResultTimes(world.actor, after(9))).toMatchObject({ earlier: after(3), last: after(4), later: null })
})

test('a connection that was connected later, or never synced, is told as not read then', async () => {
  const world = await createAccessWorld(database.db)
  const [early, late] = [await world.connection({ label: 'Early' }), await world.connection({ label: 'Late' })]
  await world.connection({ label: 'Never', publishedAt: null })
  await publish(world, early.id, after(0))
  await publish(world, late.id, after(5))

  expect(await listResultsAt(world.actor, after(1))).toMatchObject([
    { label: 'Early', kind: 'shown' },
    { label: 'Late', kind: 'not_shown', why: { kind: 'not_read', first: after(5) } },
    { label: 'Never', kind: 'not_shown', why: { kind: 'not_read', first: null } },
  ])
})

test('a result whose history is deleted, or was not kept from the beginning, is forgotten', async () => {
  const world = await createAccessWorld(database.db)
  const [pruned, upgraded] = [
    await world.connection({ label: 'Pruned' }),
    await world.connection({ label: 'Upgraded' }),
  ]
  for (const hours of [0, 4]) {
    await publish(world, pruned.id, after(hours))
    await publish(world, upgraded.id, after(hours))
  }
  await change(upgraded.id, { historyBeginsAt: after(4) })
  expect(await shownAt(world, after(1))).toEqual({ Pruned: after(0), Upgraded: 'forgotten' })

  const pruneTo = (at: Date) =>
    database.db
      .update(organisations)
      .set({ historyPrunedTo: at, historyPrunedAfter: '90_days' })
      .where(eq(organisations.id, world.actor.organisationId))
  // At the horizon the result of then still stood.
  await pruneTo(after(3))
  expect(await shownAt(world, after(3))).toMatchObject({ Pruned: after(0) })
  await pruneTo(after(4))
  expect(await shownAt(world, after(3))).toMatchObject({ Pruned: 'forgotten' })
  expect(await shownAt(world, after(4))).toEqual({ Pruned: after(4), Upgraded: after(4) })

  // The run is deleted too in the end. Of a connection that was there nobody can say then that nothing was read of it.
  await database.db.delete(syncRuns).where(and(eq(syncRuns.connectionId, pruned.id), eq(syncRuns.finishedAt, after(0))))
  await change(pruned.id, { createdAt: after(-1) })
  expect(await shownAt(world, after(3))).toMatchObject({ Pruned: 'forgotten' })
})

test('a subscription that was in another tenant then is not shown with the people of that tenant', async () => {
  const world = await createAccessWorld(database.db)
  const { id } = await world.connection({ label: 'Moved' })
  await publish(world, id, after(0))
  await change(id, { tenantId: 'another tenant' })
  expect(await shownAt(world, after(1))).toEqual({ Moved: 'other_tenant' })
})

test('a disconnected connection is shown until it was disconnected, and left out from then on, as it was', async () => {
  const world = await createAccessWorld(database.db)
  const { id } = await world.connection({ label: 'Left', state: 'disconnected' })
  await publish(world, id, after(0))
  await change(id, { disconnectedAt: after(2) })
  expect(await shownAt(world, after(1))).toEqual({ Left: after(0) })
  expect(await shownAt(world, after(2))).toEqual({})
})

test('a deleted connection is named where it was connected then, by what the audit log tells', async () => {
  const world = await createAccessWorld(database.db)
  const { organisationId } = world.actor
  const tell = (hours: number, action: string, subject: string, subscription: string) =>
    database.db.insert(auditEvents).values({
      ...{ organisationId, memberName: 'Olga Owner', action, subject, details: { subscription }, at: after(hours) },
    })
  // Twice connected and twice deleted; and one that is still there.
  await tell(1, 'connection.connected', 'Staging', 's-1')
  await tell(1, 'connection.connected', 'Production', 's-2')
  await tell(3, 'connection.deletion_requested', 'Staging', 's-1')
  await tell(5, 'connection.connected', 'Staging', 's-1')
  await tell(7, 'connection.deletion_requested', 'Staging again', 's-1')
  await world.connection({ label: 'Going', state: 'deleting', publishedAt: null })

  const deletedSince = async (hours: number) =>
    (await listDeletedSince(world.actor, after(hours))).map(({ label, on }) => [label, on])
  expect(await deletedSince(0)).toEqual([])
  expect(await deletedSince(2)).toEqual([['Staging', after(3)]])
  expect(await deletedSince(4)).toEqual([])
  expect(await deletedSince(6)).toEqual([['Staging again', after(7)]])
  expect(await deletedSince(8)).toEqual([])
  expect(await shownAt(world, after(9))).toEqual({})
})
