import { readFileSync } from 'node:fs'
import { sql } from 'drizzle-orm'
import { afterAll, expect, test } from 'vitest'
import { createTestDatabase } from '@/testing/database'

const { db, asOwner, close } = await createTestDatabase()
afterAll(close)

/**
 * What a database that is spread over several machines by organisation asks of the schema, as the catalogue of ours has it: each
 * organisation's rows are on one machine, so that a machine can hold a key or a reference only among the rows of one organisation.
 */

/** Each machine has all of it: rows of every table refer to it. */
const EVERYWHERE = 'organisations'

/** Their rows belong to no organisation. They stay on one machine, and no table of an organisation refers to them. */
const OF_NOBODY = ['limit_counts', 'limit_leases', 'signing_keys']

const tablesOf = async () =>
  (
    await db.execute<{ name: string; columns: string[] }>(sql`
      select relname as name, array(select attname::text from pg_attribute where attrelid = pg_class.oid and attnum > 0) as columns
      from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') order by relname`)
  ).rows

const distributed = (await tablesOf())
  .filter(({ columns }) => columns.includes('organisation_id'))
  .map(({ name }) => name)

test('every table has an organisation, or is one of those that belong to nobody', async () => {
  const others = (await tablesOf()).map(({ name }) => name).filter((name) => !distributed.includes(name))
  expect(others.sort()).toEqual([...OF_NOBODY, EVERYWHERE].sort())
  expect(distributed.length).toBeGreaterThan(25)
})

test('every primary key, unique constraint and unique index of such a table has the organisation in it', async () => {
  const { rows } = await db.execute<{ table: string; name: string; columns: string[] }>(sql`
    select t.relname as "table", i.relname as name, array(
      select attname::text from pg_attribute
      where attrelid = indrelid and attnum = any(string_to_array(indkey::text, ' ')::int[])) as columns
    from pg_index join pg_class i on i.oid = indexrelid join pg_class t on t.oid = indrelid
    where indisunique and t.relnamespace = 'public'::regnamespace order by i.relname`)
  const keys = rows.filter(({ table }) => distributed.includes(table))
  expect(new Set(keys.map(({ table }) => table)).size).toBe(distributed.length)
  expect(keys.filter(({ columns }) => !columns.includes('organisation_id')).map(({ name }) => name)).toEqual([])
})

const readReferences = async () =>
  (
    await db.execute<{ from: string; to: string; name: string; pairs: string[] }>(sql`
      select f.relname as "from", t.relname as "to", conname as name, array(
        select a.attname || ' = ' || b.attname from unnest(conkey, confkey) as pair (own, other)
        join pg_attribute a on a.attrelid = conrelid and a.attnum = pair.own
        join pg_attribute b on b.attrelid = confrelid and b.attnum = pair.other) as pairs
      from pg_constraint join pg_class f on f.oid = conrelid join pg_class t on t.oid = confrelid
      where contype = 'f' and f.relnamespace = 'public'::regnamespace order by conname`)
  ).rows

test('every reference between such tables has the organisation on both sides, and every other one is to the organisation', async () => {
  const rows = await readReferences()
  expect(rows.length).toBeGreaterThan(25)
  const isHeldByOneMachine = ({ from, to, pairs }: (typeof rows)[number]) =>
    distributed.includes(from) &&
    (to === EVERYWHERE
      ? pairs.join() === 'organisation_id = id'
      : distributed.includes(to) && pairs.includes('organisation_id = organisation_id'))
  expect(rows.filter((row) => !isHeldByOneMachine(row)).map(({ name }) => name)).toEqual([])
})

test('no reference empties columns: that would empty the organisation too', async () => {
  const { rows } = await db.execute<{ name: string }>(sql`
    select conname as name from pg_constraint where contype = 'f' and confdeltype not in ('a', 'r', 'c')`)
  expect(rows).toEqual([])
})

test('scripts/distribute.sql spreads each of these tables, after those that it refers to', async () => {
  const script = readFileSync('scripts/distribute.sql', 'utf8')
  const spread = [...script.matchAll(/create_distributed_table\('(\w+)', 'organisation_id'/g)].map(
    ([, name = '']) => name,
  )
  expect([...spread].sort()).toEqual([...distributed].sort())
  expect(script).toContain(`create_reference_table('${EVERYWHERE}')`)
  const early = (await readReferences()).filter(
    ({ from, to }) => to !== EVERYWHERE && to !== from && spread.indexOf(to) > spread.indexOf(from),
  )
  expect(early.map(({ name }) => name)).toEqual([])
})

test('PostgreSQL takes scripts/distribute.sql where the functions of Citus are there', async () => {
  const script = readFileSync('scripts/distribute.sql', 'utf8')
  const ofCitus = `
    create table spread (name regclass);
    grant select on spread to public;
    create function create_reference_table(name regclass) returns void language sql as 'insert into spread (name) values ($1)';
    create function create_distributed_table(name regclass, by text, colocate_with text) returns void language sql
      as 'insert into spread (name) values ($1)';
    create function run_command_on_all_nodes(command text) returns text language sql as 'select $1';`
  await asOwner(ofCitus + script.replace(/^(begin|commit);$/gm, ''))
  const { rows } = await db.execute<{ tables: number }>(sql`select count(distinct name)::int as tables from spread`)
  expect(rows).toEqual([{ tables: distributed.length + 1 }])
})
