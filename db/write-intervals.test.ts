import { randomUUID } from 'node:crypto'
import { and, inArray, isNull, type SQL, sql } from 'drizzle-orm'
import { getTableConfig } from 'drizzle-orm/pg-core'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { assignments, connectionNodes, denyAssignments, holders } from '@/db/schema/access'
import { directoryGroups, groupMembers, groupNesting, groupOwners } from '@/db/schema/directory'
import { createAccessWorld } from '@/testing/access-world'
import { createTestDatabase } from '@/testing/database'
import { writeIntervals } from './write-intervals'

type Row = { groupId: string; innerId: string; depth: number | null }
const held = { membership: 'active', readAt: null } as const

let database: Awaited<ReturnType<typeof createTestDatabase>>
beforeAll(async () => {
  database = await createTestDatabase()
})
afterAll(() => database.close())

const rowsRead = fc.uniqueArray(
  fc.record({
    groupId: fc.constantFrom('a', 'b', 'c'),
    innerId: fc.constantFrom('x', 'y'),
    depth: fc.constantFrom(0, 1, null),
  }),
  { selector: ({ groupId, innerId }) => `${groupId} ${innerId}` },
)

async function directory() {
  const world = await createAccessWorld(database.db)
  const { accountId } = await world.connection()
  const { organisationId } = world.actor
  let seconds = 0
  return {
    /** Writes at the next second. */
    write: async (rows: Row[], only?: SQL) => {
      const at = new Date(Date.UTC(2026, 0, 1, 0, 0, ++seconds))
      const counts = await database.db.transaction((tx) =>
        writeIntervals(
          tx,
          { organisationId, accountId, runId: randomUUID(), at },
          { table: groupNesting, only },
          rows.map((row) => ({ ...row, ...held })),
        ),
      )
      return { at, ...counts }
    },
    asOf: async (at: Date | null) => {
      const time = at?.toISOString()
      const found = await database.db
        .select({ groupId: groupNesting.groupId, innerId: groupNesting.innerId, depth: groupNesting.depth })
        .from(groupNesting)
        .where(
          sql`account_id = ${accountId} and ${time ? sql`valid_from <= ${time} and (valid_to is null or valid_to > ${time})` : isNull(groupNesting.validTo)}`,
        )
      return sorted(found)
    },
  }
}

const sorted = (rows: Row[]) => rows.map((row) => JSON.stringify(row)).sort()

test('after any sequence of reads, what was read last is current, and each earlier moment stays what it was', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(rowsRead, { minLength: 1, maxLength: 5 }), async (reads) => {
      const { write, asOf } = await directory()
      const moments: { at: Date; rows: Row[] }[] = []
      for (const rows of reads) {
        const before = new Set(sorted(moments.at(-1)?.rows ?? []))
        const now = new Set(sorted(rows))
        const { at, opened, closed } = await write(rows)
        moments.push({ at, rows })
        expect(await asOf(null)).toEqual(sorted(rows))
        // Only differences are written.
        expect({ opened, closed }).toEqual({ opened: now.difference(before).size, closed: before.difference(now).size })
      }
      for (const { at, rows } of moments) expect(await asOf(at)).toEqual(sorted(rows))
    }),
    { numRuns: 25 },
  )
})

test('more rows than one statement carries are all written, and an unchanged read of them writes none', async () => {
  const { write, asOf } = await directory()
  const rows = Array.from({ length: 12_345 }, (_, index) => ({ groupId: 'g', innerId: `i${index}`, depth: index }))
  expect(await write(rows)).toMatchObject({ opened: 12_345, closed: 0 })
  expect(await write(rows)).toMatchObject({ opened: 0, closed: 0 })
  expect(await asOf(null)).toHaveLength(12_345)
})

test('a write that is about some rows leaves the others of the same owner as they are', async () => {
  const { write, asOf } = await directory()
  const row = (groupId: string, depth: number): Row => ({ groupId, innerId: 'x', depth })
  await write([row('a', 0), row('b', 0), row('c', 0)])
  expect(await write([row('a', 1)], sql`t.group_id in ('a', 'b')`)).toMatchObject({ opened: 1, closed: 2, written: 3 })
  expect(await asOf(null)).toEqual(sorted([row('a', 1), row('c', 0)]))
})

