import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { applyChange } from '@/sandbox/world/changes'
import { azureAs } from '@/testing/azure-as'
import { fullWorld } from '@/testing/full-world'
import { type Rolecall, startRolecall, type TestTenant } from '@/testing/rolecall'
import { type DirectoryReading, type NamedPrincipal, readDirectory } from './read-directory'
import type { Remembered } from './remembered'
import { storedDirectoryOf } from './stored-directory'

/** More than a test run needs can be asked for: `RANDOM_WORLDS=100`. */
const WORLDS = Number(process.env.RANDOM_WORLDS ?? 6)
const GRANTED = ['GroupMember.Read.All', 'Application.Read.All', 'PrivilegedEligibilitySchedule.Read.AzureADGroup']

let rolecall: Rolecall
beforeAll(async () => {
  rolecall = await startRolecall()
})
afterAll(() => rolecall.close())

const GROUPS = { people: 30, groups: { count: 6, size: 5, depth: 2 }, consented: GRANTED }

/** A reader of all groups of a tenant, and of all its people as if assignments named them, at whatever time it is told. */
function readerOf(tenant: TestTenant) {
  const directory = tenant.world.findTenant(tenant.tenantId)
  if (!directory) throw new Error('The tenant is not there.')
  const { organisationId } = tenant.owner
  const owner = {
    organisationId,
    id: randomUUID(),
    tenantId: tenant.tenantId,
    publishedAt: null,
    signIns: 1,
    directoryEpoch: 0,
  }
  const named = { kind: 'user', agent: false, assignedOn: null, name: null } satisfies NamedPrincipal
  const first = directory.groups.list().map(({ id }) => id)
  const people = new Map(directory.users.list().map(({ id }) => [id, named]))
  let remembered: Remembered | null = null

  const read = async (minutes: number, before: Remembered | null, roots = first, listsAll = false) => {
    const now = async () => new Date(Date.UTC(2026, 0, 1, 0, minutes))
    const { azure } = azureAs(tenant.world, tenant.tenantId, tenant.account('owner').objectId)
    const from = tenant.world.log.length
    const made = await readDirectory(
      azure,
      { roots, principals: people },
      {
        directory: { ...storedDirectoryOf(owner), now },
        remembered: before,
        listsAll,
        granted: GRANTED,
        report: () => undefined,
      },
    )
    const calls = tenant.world.log.slice(from)
    const items = calls.flatMap((call) => call.batch ?? []).map(({ path }) => path)
    const lists = items.filter((path) => /^\/v1.0\/groups\/[^/]+\/members$/.test(path)).length
    const { plan } = made.reading.opened
    expect(plan.made, 'calls as they were predicted').toBe(plan.predicted)
    return { ...made, calls: calls.length, lists }
  }
  return {
    directory,
    groups: first,
    /** Reads with what the readings before have left. */
    async again(minutes: number, roots?: string[], listsAll = false) {
      const made = await read(minutes, remembered, roots, listsAll)
      remembered = made.remembered
      return made
    },
    /** Reads everything, whatever was read before. */
    anew: (minutes: number) => read(minutes, null),
  }
}

/** What a reading says, in an order of its own. */
const said = ({ opened, principals, sizes, agents }: DirectoryReading) => ({
  groups: [...opened.groups.values()]
    .map(({ members, owners, ...group }) => ({
      ...group,
      members: members.map((one) => JSON.stringify(one)).sort(),
      owners: owners.map((one) => JSON.stringify(one)).sort(),
    }))
    .sort((one, other) => one.id.localeCompare(other.id)),
  principals: [...principals.values()].map((one) => JSON.stringify(one)).sort(),
  sizes: [...sizes].sort(),
  agents: [...agents].sort(),
})

