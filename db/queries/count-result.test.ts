import { afterAll, expect, test } from 'vitest'
import type { Published } from '@/db/queries/snapshot'
import { groupOwners } from '@/db/schema/directory'
import type { AssignmentKind, PrincipalKind, Signal } from '@/lib/domain/vocabulary'
import { type AccessWorld, createAccessWorld, PUBLISHED } from '@/testing/access-world'
import { createTestDatabase } from '@/testing/database'
import { countResult } from './count-result'

const database = await createTestDatabase()
afterAll(() => database.close())

const SEEN = new Date('2026-01-15T08:00:00.000Z')
const LATER = new Date(PUBLISHED.getTime() + 1)

/** A connection whose access is kept at its own node and at the root. */
async function startWorld() {
  const world = await createAccessWorld(database.db)
  const { connection: made, nodeId: root } = await world.nodeAbove(await world.connection())
  const connection: Published = { ...made, publishedAt: PUBLISHED }
  const count = (published: Published = connection, about?: number) => {
    const { actor, tenantId } = world
    return database.db.transaction((tx) =>
      countResult(tx, { organisationId: actor.organisationId, tenantId, published, ...(about && { about }) }),
    )
  }
  const beside = async (): Promise<Published> => ({
    ...(await world.connection({ beside: made })),
    publishedAt: PUBLISHED,
  })
  return { ...world, id: connection.id, connection, beside, root, count }
}

const person = (world: Pick<AccessWorld, 'principal'>, kind: PrincipalKind = 'user') => world.principal({ kind })

test('an empty result counts nobody', async () => {
  const { count } = await startWorld()
  expect(await count()).toEqual({
    ...{ people: 0, others: 0, unread: 0, privileged: 0, ownAssignments: 0 },
    ...{ signals: {}, roleCounts: {} },
  })
})

test('people and others are counted once each, whichever nodes reach them, and groups of the directory are not', async () => {
  const { id, root, count, ...world } = await startWorld()
  const reader = await world.role('Reader')
  const [ada, bo, app, device] = [
    await person(world),
    await person(world),
    await person(world, 'service_principal'),
    await person(world, 'device'),
  ]
  for (const holder of [ada, app, device]) await world.holder(id, holder, reader)
  for (const holder of [ada, bo, app]) await world.holder(id, holder, reader, { node: root })
  await world.holder(id, await world.group(id), reader)
  await world.holder(id, await person(world), reader, { until: PUBLISHED })
  await world.holder(id, await person(world), reader, { from: LATER })
  expect(await count()).toMatchObject({ people: 2, others: 2, unread: 0 })
})

test('people with a privileged role are counted once, those who could only activate it, or were not read now, not', async () => {
  const { id, root, count, ...world } = await startWorld()
  const [owner, reader] = [
    await world.role('Owner', 'grants_access', false, { privileged: true }),
    await world.role('Reader'),
  ]
  const holds = async (role: string, rest: Parameters<typeof world.holder>[3] = {}, kind: PrincipalKind = 'user') =>
    world.holder(id, await person(world, kind), role, rest)
  const ada = await person(world)
  await world.holder(id, ada, reader)
  await world.holder(id, ada, owner, { node: root })
  await holds(owner)
  await holds(reader)
  await holds(owner, { assignmentKind: 'eligible' })
  await holds(owner, { signals: ['not_read'] })
  await holds(owner, {}, 'service_principal')
  expect(await count()).toMatchObject({ people: 4, privileged: 2 })
})

test('roles are counted for people and for others, and separately for those who can only activate them', async () => {
  const { id, root, count, ...world } = await startWorld()
  const owner = await world.role('Owner', 'grants_access')
  const kinds: [PrincipalKind, AssignmentKind[]][] = [
    ['user', ['active', 'eligible']], // counted as holding it, not as able to activate it
    ['user', ['eligible']],
    ['user', ['eligible', 'eligible']],
    ['service_principal', ['active', 'active']],
    ['service_principal', ['eligible']],
  ]
  for (const [kind, held] of kinds) {
    const holder = await person(world, kind)
    for (const [index, assignmentKind] of held.entries())
      await world.holder(id, holder, owner, { assignmentKind, node: index === 0 ? undefined : root })
  }
  const { roleCounts } = await count()
  expect(roleCounts).toEqual({ [owner]: { people: 1, others: 1, eligible: 2, eligibleOthers: 1 } })
})

