import { randomUUID } from 'node:crypto'
import { eq, isNull, sql } from 'drizzle-orm'
import { getTableConfig } from 'drizzle-orm/pg-core'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { assignments, connectionGroups, denyAssignments, groupMembers, groupNesting, holders } from '@/db/schema/access'
import { connections } from '@/db/schema/connections'
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

async function connection() {
  const world = await createAccessWorld(database.db)
  const { id } = await world.connection()
  const [row] = await database.db.select().from(connections).where(eq(connections.id, id))
  if (!row) throw new Error('The connection was not made.')
  const run = { organisationId: world.actor.organisationId, id: randomUUID(), connection: row }
  let seconds = 0
  return {
    /** Writes at the next second. */
    write: async (rows: Row[]) => {
      const at = new Date(Date.UTC(2026, 0, 1, 0, 0, ++seconds))
      const counts = await database.db.transaction((tx) =>
        writeIntervals(
          tx,
          run,
          at,
          { table: groupNesting },
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
          sql`connection_id = ${id} and ${time ? sql`valid_from <= ${time} and (valid_to is null or valid_to > ${time})` : isNull(groupNesting.validTo)}`,
        )
      return sorted(found)
    },
  }
}

const sorted = (rows: Row[]) => rows.map((row) => JSON.stringify(row)).sort()

test('after any sequence of reads, what was read last is current, and each earlier moment stays what it was', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(rowsRead, { minLength: 1, maxLength: 5 }), async (reads) => {
      const { write, asOf } = await connection()
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
  const { write, asOf } = await connection()
  const rows = Array.from({ length: 12_345 }, (_, index) => ({ groupId: 'g', innerId: `i${index}`, depth: index }))
  expect(await write(rows)).toMatchObject({ opened: 12_345, closed: 0 })
  expect(await write(rows)).toMatchObject({ opened: 0, closed: 0 })
  expect(await asOf(null)).toHaveLength(12_345)
})

test.each(
  [assignments, denyAssignments, connectionGroups, groupMembers, groupNesting, holders].map((table) => {
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
