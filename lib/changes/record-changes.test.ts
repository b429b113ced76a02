import { afterAll, beforeAll, expect, test } from 'vitest'
import { listChanges } from '@/db/queries/changes'
import { changeEffects, changes } from '@/db/schema/changes'
import { causeWords, effectWords } from '@/lib/domain/change-words'
import { OPTIONAL_SCOPES } from '@/lib/domain/permissions'
import { ALL_CHANGES, type ChangesView } from '@/lib/domain/views'
import { requestSync } from '@/lib/sync/request-sync'
import { applyChange, type Change } from '@/sandbox/world/changes'
import { carryRun, connect, type Rolecall, startRolecall } from '@/testing/rolecall'

let rolecall: Rolecall
beforeAll(async () => {
  rolecall = await startRolecall()
})
afterAll(() => rolecall.close())

const OPTIONAL = [...OPTIONAL_SCOPES]
const headers = { 'retry-after': '0' } // Microsoft asks for no wait, so that the repeats of a 500 take no time

type Asked = { subscriptions?: number; eligibility?: number; faults?: { path: string }[] }

/** A tenant with a person, and with a group that lies in another one, which holds Owner of each subscription. */
async function connected({ subscriptions = 1, eligibility = 0, faults = [] }: Asked = {}) {
  const spec = { consented: OPTIONAL, subscriptions, eligibility, managementGroupDepth: 1 }
  const tenant = await rolecall.tenant(spec)
  const { world, tenantId } = tenant
  const change = (one: Change) => applyChange(world, one) as { id: string }
  const group = (displayName: string) => change({ type: 'add_group', tenantId, displayName }).id
  const ada = change({ type: 'add_person', tenantId, displayName: 'Ada Novak' }).id
  const [platform, operators] = [group('Platform'), group('Operators')]
  change({ type: 'add_member', tenantId, group: platform, principalId: operators })
  const scope = subscriptions > 1 ? '/' : `/subscriptions/${tenant.subscription.id}`
  change({ type: 'assign', tenantId, role: 'Owner', scope, principalId: platform })

  const rules = faults.map(({ path }) => ({
    match: { path, tenantId },
    ...{ status: 500, headers, body: { error: { code: 'UnknownError', message: 'refused' } } },
  }))
  const ids: string[] = []
  for (const { id: subscriptionId } of tenant.subscriptions) {
    const id = await connect(tenant, subscriptionId, { optional: OPTIONAL })
    await tenant.during(rules, () => carryRun(rolecall, tenant.owner, id))
    ids.push(id)
  }
  const sync = async () => {
    for (const id of ids) {
      await requestSync(tenant.owner, id)
      expect(await carryRun(rolecall, tenant.owner, id)).toMatchObject({ state: 'succeeded' })
    }
  }
  const told = async (view: Partial<ChangesView> = {}) =>
    (await listChanges(tenant.owner, { ...ALL_CHANGES, ...view })).rows.flatMap((one) =>
      one.effects.map((effect) => `${effectWords(one, effect)}. ${causeWords(one)}`),
    )
  return { tenant, ids, ada, operators, change, sync, told }
}

test('what the first sync finds was there before, and an unchanged one tells nothing', async () => {
  const { sync, told } = await connected()
  await sync()
  expect(await told()).toEqual([])
})

test('whoever joins a group gains what a group around it holds, and who was added to which group is told by name', async () => {
  const { tenant, ids, ada, operators, change, sync, told } = await connected()
  const { tenantId, subscription } = tenant
  const by = tenant.account('owner').username
  change({ type: 'add_member', tenantId, group: operators, principalId: ada, by })
  await sync()
  const gained = `Ada Novak gained Owner of ${subscription.name}. ${by} added Ada Novak to Operators, which lies in Platform.`
  expect(await told()).toEqual([gained])

  change({ type: 'remove_member', tenantId, group: operators, principalId: ada, by })
  await sync()
  const lost = `Ada Novak lost Owner of ${subscription.name}. ${by} removed Ada Novak from Operators, which lies in Platform.`
  expect(await told()).toEqual([lost, gained])
  expect(await told({ effect: 'lost' })).toEqual([lost])
  expect(await told({ cause: 'membership', privileged: true, personId: ada, connectionId: ids[0] })).toEqual([
    lost,
    gained,
  ])
  expect(await told({ cause: 'assignment' })).toEqual([])
})

test('whoever holds the same in another way gains nothing by a group', async () => {
  const { tenant, ada, operators, change, sync, told } = await connected()
  const scope = `/subscriptions/${tenant.subscription.id}`
  change({ type: 'assign', tenantId: tenant.tenantId, role: 'Owner', scope, principalId: ada })
  await sync()
  expect(await told()).toHaveLength(1)
  change({ type: 'add_member', tenantId: tenant.tenantId, group: operators, principalId: ada })
  await sync()
  expect(await told()).toHaveLength(1)
})

