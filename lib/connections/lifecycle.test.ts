import { randomBytes, randomUUID } from 'node:crypto'
import { and, eq } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { SessionActor } from '@/db/actor'
import { assignments, roleDefinitions } from '@/db/schema/access'
import { accountSecrets, accounts } from '@/db/schema/accounts'
import { connections } from '@/db/schema/connections'
import { principals } from '@/db/schema/directory'
import { auditEvents } from '@/db/schema/organisations'
import { syncRuns } from '@/db/schema/runs'
import { NotAllowed, NotFound } from '@/lib/actor'
import { env } from '@/lib/env'
import { requestSync } from '@/lib/sync/request-sync'
import { runSync } from '@/lib/sync/run-sync'
import { accountOf, carryRun, connect, currentAccess, type Rolecall, startRolecall } from '@/testing/rolecall'
import { signInAs } from '@/testing/sign-in-as'
import { deleteConnection } from './delete-connection'
import { disconnect } from './disconnect'
import { renameConnection, setSchedule } from './manage'
import { seal, unseal } from './vault'

let rolecall: Rolecall
beforeAll(async () => {
  rolecall = await startRolecall()
})
afterAll(() => rolecall.close())

const connectionRow = async (id: string) =>
  (await rolecall.db.select().from(connections).where(eq(connections.id, id)))[0]

/** Asks for a deletion and carries it out, as the worker does. */
async function erase(actor: SessionActor, connectionId: string, typed?: string): Promise<void> {
  expect(await disconnect(actor, connectionId, { data: 'delete', typed })).toEqual({ kind: 'deleting' })
  await deleteConnection({ organisationId: actor.organisationId, connectionId }, new AbortController().signal)
}

test('a connection is renamed and rescheduled, and both are written down', async () => {
  const tenant = await rolecall.tenant()
  const id = await connect(tenant)
  await carryRun(rolecall, tenant.owner, id)
  await renameConnection(tenant.owner, id, 'Payments')
  await setSchedule(tenant.owner, id, 'hourly')
  const row = await connectionRow(id)
  expect(row).toMatchObject({ label: 'Payments', schedule: 'hourly' })
  expect(row?.nextSyncAt?.getTime()).toBe((row?.publishedAt?.getTime() ?? 0) + 3_600_000)
  await setSchedule(tenant.owner, id, 'off')
  expect((await connectionRow(id))?.nextSyncAt).toBeNull()
  const events = await rolecall.db
    .select({ action: auditEvents.action })
    .from(auditEvents)
    .where(and(eq(auditEvents.organisationId, tenant.owner.organisationId), eq(auditEvents.kind, 'change')))
    .orderBy(auditEvents.seq)
  expect(events.map(({ action }) => action)).toEqual([
    'member.joined',
    'connection.connected',
    'connection.renamed',
    'connection.schedule_changed',
    'connection.schedule_changed',
  ])
})

test('a sign-in that the next sync seals with another key is written down with both names of keys', async () => {
  const tenant = await rolecall.tenant()
  const id = await connect(tenant)
  const { id: accountId, secret } = await accountOf(rolecall, id)
  const place = { organisationId: tenant.owner.organisationId, kind: 'account-cache' as const, id: accountId }
  const own = eq(accountSecrets.accountId, accountId)
  const cache = JSON.parse(await unseal(secret?.sealed ?? '', place))
  // As if an hour had passed: the access tokens are gone, and the next sync asks for new ones.
  const sealed = await seal(JSON.stringify({ ...cache, AccessToken: {} }), place)
  await rolecall.db.update(accountSecrets).set({ sealed }).where(own)
  const keys = env().encryptionKeys
  const before = keys[0]?.kid
  keys.unshift({ kid: 'newer', key: new Uint8Array(randomBytes(32)) })
  await carryRun(rolecall, tenant.owner, id)
  keys.shift()
  const events = await rolecall.db
    .select({ memberName: auditEvents.memberName, details: auditEvents.details })
    .from(auditEvents)
    .where(and(eq(auditEvents.organisationId, tenant.owner.organisationId), eq(auditEvents.action, 'account.resealed')))
  expect(events).toEqual([{ memberName: 'Rolecall', details: { before, after: 'newer' } }])
})