test('from the third reading on only groups and people are read that have changed, and the same is known', async () => {
  const tenant = await rolecall.tenant(GROUPS)
  const { again, anew, groups } = readerOf(tenant)
  const [first, second] = [await again(0), await again(60)]
  expect([first.lists, second.lists], 'no link is old enough yet').toEqual([groups.length, groups.length])
  const third = await again(120)
  expect(third.lists).toBe(0)
  expect(third.calls).toBeLessThan(second.calls)
  expect(said(third.reading)).toEqual(said((await anew(120)).reading))

  const [groupId = ''] = groups
  const tenantId = tenant.tenantId
  const { id: user = '' } = tenant.world.findTenant(tenantId)?.users.list().at(-1) ?? {}
  applyChange(tenant.world, { type: 'add_member', tenantId, groupId, principalId: user })
  applyChange(tenant.world, { type: 'rename', tenantId, user, displayName: 'Changed Meanwhile' })
  const fourth = await again(180)
  expect(fourth.lists).toBe(1)
  expect(fourth.reading.opened.groups.get(groupId)?.members.map(({ id }) => id)).toContain(user)
  expect(fourth.reading.principals.get(user)?.name).toBe('Changed Meanwhile')
})

test('whatever changes, a reading by changes says what a reading of everything says', async () => {
  for (let world = 0; world < WORLDS; world++) {
    const seed = `remembered ${world} ${randomUUID()}`
    const tenant = await rolecall.tenant({ ...fullWorld(seed), consented: GRANTED })
    const { again, anew } = readerOf(tenant)
    for (const [step, minutes] of [0, 3, 60, 120, 121, 180, 240, 300, 900, 960, 1020].entries()) {
      const made = await again(minutes)
      expect(said(made.reading), `${seed}, step ${step}`).toEqual(said((await anew(minutes)).reading))
      applyChange(tenant.world, { random: 1 + (step % 4), seed: `${seed} ${step}`, tenantId: tenant.tenantId })
    }
  }
})

test('a change that a list lagged behind is found by the next reading', async () => {
  const tenant = await rolecall.tenant(GROUPS)
  const { again, groups, directory } = readerOf(tenant)
  const [groupId = ''] = groups
  const stale = directory.memberships.memberList(groupId).map((id) => ({ '@odata.type': '#microsoft.graph.user', id }))
  await again(0)
  const { id: added } = directory.users.list().find(({ id }) => !directory.memberships.membersOf(groupId).has(id)) ?? {
    id: '',
  }
  applyChange(tenant.world, { type: 'add_member', tenantId: tenant.tenantId, groupId, principalId: added })
  const lagging = { match: { path: `/groups/${groupId}/members$` }, status: 200, body: { value: stale } }
  const isIn = ({ reading }: Awaited<ReturnType<typeof again>>) =>
    reading.opened.groups.get(groupId)?.members.some(({ id }) => id === added)
  expect(isIn(await tenant.during([lagging], () => again(60)))).toBe(false)
  expect(isIn(await again(120))).toBe(true)
})

test('who is deleted and restored leaves and is back in the groups, although Microsoft tells no change of these', async () => {
  const tenant = await rolecall.tenant(GROUPS)
  const { again, anew, groups, directory } = readerOf(tenant)
  const { world, tenantId } = tenant
  const groupId = groups.find((id) => directory.memberships.membersOf(id).size > 0) ?? ''
  const user = directory.memberships.memberList(groupId).find((id) => directory.users.has(id)) ?? ''
  const isIn = ({ reading }: Awaited<ReturnType<typeof again>>) =>
    reading.opened.groups.get(groupId)?.members.some(({ id }) => id === user)
  for (const minutes of [0, 60]) await again(minutes)
  applyChange(world, { type: 'delete', tenantId, user })
  const deleted = await again(120)
  expect(isIn(deleted)).toBe(false)
  for (const minutes of [180, 240]) expect((await again(minutes)).lists).toBeLessThan(groups.length)
  applyChange(world, { type: 'restore', tenantId, user })
  const restored = await again(300)
  expect(isIn(restored)).toBe(true)
  expect(said(restored.reading)).toEqual(said((await anew(300)).reading))
})