test('an assignment that gives somebody what a group gives them already is no gain', async () => {
  const { tenant, ada, operators, change, sync, told } = await connected()
  const { tenantId, subscription } = tenant
  change({ type: 'add_member', tenantId, group: operators, principalId: ada })
  await sync()
  const before = await told()
  const scope = `/subscriptions/${subscription.id}`
  change({ type: 'assign', tenantId, role: 'Owner', scope, principalId: ada })
  await sync()
  change({ type: 'unassign', tenantId, role: 'Owner', scope, principalId: ada })
  await sync()
  expect(await told()).toEqual(before)
})

test('an assignment to an empty group is told of the group, which reaches nobody', async () => {
  const { tenant, change, sync, told } = await connected()
  const { tenantId, subscription } = tenant
  const { id } = change({ type: 'add_group', tenantId, displayName: 'Empty' })
  change({ type: 'assign', tenantId, role: 'Reader', scope: `/subscriptions/${subscription.id}`, principalId: id })
  await sync()
  const [latest] = await told()
  expect(latest).toMatch(`Empty gained Reader of ${subscription.name}. `)
})

test('an assignment to a group tells how many it reaches', async () => {
  const { tenant, ada, operators, change, sync, told } = await connected()
  const { tenantId, subscription } = tenant
  change({ type: 'add_member', tenantId, group: operators, principalId: ada })
  change({
    type: 'add_member',
    tenantId,
    group: operators,
    principalId: change({ type: 'add_person', tenantId, displayName: 'Grace Horvat' }).id,
  })
  await sync()
  change({
    type: 'assign',
    tenantId,
    role: 'Reader',
    scope: `/subscriptions/${subscription.id}`,
    principalId: operators,
  })
  await sync()
  const [latest] = await told()
  expect(latest).toMatch(`2 people gained Reader of ${subscription.name}. `)
  expect(latest).toMatch(/assigned( it)? to Operators\.$/)
})

test('of a group that reaches a single person that person is told of, whatever happens to the group', async () => {
  const { tenant, ada, operators, change, sync, told } = await connected()
  const { tenantId, subscription } = tenant
  change({ type: 'add_member', tenantId, group: operators, principalId: ada })
  await sync()
  const scope = `/subscriptions/${subscription.id}`
  change({ type: 'assign', tenantId, role: 'Reader', scope, principalId: operators })
  await sync()
  const [gained] = await told()
  expect(gained).toMatch(`Ada Novak gained Reader of ${subscription.name}. `)
  expect(gained).toMatch(/assigned( it)? to Operators\.$/)
  change({ type: 'delete_group', tenantId, group: operators })
  await sync()
  expect((await told()).slice(0, -2).sort()).toEqual([
    `Ada Novak lost Owner and 1 more grant of ${subscription.name}. Ada Novak was removed from Operators, which lies in Platform.`,
    `Ada Novak lost Owner of ${subscription.name}. Operators was removed from Platform.`,
  ])
})

test('a subscription that comes under a management group, or leaves it, tells of the one who holds a role there', async () => {
  const { tenant, ada, change, sync, told } = await connected()
  const { tenantId, subscription } = tenant
  const group = tenant.managementGroups.find(({ id }) => id !== tenantId)?.id
  const scope = `/providers/Microsoft.Management/managementGroups/${group}`
  change({ type: 'move_subscription', subscriptionId: subscription.id, managementGroupId: tenantId })
  await sync()
  change({ type: 'assign', tenantId, role: 'Owner', scope, principalId: ada })
  change({ type: 'move_subscription', subscriptionId: subscription.id, managementGroupId: group })
  await sync()
  const place = `of the management group ${group}, inherited by ${subscription.name}`
  expect((await told({ cause: 'move' }))[0]).toMatch(`Ada Novak gained Owner ${place}. `)
  change({ type: 'move_subscription', subscriptionId: subscription.id, managementGroupId: tenantId })
  await sync()
  expect((await told({ cause: 'move' }))[0]).toMatch(`Ada Novak lost Owner ${place}. `)
})

test('a change of a group that all subscriptions inherit is stored once and told for all of them', async () => {
  const { tenant, ids, ada, operators, change, sync } = await connected({ subscriptions: 3 })
  change({ type: 'add_member', tenantId: tenant.tenantId, group: operators, principalId: ada })
  await sync()
  const own = (await rolecall.db.select().from(changes)).filter(({ principalId }) => principalId === ada)
  expect(own).toHaveLength(1)
  const effects = await rolecall.db.select().from(changeEffects)
  expect(effects.filter(({ changeId }) => changeId === own[0]?.id)).toHaveLength(1)
  for (const connectionId of ids)
    expect((await listChanges(tenant.owner, { ...ALL_CHANGES, connectionId })).rows.map(({ id }) => id)).toEqual([
      own[0]?.id,
    ])
  const [shown] = (await listChanges(tenant.owner, ALL_CHANGES)).rows
  expect(shown?.effects[0]?.connections.count).toBe(3)
})

