import { randomUUID } from 'node:crypto'
import { sql } from 'drizzle-orm'
import fc from 'fast-check'
import { afterAll, expect, test } from 'vitest'
import { holders } from '@/db/schema/access'
import type { Grant } from '@/lib/domain/access'
import { combineSignals } from '@/lib/domain/combined-holders'
import { rankOfGrant } from '@/lib/domain/holders'
import { ASSIGNMENT_KINDS, SCOPE_LEVELS, type ScopeLevel, SIGNALS } from '@/lib/domain/vocabulary'
import { type AccessWorld, createAccessWorld, PUBLISHED } from '@/testing/access-world'
import { createTestDatabase } from '@/testing/database'
import type { Published } from './snapshot'
import { subscriptionHolders } from './subscription-holders'

const database = await createTestDatabase()
afterAll(() => database.close())

const SEEN = new Date('2026-01-15T08:00:00.000Z')
const LATER = new Date(PUBLISHED.getTime() + 1)
const CORP = '/providers/microsoft.management/managementgroups/corp'

/** What a snapshot shows of somebody. */
const COLUMNS = {
  principalId: holders.principalId,
  kind: holders.kind,
  status: holders.status,
  guest: holders.guest,
  sortName: holders.sortName,
  strongest: holders.strongest,
  roleId: holders.roleId,
  scope: holders.scope,
  scopeLevel: holders.scopeLevel,
  assignmentKind: holders.assignmentKind,
  groupId: holders.groupId,
  unreadSince: holders.unreadSince,
  eligibleRoleId: holders.eligibleRoleId,
  eligibleStrongest: holders.eligibleStrongest,
  grants: holders.grants,
  direct: holders.direct,
  eligible: holders.eligible,
  signals: holders.signals,
}

const readCombined = (actor: AccessWorld['actor'], published: Published) =>
  database.db.select(COLUMNS).from(subscriptionHolders(actor, published)).orderBy(holders.principalId)

type Row = typeof holders.$inferInsert

/** A connection with a node of its own, one of a management group above it, and the root. */
async function createChain() {
  const world = await createAccessWorld(database.db)
  const own = await world.connection()
  const corp = await world.nodeAbove(own, CORP)
  const root = await world.nodeAbove(corp.connection)
  const connection = { ...root.connection, publishedAt: PUBLISHED }
  return { world, connection, nodes: { own: own.nodeIds[0] ?? '', corp: corp.nodeId, root: root.nodeId } }
}

/** At which node the rows of each level of scope are kept. */
const LEVELS: Record<'root' | 'corp' | 'own', { scope: string; levels: ScopeLevel[] }> = {
  root: { scope: '/', levels: ['root'] },
  corp: { scope: '/providers/Microsoft.Management/managementGroups/Corp', levels: ['management_group'] },
  own: {
    scope: '/subscriptions/s',
    levels: SCOPE_LEVELS.filter((level) => !['root', 'management_group'].includes(level)),
  },
}
type NodeName = keyof typeof LEVELS

const role = fc.constantFrom('role-a', 'role-b', 'role-c')
const strength = fc.integer({ min: 1, max: 6 })
const age = fc.constantFrom(null, new Date('2025-12-01T00:00:00.000Z'), new Date('2025-12-02T00:00:00.000Z'))

/** What is stored of one person at a node, as a publish may have summed it up. */
const rowAt = (name: NodeName) =>
  fc
    .record({
      strongest: strength,
      roleId: role,
      scopeLevel: fc.constantFrom(...LEVELS[name].levels),
      assignmentKind: fc.constantFrom(...ASSIGNMENT_KINDS),
      groupId: fc.constantFrom(null, 'group-a', 'group-b'),
      unreadSince: age,
      eligibleRole: fc.option(fc.record({ id: role, strongest: strength })),
      grants: fc.nat({ max: 9 }),
      direct: fc.nat({ max: 9 }),
      eligible: fc.nat({ max: 9 }),
      signals: fc.nat({ max: 2 ** SIGNALS.length - 1 }),
    })
    .map(({ eligibleRole, ...row }) => {
      const { scope } = LEVELS[name]
      const eligible = row.assignmentKind === 'eligible' ? { id: row.roleId, strongest: row.strongest } : eligibleRole
      const grant = {
        strength: row.strongest,
        kind: row.assignmentKind,
        level: row.scopeLevel,
        readAt: row.unreadSince,
      }
      return {
        ...row,
        scope,
        eligibleRoleId: eligible?.id ?? null,
        eligibleStrongest: eligible?.strongest ?? null,
        rank: rankOfGrant(grant as Grant, row.groupId),
      }
    })

type RowOfNode = ReturnType<typeof rowAt> extends fc.Arbitrary<infer Value> ? Value : never

/** Of a few people, what is stored at each node that reaches them. */
const anyRows = fc.array(
  fc.record({ root: fc.option(rowAt('root')), corp: fc.option(rowAt('corp')), own: fc.option(rowAt('own')) }),
  { minLength: 1, maxLength: 4 },
)

