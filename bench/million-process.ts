import { sql } from 'drizzle-orm'
import { getConnection } from '@/db/queries/connections'
import { createTestDatabase } from '@/testing/database'
import { createManyHolders } from '@/testing/many-holders'
import { measureQuestion } from './measure-questions'
import { listQuestions } from './million-questions'

// Makes a subscription to which many people have access, on a PostgreSQL, and prints a line of JSON for each question that a list page asks.

const [people = 0, times = 0] = process.argv.slice(2).map(Number)

const { db, engine, close } = await createTestDatabase()
if (engine.kind !== 'server') throw new Error('This is about PostgreSQL.')
const print = (figure: object) => process.stdout.write(`${JSON.stringify(figure)}\n`)

const began = performance.now()
const made = await createManyHolders(db, people)
const { rows } = await db.execute<{ holders: number; holderBytes: number; indexBytes: number }>(sql`
  select (select count(*)::int from holders) as holders, pg_table_size('holders')::float8 as "holderBytes",
    pg_indexes_size('holders')::float8 as "indexBytes"`)
print({ bench: 'million_rows', people, ...rows[0], filledInSeconds: Math.round((performance.now() - began) / 1_000) })

const { actor, roles, personId } = made
const connection = await getConnection(actor, made.connection.id)
if (!connection) throw new Error('There is no connection.')
for (const question of listQuestions({ actor, connection, roles, personId }))
  print(await measureQuestion(engine.pool, actor.organisationId, question, times))
await close()