test('a role that only a group holds is listed, although nobody is counted for it', async () => {
  const { id, root, count, ...world } = await startWorld()
  const [reader, owner] = [await world.role('Reader'), await world.role('Owner', 'grants_access')]
  await world.holder(id, await world.group(id), reader)
  await world.holder(id, await world.group(id), owner, { node: root, assignmentKind: 'eligible' })
  const nobody = { people: 0, others: 0, eligible: 0, eligibleOthers: 0 }
  expect((await count()).roleCounts).toEqual({ [reader]: nobody, [owner]: nobody })
})

test('each signal is counted for people and for others, as it shows with what all nodes say', async () => {
  const { id, root, count, ...world } = await startWorld()
  const owner = await world.role('Owner', 'grants_access')
  const [ada, bo, app] = [await person(world), await person(world), await person(world, 'service_principal')]
  await world.holder(id, ada, owner, { signals: ['could_grant', 'guest_writes'] })
  await world.holder(id, ada, owner, { node: root, signals: ['can_grant', 'at_root'] })
  await world.holder(id, bo, owner, { signals: ['could_grant'] })
  await world.holder(id, app, owner, { node: root, signals: ['can_grant', 'at_root'] })
  expect((await count()).signals).toEqual({
    can_grant: { people: 1, others: 1 },
    could_grant: { people: 1, others: 0 },
    guest_writes: { people: 1, others: 0 },
    at_root: { people: 1, others: 1 },
  })
})

test('nobody is counted as having a permanent role where eligible roles could not be read', async () => {
  const { id, connection, count, ...world } = await startWorld()
  await world.holder(id, await person(world), await world.role('Owner'), { signals: ['standing_privileged'] })
  expect((await count()).signals).toEqual({ standing_privileged: { people: 1, others: 0 } })
  expect((await count({ ...connection, eligibleRead: false })).signals).toEqual({})
})

test('those of whom nothing could be read now are counted apart, and neither for their roles nor for what they could do', async () => {
  const { id, root, count, ...world } = await startWorld()
  const [owner, reader] = [await world.role('Owner', 'grants_access'), await world.role('Reader')]
  const [ada, bo, app] = [await person(world), await person(world), await person(world, 'service_principal')]
  await world.holder(id, ada, owner, { signals: ['can_grant', 'not_read'] })
  await world.holder(id, ada, reader, { node: root, signals: ['not_read'] })
  await world.holder(id, app, owner, { signals: ['can_grant', 'not_read'] })
  // Bo's role at the root was read now, so what is stored of him at the subscription counts as well.
  await world.holder(id, bo, owner, { signals: ['can_grant', 'not_read'] })
  await world.holder(id, bo, reader, { node: root })
  expect(await count()).toEqual({
    people: 1,
    others: 0,
    privileged: 0,
    ownAssignments: 0,
    unread: 2,
    signals: { can_grant: { people: 1, others: 0 }, not_read: { people: 1, others: 1 } },
    roleCounts: {
      [owner]: { people: 1, others: 0, eligible: 0, eligibleOthers: 0 },
      [reader]: { people: 1, others: 0, eligible: 0, eligibleOthers: 0 },
    },
  })
})

