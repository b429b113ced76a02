import { randomUUID } from 'node:crypto'
import { eq } from 'drizzle-orm'
import fc from 'fast-check'
import { afterAll, describe, expect, test } from 'vitest'
import { connections } from '@/db/schema/connections'
import { createAccessWorld, PUBLISHED } from '@/testing/access-world'
import { createTestDatabase } from '@/testing/database'
import { getConnection } from './connections'
import { getPersonAccess } from './person-access'

const database = await createTestDatabase()
afterAll(() => database.close())

const LATER = new Date(PUBLISHED.getTime() + 1)

async function startWorld() {
  const { connection: connect, ...world } = await createAccessWorld(database.db)
  const connection = await connect()
  const ada = await world.principal({ name: 'Ada', email: 'ada@contoso.example', guest: true })
  const of = async (id: string = ada) => {
    const access = await getPersonAccess(world.actor, connection, id)
    if (!access) throw new Error('Nobody knows them.')
    return access
  }
  /** Lets a group, with these groups inside it, hold something here: else a connection knows nothing of it. */
  const use = async (group: string, inner: string[] = [], times: Parameters<typeof world.reach>[3] = {}) => {
    await world.reach(connection.id, group, inner, times)
    return world.assign(connection.id, { to: group, role: await world.role('Reader'), kind: 'group', ...times })
  }
  return { ...world, connect, connection, ada, of, use }
}

const pairs = (edges: { memberId: string; groupId: string }[]) =>
  edges.map(({ memberId, groupId }) => `${memberId} in ${groupId}`).sort()

