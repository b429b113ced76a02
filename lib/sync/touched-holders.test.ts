import { and, eq, or, sql } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { holders, nodes } from '@/db/schema/access'
import { bitOf } from '@/lib/domain/combined-holders'
import { LARGE_GROUP } from '@/lib/domain/holders'
import { OPTIONAL_SCOPES } from '@/lib/domain/permissions'
import type { Signal } from '@/lib/domain/vocabulary'
import { applyChange } from '@/sandbox/world/changes'
import { createRandom, type Random } from '@/sandbox/world/random'
import { fullWorld } from '@/testing/full-world'
import { carryRun, connect, type Rolecall, startRolecall, type TestTenant } from '@/testing/rolecall'
import { makeHolders } from './make-holders'
import { requestSync } from './request-sync'

// A publish makes those holders anew whom it touches. What is stored afterwards is what all of them made anew would be.

/** More than a test run needs can be asked for: `RANDOM_WORLDS=100`. */
const WORLDS = Number(process.env.RANDOM_WORLDS ?? 4)
const ROUNDS = 6
const OPTIONAL = [...OPTIONAL_SCOPES]

let rolecall: Rolecall
beforeAll(async () => {
  rolecall = await startRolecall()
})
afterAll(() => rolecall.close())

async function connectAll(spec: Parameters<Rolecall['tenant']>[0]) {
  const tenant = await rolecall.tenant({ ...spec, consented: OPTIONAL })
  const ids: string[] = []
  for (const { id } of tenant.subscriptions) ids.push(await connect(tenant, id, { optional: OPTIONAL }))
  for (const id of ids) await carryRun(rolecall, tenant.owner, id)
  const sync = async (id: string | undefined) => {
    await requestSync(tenant.owner, id ?? '')
    return carryRun(rolecall, tenant.owner, id ?? '')
  }
  return { tenant, ids, sync }
}

class Undone extends Error {}

/** The rows that would be different if all holders of all nodes were made anew now, by node, principal and end. */
async function listStale({ owner: { organisationId } }: TestTenant) {
  const at = new Date('2200-01-01T00:00:00.000Z')
  let stale: unknown[] = []
  const made = rolecall.db.transaction(async (tx) => {
    const all = await tx.select().from(nodes).where(eq(nodes.organisationId, organisationId))
    for (const [key, own] of Map.groupBy(all, ({ accountId, tenantId }) => `${accountId} ${tenantId}`)) {
      const [accountId = '', tenantId = ''] = key.split(' ')
      const run = { connectionId: '', subscriptionId: '', runId: '00000000-0000-4000-8000-000000000000' }
      const everyone = new Map(own.map(({ id }) => [id, 'everyone' as const]))
      await makeHolders(tx, { organisationId, accountId, tenantId, at, ...run }, everyone)
    }
    stale = await tx
      .select()
      .from(holders)
      .where(and(eq(holders.organisationId, organisationId), or(eq(holders.validFrom, at), eq(holders.validTo, at))))
      .orderBy(holders.nodeId, holders.principalId, holders.validFrom)
    throw new Undone()
  })
  await expect(made).rejects.toThrow(Undone)
  return stale
}

const countHolders = ({ owner }: TestTenant) =>
  rolecall.db.$count(holders, and(eq(holders.organisationId, owner.organisationId), sql`valid_to is null`))

/** Lists of which some are refused for a while: what stands in for them is known from an earlier time. */
const REFUSED = [
  { path: '/members$', inBatch: true },
  { path: 'eligibilityScheduleInstances', inBatch: true },
  { path: '/v1\\.0/groups$', inBatch: true },
  { path: '/v1\\.0/users$', inBatch: true },
  { path: 'roleEligibilityScheduleInstances' },
  { path: 'denyAssignments' },
]

/** Lets some lists be refused from now on, for some of those that ask; or none. */
function refuseSome(random: Random, { world, tenantId }: TestTenant, seed: string) {
  const rules = random.below(3) === 0 ? REFUSED.filter(() => random.below(3) === 0) : []
  world.faults = rules.map((match) => ({
    match: { ...match, tenantId },
    ...{ status: 403, probability: 0.7, seed, seen: 0, fired: 0 },
  }))
}

const seeds = Array.from({ length: WORLDS }, (_, index) => `touched ${index + 1}`)

test.each(seeds)('in %s, no holder is left as it was whom a change touches', async (seed) => {
  const random = createRandom(seed)
  const groups = { count: 8, sizes: { min: 0, max: 5 }, depth: 3, cycles: 2 }
  const spec = { ...fullWorld(seed), people: 20, managementGroupDepth: 2, managementGroups: 4, subscriptions: 3 }
  const { tenant, ids, sync } = await connectAll({
    ...spec,
    groups: { ...groups, ...(spec.licence === 'p2' ? { eligible: 4 } : {}) },
  })
  expect(await countHolders(tenant)).toBeGreaterThan(20)
  expect(await listStale(tenant)).toEqual([])
  for (let round = 1; round <= ROUNDS; round++) {
    // Few changes at once, so that none of them hides that another one was overlooked.
    applyChange(tenant.world, { random: 1 + random.below(4), seed: `${seed} ${round}`, tenantId: tenant.tenantId })
    refuseSome(random, tenant, `${seed} ${round}`)
    for (const id of ids) {
      if (random.below(3) === 0) continue
      await sync(id)
      expect(await listStale(tenant), `after round ${round}`).toEqual([])
    }
  }
  tenant.world.faults = []
  for (const id of ids) expect(await sync(id)).toMatchObject({ state: 'succeeded', gaps: false })
  expect(await listStale(tenant)).toEqual([])
})