test('links that have expired begin again, and everything is listed meanwhile', async () => {
  const tenant = await rolecall.tenant(GROUPS)
  const { again, anew, groups } = readerOf(tenant)
  for (const minutes of [0, 60, 120]) await again(minutes)
  const gone = { status: 410, body: { error: { code: 'syncStateNotFound', message: 'Start again.' } } }
  const expired = (set: string) => ({ match: { path: `/${set}/delta$`, query: 'deltatoken=(?!latest)' }, ...gone })
  const ofGroups = await tenant.during([expired('groups')], () => again(180))
  expect(ofGroups.lists, 'the groups of which nothing was told').toBe(groups.length)
  expect(said(ofGroups.reading)).toEqual(said((await anew(180)).reading))
  const ofPeople = await tenant.during([expired('users')], () => again(240))
  expect(ofPeople.lists).toBe(groups.length)
  expect(said(ofPeople.reading)).toEqual(said((await anew(240)).reading))
  await again(300)
  expect((await again(360)).lists, 'with links that were begun again').toBe(0)
})

test('a link that leads elsewhere is never followed, and everything is listed', async () => {
  const tenant = await rolecall.tenant(GROUPS)
  const { again, anew, groups } = readerOf(tenant)
  const away = { value: [], '@odata.deltaLink': 'https://evil.example/v1.0/users/delta?$deltatoken=x' }
  const hostile = { match: { path: '/(users|groups)/delta$' }, status: 200, body: away }
  for (const minutes of [0, 60, 120]) {
    const made = await tenant.during([hostile], () => again(minutes))
    expect(made.lists).toBe(groups.length)
    expect(said(made.reading)).toEqual(said((await anew(minutes)).reading))
  }
  expect(tenant.world.log.some(({ host }) => host === 'evil.example')).toBe(false)
})

test('where Microsoft tells no changes, everything is listed each time', async () => {
  const tenant = await rolecall.tenant(GROUPS)
  const { again, groups } = readerOf(tenant)
  const refused = { status: 403, body: { error: { code: 'Authorization_RequestDenied', message: 'No.' } } }
  for (const minutes of [0, 60, 120]) {
    const made = await tenant.during([{ match: { path: '/(users|groups)/delta$' }, ...refused }], () => again(minutes))
    expect(made.lists).toBe(groups.length)
    expect(made.reading.opened.groups.values().every(({ state }) => state === 'whole')).toBe(true)
  }
})

test('everything is listed every six hours, whatever the links say', async () => {
  const { again, groups } = readerOf(await rolecall.tenant(GROUPS))
  for (const minutes of [0, 60]) await again(minutes)
  expect((await again(5 * 60)).lists).toBe(0)
  expect((await again(7 * 60 + 1)).lists, 'six hours after the second reading').toBe(groups.length)
  expect((await again(8 * 60)).lists).toBe(0)
})

test('somebody who wants what is there now is given it, also where Microsoft has not told the change yet', async () => {
  const tenant = await rolecall.tenant(GROUPS)
  const { again, groups, directory } = readerOf(tenant)
  const [groupId = ''] = groups
  for (const minutes of [0, 60, 120]) await again(minutes)
  const { id: added = '' } =
    directory.users.list().find(({ id }) => !directory.memberships.membersOf(groupId).has(id)) ?? {}
  applyChange(tenant.world, { type: 'add_member', tenantId: tenant.tenantId, groupId, principalId: added })
  const nothing = { value: [], '@odata.deltaLink': 'https://graph.microsoft.com/v1.0/groups/delta?$deltatoken=late' }
  const late = { match: { path: '/groups/delta$' }, status: 200, body: nothing }
  const isIn = ({ reading }: Awaited<ReturnType<typeof again>>) =>
    reading.opened.groups.get(groupId)?.members.some(({ id }) => id === added)
  expect(isIn(await again(121, groups, true))).toBe(true)
  expect(isIn(await tenant.during([late], () => again(180)))).toBe(true)
})

test('a reading of some groups leaves what is known of the others', async () => {
  const { again, groups } = readerOf(await rolecall.tenant(GROUPS))
  for (const minutes of [0, 60]) await again(minutes)
  await again(61, groups.slice(0, 1))
  await again(120, groups.slice(0, 1))
  expect((await again(180)).lists).toBe(0)
})
