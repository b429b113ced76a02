import { eq, sql } from 'drizzle-orm'
import { getResultAt } from '@/db/queries/as-of'
import { listChanges } from '@/db/queries/changes'
import { getConnection } from '@/db/queries/connections'
import { ALL_PEOPLE, listHolders } from '@/db/queries/holders'
import { holders } from '@/db/schema/access'
import { ALL_CHANGES, type ChangesView } from '@/lib/domain/views'
import { PUBLISHED } from '@/testing/access-world'
import { createTestDatabase } from '@/testing/database'
import { createLargeAccess } from '@/testing/large-access'

// Makes a subscription in which every result lists everyone otherwise than the one before, with two changes of each ten of them, and prints
// a line of JSON for each question: the median of its times, in a process beside a PostgreSQL.

const [people = 0, results = 0] = process.argv.slice(2).map(Number)
const TIMES = 20

const { db, close } = await createTestDatabase()
const { actor, connection: made, role } = await createLargeAccess(db, { people, groups: 100, runs: results, events: 0 })
const { organisationId } = actor
const ofOrganisation = sql`organisation_id = ${organisationId}::uuid`
const hoursBack = (hours: ReturnType<typeof sql>) =>
  sql`(${PUBLISHED.toISOString()}::timestamptz - ${hours} * interval '1 hour')`

// The first result was published the longest ago, and everyone is listed anew by each. One statement for all would take too long.
for (let n = 1; n < results; n += 1)
  await db.execute(sql`
    insert into holders select past.* from holders h, jsonb_populate_record(h, jsonb_build_object(
      'valid_from', ${hoursBack(sql`${n}::int`)}, 'valid_to', ${hoursBack(sql`${n - 1}::int`)})) past
    where h.organisation_id = ${organisationId}::uuid and h.valid_to is null`)
await db
  .update(holders)
  .set({ validFrom: PUBLISHED })
  .where(sql`${eq(holders.organisationId, organisationId)} and ${holders.validTo} is null`)
await db.execute(
  sql`update connections set history_begins_at = ${hoursBack(sql`${results}::int`)} where ${ofOrganisation}`,
)
await db.execute(sql`update sync_runs set people = ${people}::int where ${ofOrganisation}`)
await db.execute(sql`
  insert into changes (organisation_id, account_id, tenant_id, at, run_id, cause, turn, principal_id, principal_kind, group_id, kind)
  select m.organisation_id, m.account_id, a.tenant_id, ${hoursBack(sql`n`)}, gen_random_uuid(), 'membership', turn, m.member_id, 'user', m.group_id, 'active'
  from group_members m join accounts a on a.organisation_id = m.organisation_id and a.id = m.account_id,
    generate_series(0, ${results - 2}::int) n, unnest(array['begun', 'ended']) turn
  where m.organisation_id = ${organisationId}::uuid and ('x' || right(m.member_id, 2))::bit(8)::int % 10 = n % 10`)
await db.execute(sql`
  insert into change_effects (organisation_id, node_id, change_id, effect, at, people, others, grants, strongest, privileged, role_id, scope, scope_level, eligible, role_ids)
  select c.organisation_id, ${made.nodeIds[0] ?? ''}::uuid, c.id, case c.turn when 'begun' then 'gained' else 'lost' end, c.at, 1, 0, 1, 5, false,
    ${role}, '/subscriptions/s', 'subscription', false, array[${role}]
  from changes c where ${ofOrganisation}`)
await db.execute(sql`analyze`)

const connection = await getConnection(actor, made.id)
if (!connection) throw new Error('There is no connection.')
const middle = new Date(PUBLISHED.getTime() - (results / 2) * 3_600_000)
const past = await getResultAt(actor, connection, middle)
if (past?.kind !== 'found') throw new Error(`The result of the middle is ${past?.kind}.`)
const [someone] = (await listHolders(actor, past.snapshot, { ...ALL_PEOPLE, cursor: null })).rows
const changes = (view: Partial<ChangesView>) => listChanges(actor, { ...ALL_CHANGES, ...view })

const QUESTIONS: Record<string, () => Promise<{ rows: unknown[] }>> = {
  changes: () => changes({}),
  changes_lost_before_the_middle: () => changes({ effect: 'lost', until: middle }),
  changes_of_one_subscription: () => changes({ connectionId: made.id }),
  changes_of_a_role: () => changes({ roleId: role }),
  time_line_of_a_person: () => changes({ personId: someone?.principalId ?? null }),
  people_as_of_a_moment: async () => {
    const then = await getResultAt(actor, connection, middle)
    if (then?.kind !== 'found') throw new Error('The result is gone.')
    return listHolders(actor, then.snapshot, { ...ALL_PEOPLE, cursor: null })
  },
}
const count = async (table: string) =>
  Number((await db.execute<{ n: number }>(sql`select count(*) as n from ${sql.identifier(table)}`)).rows[0]?.n)
const print = (figure: object) => process.stdout.write(`${JSON.stringify(figure)}\n`)
print({ bench: 'history_rows', holders: await count('holders'), changes: await count('changes') })
for (const [question, ask] of Object.entries(QUESTIONS)) {
  const times: number[] = []
  let rows = 0
  for (let time = 0; time < TIMES; time += 1) {
    const began = performance.now()
    rows = (await ask()).rows.length
    times.push(performance.now() - began)
  }
  const median = times.toSorted((one, other) => one - other)[TIMES / 2] ?? 0
  print({
    bench: 'history',
    question,
    rows,
    medianMs: Math.round(median),
    firstMs: Math.round(times[0] ?? 0),
    aimMs: 50,
  })
}
await close()
