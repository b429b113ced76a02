import { randomUUID } from 'node:crypto'
import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createTestDatabase, type TestDatabase } from '@/testing/database'
import { idRanges } from './id-ranges'
import { groupMembers } from './schema/directory'

let database: TestDatabase

beforeAll(async () => {
  database = await createTestDatabase({ isWatched: false })
})

afterAll(() => database.close())

test.each([0, 1, 7, 64, 100_000])('every id is in one range when about %i rows are read', async (about) => {
  const ids = ['', '0', '00', 'ff', 'ffff', 'G', 'zz', 'ä', '7f', '80', ...Array.from({ length: 50 }, randomUUID)]
  const found: string[] = []
  for (const range of idRanges(groupMembers.memberId, about, 10)) {
    const { rows } = await database.db.execute<{ id: string }>(sql`
      select member_id as id from unnest(array[${sql.join(
        ids.map((id) => sql`${id}`),
        sql`, `,
      )}]::text[]) as group_members (member_id) where ${range ?? sql`true`}`)
    found.push(...rows.map(({ id }) => id))
  }
  expect(found.sort()).toEqual(ids.sort())
})

test('many rows are read in parts of about the same size', () => {
  expect(idRanges(groupMembers.memberId, 0, 10)).toEqual([undefined])
  expect(idRanges(groupMembers.memberId, 35, 10)).toHaveLength(4)
  expect(idRanges(groupMembers.memberId, 1_000_000, 10)).toHaveLength(256)
})