describe('the groups above a person', () => {
  test('are found at any depth, with what they hold', async () => {
    const { ada, connection, of, ...world } = await startWorld()
    const [inner, outer, aside] = [
      await world.group(connection.id, { name: 'Inner', directMembers: 1, members: 1 }),
      await world.group(connection.id, { name: 'Outer', directMembers: 1, members: 1 }),
      await world.group(connection.id, { name: 'Aside' }),
    ]
    await world.member(connection.id, inner, ada)
    await world.member(connection.id, outer, inner, { kind: 'group' })
    await world.member(connection.id, aside, await world.principal({ name: 'Bo' }))
    const reader = await world.role('Reader')
    const own = await world.assign(connection.id, { to: ada, role: reader })
    const through = await world.assign(connection.id, { to: outer, role: reader, kind: 'group', held: 'eligible' })
    await world.assign(connection.id, { to: aside, role: reader, kind: 'group' })
    await world.reach(connection.id, outer, [inner])
    await world.reach(connection.id, aside)

    const access = await of()
    expect(access.person).toMatchObject({ id: ada, kind: 'user', name: 'Ada', guest: true, status: 'active' })
    expect(pairs(access.edges)).toEqual([`${ada} in ${inner}`, `${inner} in ${outer}`].sort())
    expect(access.groups.map(({ name }) => name).sort()).toEqual(['Inner', 'Outer'])
    expect(access.grants.map(({ key }) => key).sort()).toEqual([own, through].sort())
    expect(access.grants.find(({ key }) => key === through)).toMatchObject({
      principalId: outer,
      principalKind: 'group',
      roleName: 'Reader',
      kind: 'eligible',
      permissions: [],
    })
    expect(access.flat).toEqual([])
    expect(access.edges.every(({ since }) => since instanceof Date && since < PUBLISHED)).toBe(true)
  })

  test('are exactly those that can be reached, also when groups are in each other', async () => {
    const { connection, of, use, ...world } = await startWorld()
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(fc.nat({ max: 5 }), fc.nat({ max: 5 })), { maxLength: 14 }), async (links) => {
        const person = await world.principal()
        const groups: string[] = []
        for (let index = 0; index < 6; index++) groups.push(await world.group(connection.id))
        for (const group of groups) await use(group)
        const edges = new Map<string, readonly [string, string]>([
          [`${person} ${groups[0]}`, [person, groups[0] ?? '']],
        ])
        for (const [inner, outer] of links) {
          const [memberId, groupId] = [groups[inner] ?? '', groups[outer] ?? '']
          edges.set(`${memberId} ${groupId}`, [memberId, groupId])
        }
        for (const [memberId, groupId] of edges.values())
          await world.member(connection.id, groupId, memberId, { kind: memberId === person ? 'user' : 'group' })

        const reachable = new Set<string>([person])
        for (let size = 0; size < reachable.size; ) {
          size = reachable.size
          for (const [memberId, groupId] of edges.values()) if (reachable.has(memberId)) reachable.add(groupId)
        }
        const wanted = [...edges.values()].filter(([memberId]) => reachable.has(memberId))
        const access = await of(person)
        expect(pairs(access.edges)).toEqual(wanted.map(([memberId, groupId]) => `${memberId} in ${groupId}`).sort())
        expect(access.groups.map(({ id }) => id).sort()).toEqual([...reachable].filter((id) => id !== person).sort())
      }),
      { numRuns: 15 },
    )
  })

  test('can be flat, which has the person as a member without a way, and can be in other groups themselves', async () => {
    const { ada, connection, of, use, ...world } = await startWorld()
    const [flat, outer] = [await world.group(connection.id, { state: 'flat' }), await world.group(connection.id)]
    await world.member(connection.id, flat, ada)
    await world.member(connection.id, outer, flat, { kind: 'group' })
    const keys = [await use(flat), await use(outer, [flat])]

    const access = await of()
    expect(access.flat).toEqual([flat])
    expect(pairs(access.edges)).toEqual([`${flat} in ${outer}`])
    expect(access.grants.map((grant) => grant.key).sort()).toEqual(keys.sort())
  })

  test('are not those through which only another subscription of the same account is accessed', async () => {
    const { ada, connect, connection, of, use, ...world } = await startWorld()
    const beside = await connect({ beside: connection })
    const [here, there] = [await world.group(connection.id), await world.group(connection.id)]
    await use(here)
    await world.reach(connection.id, there, [here])
    await world.assign(beside.id, { to: there, role: await world.role('Owner'), kind: 'group' })
    await world.member(connection.id, here, ada)
    await world.member(connection.id, there, here, { kind: 'group' })

    expect(pairs((await of()).edges)).toEqual([`${ada} in ${here}`])
    const theirs = await getPersonAccess(world.actor, beside, ada)
    expect(pairs(theirs?.edges ?? [])).toEqual([`${ada} in ${here}`, `${here} in ${there}`].sort())
    expect(theirs?.grants).toHaveLength(1)
  })
})

test('access is what is held at all nodes above a subscription, and at its own', async () => {
  const { ada, connection, ...world } = await startWorld()
  const above = await world.nodeAbove(connection)
  const left = await world.nodeAbove(above.connection, '/providers/microsoft.management/managementgroups/corp', {
    until: PUBLISHED,
  })
  const role = await world.role('Reader')
  await world.assign(connection.id, { to: ada, role })
  await world.assign(connection.id, { to: ada, role, scope: '/', level: 'root', node: above.nodeId })
  await world.assign(connection.id, { to: ada, role, scope: 'corp', level: 'management_group', node: left.nodeId })

  const snapshot = await getConnection(world.actor, connection.id)
  expect(snapshot?.nodeIds).toEqual([above.nodeId, ...connection.nodeIds])
  const access = snapshot && (await getPersonAccess(world.actor, snapshot, ada))
  expect(access?.grants.map(({ scope }) => scope).sort()).toEqual(['/', '/subscriptions/s'])
})