test('disconnecting with the data kept deletes the tokens and leaves the result', async () => {
  const tenant = await rolecall.tenant()
  const id = await connect(tenant)
  await carryRun(rolecall, tenant.owner, id)
  const before = await currentAccess(rolecall, tenant.owner, id)
  expect(await disconnect(tenant.owner, id, { data: 'keep' })).toEqual({ kind: 'disconnected' })
  expect(await accountOf(rolecall, id)).toMatchObject({ state: 'signed_out', secret: null })
  expect(await connectionRow(id)).toMatchObject({ state: 'disconnected', nextSyncAt: null })
  expect(await currentAccess(rolecall, tenant.owner, id)).toEqual(before)
  await expect(requestSync(tenant.owner, id)).rejects.toThrow(NotFound)

  expect(await connect(tenant)).toBe(id)
  expect(await connectionRow(id)).toMatchObject({ state: 'active', disconnectedAt: null })
})

test('disconnecting with deletion needs the label typed, and leaves no row of the subscription', async () => {
  const tenant = await rolecall.tenant({ groups: 1, servicePrincipals: 1, customRoles: 1 })
  const id = await connect(tenant)
  await carryRun(rolecall, tenant.owner, id)
  expect(await disconnect(tenant.owner, id, { data: 'delete', typed: 'wrong' })).toEqual({ kind: 'mistyped' })
  expect(await connectionRow(id)).toMatchObject({ state: 'active' })

  await erase(tenant.owner, id, tenant.subscription.name)
  const { organisationId } = tenant.owner
  for (const table of [connections, accounts, accountSecrets, syncRuns, assignments, principals, roleDefinitions]) {
    expect(await rolecall.db.select().from(table).where(eq(table.organisationId, organisationId))).toEqual([])
  }
})

test('people who hold a role in another connected subscription stay when one is deleted', async () => {
  const tenant = await rolecall.tenant({ subscriptions: 2, delegations: 0 })
  const [first, second] = tenant.subscriptions
  const gone = await connect(tenant, first?.id)
  await carryRun(rolecall, tenant.owner, gone)
  const kept = await connect(tenant, second?.id)
  await carryRun(rolecall, tenant.owner, kept)
  const before = await currentAccess(rolecall, tenant.owner, kept)
  await erase(tenant.owner, gone, first?.name)
  expect(await currentAccess(rolecall, tenant.owner, kept)).toEqual(before)
  const left = await rolecall.db
    .select({ id: principals.id })
    .from(principals)
    .where(eq(principals.organisationId, tenant.owner.organisationId))
  expect(new Set(left.map((row) => row.id))).toEqual(new Set(before.map((line) => line.split('|')[0])))
})

test('deleting a subscription that was transferred also deletes the people of its former tenant', async () => {
  const tenant = await rolecall.tenant()
  const id = await connect(tenant)
  await carryRun(rolecall, tenant.owner, id)
  // What a reconnect in the new tenant does to the connection; the former tenant's people are still in its history.
  await rolecall.db.update(connections).set({ tenantId: randomUUID() }).where(eq(connections.id, id))
  await erase(tenant.owner, id, tenant.subscription.name)
  for (const table of [assignments, principals, roleDefinitions]) {
    expect(await rolecall.db.select().from(table).where(eq(table.organisationId, tenant.owner.organisationId))).toEqual(
      [],
    )
  }
})

test('a run that was open when its connection was deleted writes nothing', async () => {
  const tenant = await rolecall.tenant()
  const id = await connect(tenant)
  const [run] = await rolecall.db.select({ id: syncRuns.id }).from(syncRuns).where(eq(syncRuns.connectionId, id))
  const sync = runSync(
    { organisationId: tenant.owner.organisationId, runId: run?.id ?? '' },
    new AbortController().signal,
  )
  await erase(tenant.owner, id, tenant.subscription.name)
  await sync
  expect(
    await rolecall.db.select().from(assignments).where(eq(assignments.organisationId, tenant.owner.organisationId)),
  ).toEqual([])
})

test('a viewer and another organisation can change nothing', async () => {
  const tenant = await rolecall.tenant()
  const id = await connect(tenant)
  const viewer = await tenant.viewer()
  const stranger = await signInAs({ name: 'Sten Stranger' })
  for (const [actor, refusal] of [
    [viewer, NotAllowed],
    [stranger, NotFound],
  ] as const) {
    await expect(renameConnection(actor, id, 'Taken')).rejects.toThrow(refusal)
    await expect(setSchedule(actor, id, 'off')).rejects.toThrow(refusal)
    await expect(requestSync(actor, id)).rejects.toThrow(refusal)
    await expect(disconnect(actor, id, { data: 'delete', typed: tenant.subscription.name })).rejects.toThrow(refusal)
  }
  await expect(requestSync(tenant.owner, randomUUID())).rejects.toThrow(NotFound)
  expect(await connectionRow(id)).toMatchObject({ label: tenant.subscription.name, state: 'active' })
})
