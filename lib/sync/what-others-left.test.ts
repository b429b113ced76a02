import { and, eq, isNull, like } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { getConnection } from '@/db/queries/connections'
import { ALL_PEOPLE, listHolders } from '@/db/queries/holders'
import { assignments } from '@/db/schema/access'
import { addSubscriptions } from '@/lib/connections/add-subscriptions'
import { deleteConnection } from '@/lib/connections/delete-connection'
import { disconnect } from '@/lib/connections/disconnect'
import { OPTIONAL_SCOPES } from '@/lib/domain/permissions'
import { applyChange } from '@/sandbox/world/changes'
import { accountOf, carryRun, connect, type Rolecall, startRolecall, type TestTenant } from '@/testing/rolecall'
import { requestSync } from './request-sync'

// What a run finds stored that another list, run or connection has left: it neither stays for ever nor is lost.

const OPTIONAL = [...OPTIONAL_SCOPES]

let rolecall: Rolecall
beforeAll(async () => {
  rolecall = await startRolecall()
})
afterAll(() => rolecall.close())

async function sync(tenant: TestTenant, id: string) {
  await requestSync(tenant.owner, id)
  return carryRun(rolecall, tenant.owner, id)
}

const countEligible = ({ owner }: TestTenant) =>
  rolecall.db.$count(
    assignments,
    and(
      eq(assignments.organisationId, owner.organisationId),
      like(assignments.key, 'eligible %'),
      isNull(assignments.validTo),
    ),
  )

async function peopleOf(tenant: TestTenant, id: string) {
  const connection = await getConnection(tenant.owner, id)
  if (!connection) throw new Error('There is no such connection.')
  const { rows } = await listHolders(tenant.owner, connection, ALL_PEOPLE, 200)
  return rows.map(({ principalId, name, status }) => ({ principalId, name, status }))
}

async function eligibleTenant() {
  const tenant = await rolecall.tenant({ licence: 'p2', eligibility: 4, consented: OPTIONAL })
  const id = await connect(tenant, tenant.subscription.id, { optional: OPTIONAL })
  await carryRun(rolecall, tenant.owner, id)
  expect(await countEligible(tenant)).toBeGreaterThan(2)
  return { tenant, id }
}

test('nobody is eligible any more once the licence for it has ended', async () => {
  const { tenant, id } = await eligibleTenant()
  applyChange(tenant.world, { type: 'set_licence', tenantId: tenant.tenantId, licence: 'free' })
  await sync(tenant, id)
  expect(await countEligible(tenant)).toBe(0)
})

test('what has ended by itself is not kept because its list is refused', async () => {
  const { tenant, id } = await eligibleTenant()
  await rolecall.db
    .update(assignments)
    .set({ endsAt: new Date(Date.now() - 60_000) })
    .where(and(eq(assignments.organisationId, tenant.owner.organisationId), like(assignments.key, 'eligible %')))
  const refusal = { match: { path: 'roleEligibilityScheduleInstances', tenantId: tenant.tenantId }, status: 403 }
  await tenant.during([refusal], () => sync(tenant, id))
  expect(await countEligible(tenant)).toBe(0)
})

test('a subscription that is deleted and added again shows its people by name, also those whom only it had', async () => {
  const tenant = await rolecall.tenant({ subscriptions: 2, assignments: 12, people: 30 })
  const [first, second] = tenant.subscriptions
  if (!first || !second) throw new Error('The tenant has too few subscriptions.')
  const stays = await connect(tenant, first.id)
  await carryRun(rolecall, tenant.owner, stays)
  const account = await accountOf(rolecall, stays)
  const add = async () => {
    const added = await addSubscriptions(tenant.owner, account.id, [second.id])
    const [id = ''] = added.kind === 'added' ? added.connectionIds : []
    await carryRun(rolecall, tenant.owner, id)
    return id
  }
  const id = await add()
  const before = await peopleOf(tenant, id)
  expect(before.filter(({ name }) => name !== null).length).toBeGreaterThan(3)
  const connection = await getConnection(tenant.owner, id)
  await disconnect(tenant.owner, id, { data: 'delete', typed: connection?.label })
  const job = { organisationId: tenant.owner.organisationId, connectionId: id }
  await deleteConnection(job, new AbortController().signal)
  expect(await peopleOf(tenant, await add())).toEqual(before)
})

test('a person who was disabled while a reading is still fresh is shown so by whoever reads them anew', async () => {
  const tenant = await rolecall.tenant({ subscriptions: 2, people: 20, assignments: 10, groups: { count: 2, size: 3 } })
  const [first, second] = tenant.subscriptions
  const id = await connect(tenant, first?.id, { optional: ['GroupMember.Read.All'] })
  await carryRun(rolecall, tenant.owner, id)
  const people = await peopleOf(tenant, id)
  const accounts = new Set(tenant.accounts.map(({ objectId }) => objectId)) // with which one signs in
  const isOther = ({ status, principalId }: (typeof people)[number]) =>
    status === 'active' && !accounts.has(principalId)
  const someone = people.find(isOther)?.principalId ?? ''
  applyChange(tenant.world, { type: 'disable', tenantId: tenant.tenantId, user: someone })
  const other = await connect(tenant, second?.id, { optional: ['GroupMember.Read.All'] })
  await carryRun(rolecall, tenant.owner, other)
  await sync(tenant, id)
  expect((await peopleOf(tenant, id)).find(({ principalId }) => principalId === someone)?.status).toBe('disabled')
})