test('everything is read as of the published moment, whatever was published meanwhile', async () => {
  const { ada, connection, of, ...world } = await startWorld()
  const reader = await world.role('Reader')
  for (const times of [{ from: LATER }, { until: PUBLISHED }]) {
    const group = await world.group(connection.id)
    await world.reach(connection.id, group)
    await world.member(connection.id, group, ada, times)
    await world.assign(connection.id, { to: ada, role: reader, ...times })
    await world.assign(connection.id, { to: group, role: reader, kind: 'group' })
    await world.deny(connection.id, { principals: [{ id: ada, kind: 'user' }], ...times })
  }
  expect(await of()).toMatchObject({ grants: [], groups: [], edges: [], flat: [], denies: [] })
  const later = await getPersonAccess(world.actor, { ...connection, publishedAt: LATER }, ada)
  expect(later).toMatchObject({ edges: [{ memberId: ada, since: LATER }], denies: [{ everyone: false }] })
  expect(later?.grants).toHaveLength(2)
})

test('a denial names the person, a group of theirs or everyone, and spares whom it excludes in any of these ways', async () => {
  const { ada, connection, of, ...world } = await startWorld()
  const [mine, other] = [await world.group(connection.id), await world.group(connection.id)]
  for (const group of [mine, other]) await world.reach(connection.id, group)
  await world.member(connection.id, mine, ada)
  const [me, us, them] = [
    { id: ada, kind: 'user' },
    { id: mine, kind: 'group' },
    { id: other, kind: 'group' },
  ] as const
  const everyone = { id: '00000000-0000-0000-0000-000000000000', kind: 'everyone' } as const
  await world.deny(connection.id, { name: 'me', principals: [me] })
  await world.deny(connection.id, { name: 'us', principals: [them, us] })
  await world.deny(connection.id, { name: 'all', principals: [everyone], excluded: [them] })
  await world.deny(connection.id, { name: 'them', principals: [them] })
  await world.deny(connection.id, { name: 'all but me', principals: [everyone], excluded: [me] })
  await world.deny(connection.id, { name: 'all but us', principals: [everyone], excluded: [us] })

  const named = (await of()).denies.map(({ name, everyone: all }) => `${name} ${all}`).sort()
  expect(named).toEqual(['all true', 'me false', 'us false'])
})

test('the subscription comes with its names and the management groups above it', async () => {
  const { ada, connect, connection, of, actor } = await startWorld()
  const [row] = await database.db.select().from(connections).where(eq(connections.id, connection.id))
  expect(await of()).toMatchObject({
    managementGroups: null,
    subscription: { id: row?.subscriptionId, label: 'Production', name: 'Production subscription' },
  })
  const chain = [{ id: 'root', name: 'Tenant root' }]
  const below = await connect({ label: 'Below', managementGroups: chain })
  expect(await getPersonAccess(actor, below, ada)).toMatchObject({ managementGroups: chain, grants: [] })
})

test('a principal of any kind has access to explain, also one that could never be read', async () => {
  const { connection, of, ...world } = await startWorld()
  const [group, app, member] = [await world.group(connection.id), randomUUID(), randomUUID()]
  const role = randomUUID()
  await world.assign(connection.id, { to: app, role, kind: 'service_principal' })
  await world.assign(connection.id, { to: group, role, kind: 'group' })
  await world.member(connection.id, group, member, { kind: 'device' })
  await world.reach(connection.id, group)

  expect(await of(app)).toMatchObject({
    person: { id: app, kind: 'service_principal', name: null, status: 'not_readable' },
    grants: [{ roleId: role, roleName: null, privilege: null, custom: false, privileged: false, permissions: [] }],
  })
  expect(await of(member.toUpperCase())).toMatchObject({
    person: { id: member, kind: 'device' },
    grants: [{ principalId: group }],
  })
  expect(await of(group)).toMatchObject({ person: { kind: 'group' }, groups: [], grants: [{ principalId: group }] })
})

test('nothing is known of an id that names nobody, nor of anybody before a first result', async () => {
  const { ada, connection, actor } = await startWorld()
  for (const id of [randomUUID(), '', '\0', "' or 1=1 --"])
    expect(await getPersonAccess(actor, connection, id)).toBeNull()
  expect(await getPersonAccess(actor, { ...connection, publishedAt: null }, ada)).toBeNull()
  expect(await getPersonAccess(actor, { ...connection, id: randomUUID(), publishedAt: PUBLISHED }, ada)).toBeNull()
})
