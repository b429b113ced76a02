import { randomUUID } from 'node:crypto'
import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { connections } from '@/db/schema/connections'
import { directoryGroups } from '@/db/schema/directory'
import { storedDirectoryOf } from '@/lib/directory/stored-directory'
import { accountOf, carryRun, connect, type Rolecall, startRolecall } from '@/testing/rolecall'
import { lastResultOf } from './last-result'

let rolecall: Rolecall
beforeAll(async () => {
  rolecall = await startRolecall()
})
afterAll(() => rolecall.close())

/** PostgreSQL takes at most 65,535 parameters in a statement; the largest directories have more people. */
const MANY = 70_000

test('the last result is asked about more ids than a statement takes parameters', async () => {
  const tenant = await rolecall.tenant({ groups: { count: 2, size: 3 } })
  const connectionId = await connect(tenant, tenant.subscription.id, { optional: ['GroupMember.Read.All'] })
  await carryRun(rolecall, tenant.owner, connectionId)
  const [connection] = await rolecall.db.select().from(connections).where(eq(connections.id, connectionId))
  if (!connection) throw new Error('There is no such connection.')
  const { organisationId } = tenant.owner
  const account = await accountOf(rolecall, connectionId)
  const last = lastResultOf({
    organisationId,
    id: randomUUID(),
    fence: 1,
    connection,
    account,
    trigger: 'manual',
    requestedAt: new Date(),
  })
  const directory = storedDirectoryOf(account)
  const many = Array.from({ length: MANY }, () => randomUUID())
  const known = tenant.account('owner').objectId
  expect((await directory.listPrincipals([...many, known])).map(({ id }) => id)).toEqual([known])
  const [group = ''] = (await rolecall.db.select({ id: directoryGroups.groupId }).from(directoryGroups)).map(
    ({ id }) => id,
  )
  expect((await directory.listGroups([...many, group])).map(({ id }) => id)).toEqual([group])
  expect(await last.listByKey(many)).toEqual([])
  expect(await last.listRoles(many)).toEqual([])
})
