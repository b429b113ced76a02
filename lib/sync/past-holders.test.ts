import { eq, sql } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { getConnection } from '@/db/queries/connections'
import { ALL_PEOPLE, listHolders } from '@/db/queries/holders'
import { connections } from '@/db/schema/connections'
import { applyChange } from '@/sandbox/world/changes'
import { carryRun, connect, type Rolecall, startRolecall } from '@/testing/rolecall'
import { requestSync } from './request-sync'

let rolecall: Rolecall
beforeAll(async () => {
  rolecall = await startRolecall()
})
afterAll(() => rolecall.close())

test('an earlier result can be listed as it was, days later and after other syncs', async () => {
  const tenant = await rolecall.tenant()
  const { owner, tenantId, subscription } = tenant
  const id = await connect(tenant)
  await carryRun(rolecall, owner, id)
  const readConnection = async () => {
    const connection = await getConnection(owner, id)
    if (!connection?.publishedAt) throw new Error('Nothing was published.')
    return { ...connection, publishedAt: connection.publishedAt }
  }
  const listPeople = async (as: Awaited<ReturnType<typeof readConnection>>) =>
    (await listHolders(owner, as, ALL_PEOPLE)).rows

  const DAYS = 3
  await rolecall.db.execute(sql`update holders set valid_from = valid_from - make_interval(days => ${DAYS})
    where organisation_id = ${owner.organisationId}`)
  await rolecall.db.execute(sql`update connection_nodes set valid_from = valid_from - make_interval(days => ${DAYS})
    where organisation_id = ${owner.organisationId}`)
  await rolecall.db
    .update(connections)
    .set({ publishedAt: sql`published_at - make_interval(days => ${DAYS})` })
    .where(eq(connections.id, id))
  const first = await readConnection()
  const then = await listPeople(first)

  for (const displayName of ['Somebody New', 'Another One']) {
    const person = applyChange(tenant.world, { type: 'add_person', tenantId, displayName }) as { id: string }
    const scope = `/subscriptions/${subscription.id}`
    applyChange(tenant.world, { type: 'assign', tenantId, principalId: person.id, role: 'Reader', scope })
    await requestSync(owner, id)
    expect(await carryRun(rolecall, owner, id)).toMatchObject({ state: 'succeeded' })
  }
  applyChange(tenant.world, {
    type: 'unassign',
    user: tenant.account('reader').username,
    subscriptionId: subscription.id,
  })
  await requestSync(owner, id)
  await carryRun(rolecall, owner, id)
  const now = await listPeople(await readConnection())
  expect(now).not.toEqual(then)
  expect(await listPeople(first)).toEqual(then)
})

test('history begins with the first result, however many follow', async () => {
  const tenant = await rolecall.tenant()
  const id = await connect(tenant)
  const first = await carryRun(rolecall, tenant.owner, id)
  await requestSync(tenant.owner, id)
  const second = await carryRun(rolecall, tenant.owner, id)
  const [connection] = await rolecall.db.select().from(connections).where(eq(connections.id, id))
  expect(connection).toMatchObject({ historyBeginsAt: first.finishedAt, publishedAt: second.finishedAt })
})