test('a write for one owner leaves the rows of every other one as they are', async () => {
  const [ours, theirs] = [await directory(), await directory()]
  const rows = [{ groupId: 'a', innerId: 'x', depth: 0 }]
  await ours.write(rows)
  await theirs.write(rows)
  expect(await ours.write([])).toMatchObject({ opened: 0, closed: 1 })
  expect(await theirs.asOf(null)).toEqual(sorted(rows))
})

test('a write names the rows that it opened, closed or refreshed, unless they are very many', async () => {
  const world = await createAccessWorld(database.db)
  const { accountId } = await world.connection()
  const { organisationId } = world.actor
  let seconds = 0
  const write = (members: [id: string, membership: 'active' | 'eligible', readAt: Date | null][]) => {
    const at = new Date(Date.UTC(2026, 0, 1, 0, 0, ++seconds))
    const rows = members.map(([memberId, membership, readAt]) => ({
      ...{ groupId: 'g', memberId, memberKind: 'user' as const, membership, endsAt: null, readAt },
    }))
    return database.db.transaction(async (tx) => {
      const common = { organisationId, accountId, runId: randomUUID(), at }
      const of = { table: groupMembers, refreshed: ['readAt'], tell: ['groupId', 'memberId'] } as const
      const { told } = await writeIntervals(tx, common, of, rows)
      return told && [...new Set(told.map(({ groupId, memberId }) => `${groupId} ${memberId}`))].sort()
    })
  }
  const many = Array.from({ length: 1_001 }, (_, index) => [`m${index}`, 'active', null] as [string, 'active', null])

  await write([
    ['stays', 'active', null],
    ['leaves', 'active', null],
    ['ages', 'active', null],
  ])
  const told = await write([
    ['stays', 'active', null],
    ['comes', 'eligible', null],
    ['ages', 'active', new Date(0)],
  ])
  expect(told).toEqual(['g ages', 'g comes', 'g leaves'])
  expect(await write(many)).toBeNull()
  expect(await write(many)).toEqual([])
})

test('a write that belongs to nobody is refused unless it names its rows', async () => {
  const world = await createAccessWorld(database.db)
  const common = { organisationId: world.actor.organisationId, runId: randomUUID(), at: new Date() }
  const write = database.db.transaction((tx) => writeIntervals(tx, common, { table: groupMembers }, []))
  await expect(write).rejects.toThrow('belongs to a node, an account or a connection, or names its rows')
})

test('the rows of a node and those of a connection are written for it alone', async () => {
  const world = await createAccessWorld(database.db)
  const { organisationId } = world.actor
  const start = await world.connection()
  const { connection, nodeId } = await world.nodeAbove(start)
  const beside = await world.connection({ beside: connection })
  const ada = await world.principal()
  const role = await world.role('Reader')
  await world.assign(connection.id, { to: ada, role })
  await world.assign(connection.id, { to: ada, role, scope: '/', level: 'root', node: nodeId })
  const common = { organisationId, tenantId: world.tenantId, runId: randomUUID(), at: new Date() }
  const closedOf = (table: typeof assignments | typeof connectionNodes, of: object) =>
    database.db.transaction(async (tx) => (await writeIntervals(tx, { ...common, ...of }, { table }, [])).closed)

  expect(await closedOf(assignments, { nodeId })).toBe(1)
  expect(await database.db.$count(assignments, isOpenAt(assignments, connection.nodeIds))).toBe(1)
  expect(await closedOf(connectionNodes, { connectionId: connection.id })).toBe(2)
  expect(await database.db.$count(connectionNodes, isOpenAt(connectionNodes, beside.nodeIds))).toBe(1)
})

const isOpenAt = (table: typeof assignments | typeof connectionNodes, nodeIds: string[]) =>
  and(isNull(table.validTo), inArray(table.nodeId, nodeIds))

test.each(
  [
    assignments,
    connectionNodes,
    denyAssignments,
    directoryGroups,
    groupMembers,
    groupNesting,
    groupOwners,
    holders,
  ].map((table) => {
    const { name, primaryKeys, indexes } = getTableConfig(table)
    return { name, primaryKeys, indexes }
  }),
)('in $name each row that the primary key tells apart may be current once', ({ name, primaryKeys, indexes }) => {
  const oneCurrent = indexes.find(({ config }) => config.name === `${name}_one_current`)?.config
  const columns = oneCurrent?.columns.map((column) => ('name' in column ? column.name : null))
  const key = primaryKeys.flatMap((one) => one.columns.map((column) => column.name))
  expect(oneCurrent?.unique).toBe(true)
  expect(key.sort()).toEqual([...(columns ?? []), 'valid_from'].sort())
})
