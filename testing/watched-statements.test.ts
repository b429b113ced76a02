import { sql } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { getDb } from '@/db/client'
import { createTestDatabase } from './database'

const ORGANISATION = '8f2c3a51-6a0e-4c53-9f0b-2f3c8a1d7e60'

/** Sends statements as the product does. Gives what is said of each when the database is closed. */
async function complainOf(statements: string[]): Promise<string[]> {
  const database = await createTestDatabase()
  const db = await getDb({ organisationId: ORGANISATION })
  for (const statement of statements) await db.execute(sql.raw(statement))
  const said = await database.close().then(
    () => '',
    (error: Error) => error.message,
  )
  return said.split('\n\n').slice(1)
}

const own = `organisation_id = '${ORGANISATION}'`

/** Where the database is a PostgreSQL nothing is watched. */
const testWatched = test.skipIf(process.env.TEST_DATABASE_URL)

testWatched('a test file fails at its end when the product has sent a statement of no organisation', async () => {
  const wide: [tables: string, statement: string][] = [
    ['holders', 'select from holders'],
    ['connections', "update connections set label = '' where id = gen_random_uuid()"],
    ['holders', `select from nodes n join holders h on h.node_id = n.id where n.${own}`],
    ['feeds', `delete from feeds where ctid = any(array(select ctid from feeds where ${own}))`],
    ['holders', `select from nodes n where ${own} and exists (select from holders h where h.node_id = n.id)`],
    ['feeds', 'select from feeds f join members m on m.organisation_id = f.organisation_id and m.id = f.member_id'],
  ]
  const complaints = await complainOf(wide.map(([, statement]) => statement))
  expect(complaints).toHaveLength(wide.length)
  for (const [place, [tables, statement]] of wide.entries()) {
    expect(complaints[place]).toMatch(/^names no organisation for /)
    expect(complaints[place]).toContain(tables)
    expect(complaints[place]).toContain(statement)
  }
})

testWatched('and does not for statements that name it, or have it by a join', async () => {
  const narrow = [
    `select from holders where ${own}`,
    `select from nodes n join holders h on h.organisation_id = n.organisation_id and h.node_id = n.id where n.${own}`,
    `select from nodes n where ${own} and exists (select from holders h where h.organisation_id = n.organisation_id)`,
    'select from organisations',
    'select count(*) from limit_counts',
  ]
  expect(await complainOf(narrow)).toEqual([])
})

testWatched('it also fails for a function that Citus refuses in a statement that writes', async () => {
  const upsert = `insert into request_budgets (organisation_id, budget, place, reader, available, counted_at)
    select '${ORGANISATION}', 'graph', 'p', 'r', 1, now() where false
    on conflict (organisation_id, budget, place, reader) do update set counted_at =`
  const refused = [
    `${upsert} now()`,
    `update sync_runs set started_at = coalesce(started_at, now()) where ${own}`,
    `delete from feeds where ${own} returning now()`,
  ]
  const taken = [`${upsert} excluded.counted_at`, `update sync_runs set started_at = now() where ${own}`]
  expect(await complainOf([...refused, ...taken])).toEqual(
    refused.map((statement) => `has a function or a subquery where Citus takes none: ${statement}`),
  )
})
