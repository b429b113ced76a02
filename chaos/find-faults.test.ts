import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { getDbOfEveryOrganisation } from '@/db/client'
import { holders } from '@/db/schema/access'
import { accountSecrets } from '@/db/schema/accounts'
import { connections } from '@/db/schema/connections'
import { auditEvents } from '@/db/schema/organisations'
import { syncRuns } from '@/db/schema/runs'
import { renameConnection } from '@/lib/connections/manage'
import { requestSync } from '@/lib/sync/request-sync'
import { carryRun, connect, type TestTenant } from '@/testing/rolecall'
import { ArmedWork } from './armed-work'
import { type ChaosWorld, startChaosWorld } from './chaos-world'
import { findLeaks } from './check-neighbour'
import { Expectations, readFacts } from './expectations'
import { findSecrets } from './find-secrets'
import { readAsPagesDo } from './readers'

// Whoever looks for faults has to be shown to find them: each check is given something that it must not let pass.

let world: ChaosWorld
beforeAll(async () => {
  world = await startChaosWorld()
})
afterAll(() => world.close())

async function connected(): Promise<{ tenant: TestTenant; id: string; expectations: Expectations }> {
  const tenant = await world.rolecall.tenant()
  const id = await connect(tenant)
  await carryRun({ ...world.rolecall, db: await getDbOfEveryOrganisation() }, tenant.owner, id)
  const expectations = new Expectations(tenant.subscription.name)
  expectations.expectBeing('connected', true)
  return { tenant, id, expectations }
}

test('a label that was acknowledged and is not there is told, and one that failed may be there or not', async () => {
  const { tenant, id, expectations } = await connected()
  expectations.expectLabel('Failed', false)
  expect(expectations.check(await readFacts(tenant), true)).toEqual([])
  expectations.expectLabel('Acknowledged', true)
  expect(expectations.check(await readFacts(tenant), true)).toEqual([
    `The label is ${tenant.subscription.name}, not Acknowledged.`,
    'connection.renamed of Acknowledged succeeded and is not in the audit log.',
  ])
  await renameConnection(tenant.owner, id, 'Acknowledged')
  expectations.expectLabel('Acknowledged', true)
  expect(expectations.check(await readFacts(tenant), true)).toEqual([])
})

test('a deletion that was acknowledged and left the connection, and an ended one with a sealed sign-in, are told', async () => {
  const { tenant, id, expectations } = await connected()
  const db = await getDbOfEveryOrganisation()
  await db.update(connections).set({ state: 'disconnected' }).where(eq(connections.id, id))
  expectations.expectBeing('gone', true)
  expect(expectations.check(await readFacts(tenant), true)).toEqual([
    'The connection is disconnected, and should be gone.',
    'The connection is disconnected, and still has a sealed sign-in.',
  ])
})

test('a run that was asked for and is not stored is told, and so is one that is still open', async () => {
  const { tenant, id, expectations } = await connected()
  const { runId } = await requestSync(tenant.owner, id)
  expectations.expectRun(runId)
  expect(expectations.check(await readFacts(tenant), false)).toEqual([])
  expect(expectations.check(await readFacts(tenant), true)).toEqual([
    `Runs that were asked for are still open: ${runId}.`,
  ])
  await (await getDbOfEveryOrganisation()).delete(syncRuns).where(eq(syncRuns.id, runId))
  expect(expectations.check(await readFacts(tenant), true)).toEqual([
    `Runs that were asked for are not stored: ${runId}.`,
  ])
})

test('a list that lost somebody is not the reading that it was before', async () => {
  const { tenant, id } = await connected()
  const whole = await readAsPagesDo(tenant.owner, id)
  const db = await getDbOfEveryOrganisation()
  const [first] = await db
    .select()
    .from(holders)
    .where(eq(holders.organisationId, tenant.owner.organisationId))
    .limit(1)
  await db.delete(holders).where(eq(holders.principalId, first?.principalId ?? ''))
  const spoilt = await readAsPagesDo(tenant.owner, id)
  expect(whole?.disagreements).toEqual([])
  expect(spoilt?.text).not.toBe(whole?.text)
})

test('a token outside its seal is found in a row and in the log, and a sealed one is not', async () => {
  const { tenant } = await connected()
  const { secrets } = world.network
  expect(secrets.size).toBeGreaterThan(3)
  expect(await findSecrets(secrets, '')).toEqual([])
  const [secret = ''] = secrets
  const db = await getDbOfEveryOrganisation()
  const { organisationId, memberId } = tenant.owner
  const line = { organisationId, memberId, memberName: 'Olga', action: 'test', subject: `token ${secret}` }
  await db.insert(auditEvents).values(line)
  expect(await findSecrets(secrets, `{"token":"${secret}"}`)).toEqual([
    `The log holds a secret that ends in ${secret.slice(-6)}.`,
    `A row of public.audit_events holds a secret that ends in ${secret.slice(-6)}.`,
  ])
  await world.rolecall.asOwner(`alter table audit_events disable trigger user`)
  await db.delete(auditEvents).where(eq(auditEvents.subject, line.subject))
  await world.rolecall.asOwner(`alter table audit_events enable trigger user`)
  expect(await db.$count(accountSecrets)).toBeGreaterThan(0)
})

test('a name of the other organisation among ours is told', async () => {
  const { tenant, id } = await connected()
  expect(await findLeaks(tenant, id, world.neighbour)).toEqual([])
  await renameConnection(tenant.owner, id, 'Canary 1')
  expect(await findLeaks(tenant, id, world.neighbour)).toEqual(['Our pages show Canary of another organisation.'])
})

test('a fault meets the statement it was drawn for, and only that of its own work', async () => {
  const { tenant, id } = await connected()
  const fault = { on: 'statement', kind: 'disk_full', at: 2, lasts: 1 } as const
  const work = new ArmedWork([fault])
  const armed = work.run(() => renameConnection(tenant.owner, id, 'Armed'))
  const beside = renameConnection(tenant.owner, id, 'Beside')
  await expect(armed).rejects.toMatchObject({ cause: { code: '53100' } })
  await beside
  expect(work.fired).toEqual(['statement disk_full'])
  expect((await readFacts(tenant)).row?.label).toBe('Beside')
})