/** How many holders show a signal. */
const countShowing = ({ owner }: TestTenant, signal: Signal) =>
  rolecall.db.$count(
    holders,
    and(eq(holders.organisationId, owner.organisationId), sql`valid_to is null and signals & ${bitOf(signal)} <> 0`),
  )

/** A subscription, and a group of so many people to which roles can be assigned there. */
async function connectGroup(members: number, more: Parameters<Rolecall['tenant']>[0] = {}) {
  const spec = { people: members + 5, assignments: 3, groups: { count: 1, largest: members }, ...more }
  const connected = await connectAll(spec)
  const { tenant, ids, sync } = connected
  const { world, tenantId, subscription } = tenant
  const [group] = world.findTenant(tenantId)?.groups.list() ?? []
  const groupId = group?.id ?? ''
  const scope = `/subscriptions/${subscription.id}`
  const assign = (principalId: string, role: string) =>
    applyChange(world, { type: 'assign', tenantId, principalId, role, scope })
  const member = () => world.findTenant(tenantId)?.memberships.memberList(groupId)[0] ?? ''
  return { tenant, groupId, assign, member, sync: () => sync(ids[0]) }
}

test('everyone in a group is touched when it becomes a large one, and when it is none any more', async () => {
  const { tenant, groupId, assign, member, sync } = await connectGroup(LARGE_GROUP)
  assign(groupId, 'Reader')
  await sync()
  expect(await countShowing(tenant, 'large_group')).toBe(0)

  const { world, tenantId } = tenant
  const added = applyChange(world, { type: 'add_person', tenantId, displayName: 'One Too Many' })
  const principalId = (added as { id: string }).id
  applyChange(world, { type: 'add_member', tenantId, groupId, principalId })
  await sync()
  expect(await countShowing(tenant, 'large_group')).toBe(LARGE_GROUP + 1)
  expect(await listStale(tenant)).toEqual([])

  applyChange(world, { type: 'remove_member', tenantId, groupId, principalId: member() })
  await sync()
  expect(await countShowing(tenant, 'large_group')).toBe(0)
  expect(await listStale(tenant)).toEqual([])
})

test('whoever holds directly what a group is given and loses again is touched by that', async () => {
  const { tenant, groupId, assign, member, sync } = await connectGroup(3)
  const { world, tenantId } = tenant
  assign(member(), 'Monitoring Reader')
  const other = applyChange(world, { type: 'add_person', tenantId, displayName: 'Outside Of It' }) as { id: string }
  assign(other.id, 'Monitoring Reader')
  await sync()
  expect(await countShowing(tenant, 'direct_despite_group')).toBe(0)

  const { id } = assign(groupId, 'Monitoring Reader') as { id: string }
  await sync()
  expect(await countShowing(tenant, 'direct_despite_group')).toBe(2)
  expect(await listStale(tenant)).toEqual([])

  applyChange(world, { type: 'unassign', tenantId, assignmentId: id })
  await sync()
  expect(await countShowing(tenant, 'direct_despite_group')).toBe(0)
  expect(await listStale(tenant)).toEqual([])
})

test.each(['loses its role', 'leaves a group that has one'] as const)(
  'whoever leaves a group is touched also when the group %s in the same publish',
  async (loss) => {
    const { tenant, groupId, assign, member, sync } = await connectGroup(3)
    const { world, tenantId } = tenant
    const outer = applyChange(world, { type: 'add_group', tenantId, displayName: 'Around It' }) as { id: string }
    const nested = { tenantId, groupId: outer.id, principalId: groupId }
    const isNested = loss === 'leaves a group that has one'
    if (isNested) applyChange(world, { type: 'add_member', ...nested })
    const { id: assignmentId } = assign(isNested ? outer.id : groupId, 'Monitoring Reader') as { id: string }
    await sync()
    const before = await countHolders(tenant)

    applyChange(world, { type: 'remove_member', tenantId, groupId, principalId: member() })
    if (isNested) applyChange(world, { type: 'remove_member', ...nested })
    else applyChange(world, { type: 'unassign', tenantId, assignmentId })
    await sync()
    expect(await listStale(tenant)).toEqual([])
    expect(await countHolders(tenant)).toBeLessThan(before)
  },
)

test('everyone who holds a role is touched when it allows something else', async () => {
  const { tenant, groupId, assign, sync } = await connectGroup(5, { customRoles: 1 })
  const [role] = tenant.world.findTenant(tenant.tenantId)?.customRoles.list() ?? []
  if (!role) throw new Error('The tenant has no custom role.')
  assign(groupId, role.id)
  await sync()
  const before = await countShowing(tenant, 'custom_owner')

  role.permissions = [{ actions: ['*'], notActions: [], dataActions: [], notDataActions: [] }]
  await sync()
  expect(await countShowing(tenant, 'custom_owner')).toBe(before + 5)
  expect(await listStale(tenant)).toEqual([])
})
