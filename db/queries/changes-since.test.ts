import { sql } from 'drizzle-orm'
import { afterAll, expect, test } from 'vitest'
import { changes } from '@/db/schema/changes'
import { createAccessWorld } from '@/testing/access-world'
import { createTestDatabase } from '@/testing/database'
import { countChangesSince } from './changes-since'

const database = await createTestDatabase()
afterAll(() => database.close())

const SINCE = new Date('2026-02-01T09:00:00.000Z')
const AFTER = new Date('2026-02-02T09:00:00.000Z')

async function startWorld() {
  const world = await createAccessWorld(database.db)
  const { connection, nodeId: root } = await world.nodeAbove(await world.connection())
  const other = (await world.nodeAbove(await world.connection({ label: 'Test', beside: connection }))).connection
  const to = await world.principal()
  const role = await world.role('Owner', 'grants_access')
  let made = 0
  const change = (of: { id: string }, rest: Partial<Parameters<typeof world.change>[1]> = {}) => {
    made += 1
    return world.change(of.id, { to, role, key: `${made}`, at: AFTER, ...rest })
  }
  return { ...world, connection, other, root, to, role, change }
}

test('changes since a moment are counted for each connection, and one that several inherit once over all', async () => {
  const { actor, connection, other, root, change } = await startWorld()
  await change(connection, { privileged: true })
  await change(connection, { effect: 'lost' })
  await change(connection, { node: root })
  await change(other, { effect: 'altered' })
  await change(other, { at: SINCE })

  const { isMore, all, of } = await countChangesSince(actor, SINCE, [connection.id, other.id, 'none'])
  expect(isMore).toBe(false)
  expect(all).toEqual({ gained: 2, privileged: 1, lost: 1 })
  expect(Object.fromEntries(of)).toEqual({
    [connection.id]: { gained: 2, privileged: 1, lost: 1 },
    [other.id]: { gained: 1, privileged: 0, lost: 0 },
  })
})

test('what a connection has not seen with a result of its own is not counted yet', async () => {
  const { actor, connection, change } = await startWorld()
  await change(connection, { at: new Date('2027-01-01T00:00:00.000Z') })
  const { all, of } = await countChangesSince(actor, SINCE, [connection.id])
  expect([all.gained, of.size]).toEqual([0, 0])
})

test('nothing has changed since now', async () => {
  const { actor, connection, change } = await startWorld()
  await change(connection)
  const { isMore, all, of } = await countChangesSince(actor, AFTER, [connection.id])
  expect([isMore, all.gained, of.size]).toEqual([false, 0, 0])
})

test('of more than a thousand changes only that is told', async () => {
  const { actor, connection, change } = await startWorld()
  await change(connection)
  await database.db.execute(sql`
    insert into ${changes} select (jsonb_populate_record(c, jsonb_build_object('id', gen_random_uuid()))).*
    from ${changes} c, generate_series(1, 1000) where c.organisation_id = ${actor.organisationId}`)
  const { isMore, of } = await countChangesSince(actor, SINCE, [connection.id])
  expect([isMore, of.size]).toEqual([true, 0])
})