test('many are counted in parts, which add up to what is counted at once', async () => {
  const { id, root, connection, count, ...world } = await startWorld()
  const roles = [await world.role('Owner', 'grants_access', false, { privileged: true }), await world.role('Reader')]
  for (let one = 0; one < 40; one++) {
    const principal = await person(world, one % 3 === 0 ? 'service_principal' : 'user')
    for (const [place, role] of roles.entries()) {
      if (one % (place + 2) === 0) continue
      const signals: Signal[] = [one % 5 === 0 ? 'not_read' : 'can_grant']
      await world.holder(id, principal, role, { ...(place === 1 && { node: root }), signals })
    }
  }
  const counted = await count()
  expect(counted).toMatchObject({ people: 21, others: 6, unread: 6 })
  expect(await count(connection, 35_000)).toEqual(counted)
  expect(await count(connection, 10_000_000)).toEqual(counted)
})

test('for the limit of a subscription its own assignments count, those above it, eligible ones and delegated ones not', async () => {
  const { id, root, count, ...world } = await startWorld()
  const reader = await world.role('Reader')
  const to = await person(world)
  await world.assign(id, { to, role: reader })
  await world.assign(id, { to, role: reader, scope: '/subscriptions/s/resourceGroups/rg', level: 'resource_group' })
  await world.assign(id, {
    to,
    role: reader,
    held: 'activated',
    scope: '/subscriptions/s/resourceGroups/x',
    level: 'resource_group',
  })
  await world.assign(id, { to, role: reader, held: 'eligible' })
  await world.assign(id, { to, role: reader, kind: 'delegate' })
  await world.assign(id, { to, role: reader, scope: '/', level: 'root', node: root })
  await world.assign(id, { to, role: reader, until: PUBLISHED })
  expect(await count()).toMatchObject({ ownAssignments: 3 })
})

type Ownership = { until?: Date; kind?: PrincipalKind; ownership?: AssignmentKind }

/** A way to make somebody the owner of a group. */
const ownersOf =
  ({ actor, connection }: { actor: AccessWorld['actor']; connection: Published }) =>
  async (groupId: string, ownerId: string, { until, kind = 'user', ownership = 'active' }: Ownership = {}) => {
    const own = { organisationId: actor.organisationId, accountId: connection.accountId }
    await database.db
      .insert(groupOwners)
      .values({ ...own, groupId, ownerId, ownerKind: kind, ownership, validFrom: SEEN, validTo: until ?? null })
  }

test('owners of a group that grants access, and of groups inside it, are counted as able to add members', async () => {
  const world = await startWorld()
  const { id, root, count } = world
  const own = ownersOf(world)
  const [owner, reader] = [await world.role('Owner', 'grants_access'), await world.role('Reader')]
  const [team, inner, readers, eligible] = [
    await world.group(id),
    await world.group(id),
    await world.group(id),
    await world.group(id),
  ]
  await world.reach(id, team, [inner])
  for (const group of [readers, eligible]) await world.reach(id, group)
  await world.assign(id, { to: team, role: owner, kind: 'group', node: root, scope: '/', level: 'root' })
  await world.assign(id, { to: readers, role: reader, kind: 'group' })
  const [ada, bo, cy, di, app] = ['ada', 'bo', 'cy', 'di', 'app']
  await own(team, ada)
  await own(inner, ada)
  await own(inner, bo, { ownership: 'eligible' })
  await own(inner, app, { kind: 'service_principal' })
  await own(readers, cy)
  await own(eligible, di)
  await own(team, cy, { until: PUBLISHED })
  expect((await count()).signals).toEqual({ adds_members: { people: 2, others: 1 } })

  // A role that the group's members can activate is as good to whoever can become one.
  await world.assign(id, { to: eligible, role: owner, kind: 'group', held: 'eligible' })
  expect((await count()).signals).toEqual({ adds_members: { people: 3, others: 1 } })
})

test('owners of groups that grant access to another subscription of the same account are not counted', async () => {
  const world = await startWorld()
  const { id, count } = world
  const beside = await world.beside()
  const group = await world.group(id)
  await world.reach(id, group)
  await world.assign(beside.id, { to: group, role: await world.role('Owner', 'grants_access'), kind: 'group' })
  await ownersOf(world)(group, await person(world))
  expect((await count()).signals).toEqual({})
  expect((await count(beside)).signals).toEqual({ adds_members: { people: 1, others: 0 } })
})