/** The rows of one person combined by the rules of the domain: see `combined-holders.ts`. */
function combine(rows: RowOfNode[], eligibleRead: boolean) {
  const order = (row: RowOfNode) => [
    String(row.rank).padStart(6, '0'),
    row.roleId,
    row.scope.toLowerCase(),
    row.groupId ?? '~',
  ]
  const [shown] = rows.toSorted((one, other) => (order(one).join(' ') < order(other).join(' ') ? -1 : 1))
  if (!shown) throw new Error('There is no row.')
  const sum = (of: (row: RowOfNode) => number) => rows.reduce((total, row) => total + of(row), 0)
  const [best] = rows
    .flatMap(({ eligibleStrongest, eligibleRoleId }) =>
      eligibleStrongest && eligibleRoleId ? [{ strongest: eligibleStrongest, roleId: eligibleRoleId }] : [],
    )
    .toSorted((one, other) => one.strongest - other.strongest || (one.roleId < other.roleId ? -1 : 1))
  const better = best && shown.assignmentKind !== 'eligible' && best.strongest < shown.strongest ? best : null
  const { strongest, roleId, scope, scopeLevel, assignmentKind, groupId, unreadSince } = shown
  return {
    ...{ strongest, roleId, scope, scopeLevel, assignmentKind, groupId, unreadSince },
    eligibleRoleId: better?.roleId ?? null,
    eligibleStrongest: better?.strongest ?? null,
    grants: sum((row) => row.grants),
    direct: sum((row) => row.direct),
    eligible: sum((row) => row.eligible),
    signals: combineSignals(
      rows.map((row) => row.signals),
      eligibleRead,
    ),
  }
}

test('what people have at several nodes is combined in SQL as the rules of the domain say', async () => {
  const { world, connection, nodes } = await createChain()
  const { organisationId } = world.actor
  await fc.assert(
    fc.asyncProperty(anyRows, fc.boolean(), async (people, eligibleRead) => {
      await database.db.delete(holders).where(sql`organisation_id = ${organisationId}`)
      const rows = people.flatMap((stored, index) =>
        (Object.keys(LEVELS) as NodeName[]).flatMap((name): Row[] => {
          const row = stored[name]
          const person = { principalId: `person ${index}`, kind: 'user', status: 'active', guest: false } as const
          const own = { organisationId, nodeId: nodes[name], tenantId: world.tenantId, sortName: `person ${index}` }
          const ids = { groupIds: [], heldRoleIds: [], eligibleRoleIds: [] }
          return row ? [{ ...row, ...person, ...own, ...ids, validFrom: SEEN }] : []
        }),
      )
      if (rows.length > 0) await database.db.insert(holders).values(rows)

      const expected = people.flatMap((stored, index) => {
        const own = Object.values(stored).filter((row) => row !== null)
        return own.length > 0 ? [{ principalId: `person ${index}`, ...combine(own, eligibleRead) }] : []
      })
      const combined = await readCombined(world.actor, { ...connection, eligibleRead })
      expect(combined).toEqual(expected.map((row) => expect.objectContaining(row)))
      // Whatever is held comes before what is only eligible, and of that the strongest.
      for (const [index, stored] of people.entries()) {
        const held = Object.values(stored).flatMap((row) => (row && row.assignmentKind !== 'eligible' ? [row] : []))
        const found = combined.find(({ principalId }) => principalId === `person ${index}`)
        if (held.length > 0) expect(found?.strongest).toBe(Math.min(...held.map(({ strongest }) => strongest)))
        else expect(found?.assignmentKind ?? 'eligible').toBe('eligible')
      }
    }),
    { numRuns: 60 },
  )
})

test('everyone is listed once, however many of the nodes reach them', async () => {
  const { world, connection, nodes } = await createChain()
  const [ada, bo] = [await world.principal({ name: 'Ada' }), await world.principal({ name: 'Bo' })]
  const reader = await world.role('Reader')
  for (const node of Object.values(nodes)) await world.holder(connection.id, ada, reader, { node, grants: 2 })
  await world.holder(connection.id, bo, reader, { node: nodes.root })
  const rows = await readCombined(world.actor, connection)
  expect(rows.map(({ sortName, grants }) => [sortName, grants]).sort()).toEqual([
    ['ada', 6],
    ['bo', 1],
  ])
})

test('only rows of the nodes and of the moment of the snapshot count', async () => {
  const { world, connection, nodes } = await createChain()
  const beside = await world.connection({ beside: connection })
  const ada = await world.principal({ name: 'Ada' })
  const reader = await world.role('Reader')
  await world.holder(connection.id, ada, reader)
  await world.holder(beside.id, ada, reader)
  await world.holder(connection.id, ada, reader, { node: nodes.root, from: LATER })
  await world.holder(connection.id, ada, reader, { node: nodes.corp, until: PUBLISHED })
  await world.holder(beside.id, await world.principal({ name: 'Bo' }), reader)

  expect(await readCombined(world.actor, connection)).toMatchObject([{ principalId: ada, grants: 1 }])
  expect(await readCombined(world.actor, { ...connection, publishedAt: LATER })).toMatchObject([{ grants: 2 }])
  expect(await readCombined(world.actor, { ...connection, nodeIds: [] })).toEqual([])
  const { actor } = await createAccessWorld(database.db)
  expect(await readCombined(actor, connection)).toEqual([])
})

test('those who are wanted are combined from all of their rows, and nobody else is', async () => {
  const { world, connection, nodes } = await createChain()
  const [ada, bo] = [await world.principal(), await world.principal()]
  const reader = await world.role('Reader')
  for (const person of [ada, bo])
    for (const node of Object.values(nodes)) await world.holder(connection.id, person, reader, { node })
  const readSome = (only: string[]) =>
    database.db.select(COLUMNS).from(subscriptionHolders(world.actor, connection, only))
  expect(await readSome([ada, randomUUID()])).toMatchObject([{ principalId: ada, grants: 3 }])
  expect(await readSome([])).toEqual([])
})