test.each([
  ['groups', '/members(\\?|$)'],
  ['eligible roles', 'roleEligibilityScheduleInstances'],
])('when %s can be read at last, nobody has gained anything by that', async (_, path) => {
  const { tenant, ada, operators, change, sync, told } = await connected({ faults: [{ path }], eligibility: 3 })
  change({ type: 'add_member', tenantId: tenant.tenantId, group: operators, principalId: ada })
  await sync()
  const all = await told()
  expect(all.length).toBeGreaterThan(0)
  const isFirstReading = all.filter((words) => words.includes('could be read for the first time'))
  expect(isFirstReading.length).toBeGreaterThan(0)
  // With groups that were readable all the time, Ada has really joined one.
  expect(all.filter((words) => words.includes('gained'))).toHaveLength(path.includes('members') ? 0 : 1)
})

test('a group, and a list, that is refused for a while takes nothing from anybody, and gives nothing back', async () => {
  const { tenant, ada, operators, change, sync, told } = await connected({ eligibility: 3 })
  const { tenantId } = tenant
  change({ type: 'add_member', tenantId, group: operators, principalId: ada })
  await sync()
  const before = await told()
  const refused = ['/members(\\?|$)', 'roleEligibilityScheduleInstances', 'denyAssignments'].map((path) => ({
    match: { path, tenantId },
    ...{ status: 403, body: { error: { code: 'Authorization_RequestDenied', message: 'refused' } } },
  }))
  await tenant.during(refused, sync)
  expect(await told()).toEqual(before)
  await sync()
  expect(await told()).toEqual(before)
})

test('an account that is disabled keeps its roles, and that is what is told', async () => {
  const { tenant, ada, operators, change, sync, told } = await connected()
  const { tenantId, subscription } = tenant
  change({ type: 'add_member', tenantId, group: operators, principalId: ada })
  await sync()
  change({ type: 'disable', tenantId, user: ada })
  await sync()
  const [latest] = await told()
  expect(latest).toBe(
    `Ada Novak still holds Owner of ${subscription.name}. The account of Ada Novak was disabled: it cannot sign in, and its roles stay.`,
  )
})

test('an event that the log has told of one change is not taken for a later one of which it does not tell yet', async () => {
  const { tenant, ada, operators, change, sync, told } = await connected()
  const { tenantId } = tenant
  const [earlier, later] = [tenant.account('reader').username, tenant.account('owner').username]
  const member = { tenantId, group: operators, principalId: ada }
  change({ type: 'add_member', ...member })
  await sync()
  change({ type: 'remove_member', ...member, by: earlier })
  await sync()
  expect((await told())[0]).toMatch(`${earlier} removed Ada Novak from Operators`)
  change({ type: 'add_member', ...member })
  await sync()
  change({ type: 'advance_clock', ms: 600_000 })
  change({ type: 'set_log_delays', tenantId, audits: 300_000 }) // the earlier event can be read, the later one cannot yet
  change({ type: 'remove_member', ...member, by: later })
  await sync()
  change({ type: 'advance_clock', ms: -600_000 }) // the other tests share the clock
  expect((await told())[0]).toMatch('Ada Novak was removed from Operators')
})

test('who did it is told as Microsoft’s logs have it, for an assignment that was removed and for a membership', async () => {
  const { tenant, ada, operators, change, sync, told } = await connected()
  const { tenantId, subscription } = tenant
  const scope = `/subscriptions/${subscription.id}`
  change({ type: 'set_log_delays', tenantId, activity: 0, audits: 0 })
  change({ type: 'assign', tenantId, role: 'Reader', scope, principalId: ada })
  await sync()
  const admin = tenant.account('owner')
  change({ type: 'unassign', tenantId, role: 'Reader', scope, principalId: ada, by: admin.username })
  change({ type: 'advance_clock', ms: 10_000 }) // the operation takes a moment
  await sync()
  expect((await told())[0]).toBe(
    `Ada Novak lost Reader of ${subscription.name}. ${admin.username} removed the assignment to Ada Novak.`,
  )
  change({ type: 'add_member', tenantId, group: operators, principalId: ada, by: admin.username })
  await sync()
  expect((await told())[0]).toBe(
    `Ada Novak gained Owner of ${subscription.name}. ${admin.username} added Ada Novak to Operators, which lies in Platform.`,
  )
})
