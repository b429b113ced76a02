import { sql } from 'drizzle-orm'
import type { Database } from '@/db/database'
import { createAccessWorld, PUBLISHED } from './access-world'

const SINCE = '2026-01-15T08:00:00Z' // since when all of it is valid, some time before it was published

type Size = { people: number; groups: number; runs: number; events: number }

/**
 * Makes an organisation with one connection of a size, by statements that make all rows of a table at once: everyone is in
 * one of the groups, each group and every fourth person is Reader of the subscription, and each has their row in `holders`.
 */
export async function createLargeAccess(db: Database, { people, groups, runs, events }: Size) {
  const world = await createAccessWorld(db)
  const connection = await world.connection()
  const role = await world.role('Reader', 'reads', false, {
    permissions: [{ actions: ['*/read'], notActions: [], dataActions: [], notDataActions: [] }],
  })
  const { organisationId } = world.actor
  const { id, accountId, nodeIds } = connection
  const of = sql`${organisationId}::uuid, ${id}::uuid`
  const atNode = sql`${organisationId}::uuid, ${nodeIds[0] ?? ''}::uuid`
  const inDirectory = sql`${organisationId}::uuid, ${accountId}::uuid`
  const valid = sql`${SINCE}::timestamptz`
  const idOf = (kind: 'person' | 'group', number = sql`n`) =>
    sql`md5(${`${id} ${kind} `}::text || ${number})::uuid::text`
  const upTo = (last: number) => sql`from generate_series(1, ${last}::int) n`

  for (const [kind, word, last] of [['user', 'person', people] as const, ['group', 'group', groups] as const]) {
    const direct = kind === 'group' ? sql`true` : sql`n % 4 = 0`
    await db.execute(sql`
      insert into principals (organisation_id, tenant_id, id, kind, name, status, sort_name)
      select ${organisationId}::uuid, ${world.tenantId}, ${idOf(word)}, ${kind}, ${word} || ' ' || n, 'active', ${word} || ' ' || n
      ${upTo(last)}`)
    await db.execute(sql`
      insert into assignments (organisation_id, node_id, key, tenant_id, principal_id, principal_kind, role_id, scope,
        scope_level, valid_from, from_run_id)
      select ${atNode}, '/subscriptions/s ' || ${idOf(word)}, ${world.tenantId}, ${idOf(word)}, ${kind}, ${role},
        '/subscriptions/s', 'subscription', ${valid}, ${id}::uuid ${upTo(last)} where ${direct}`)
    await db.execute(sql`
      insert into holders (organisation_id, node_id, tenant_id, principal_id, kind, status, guest, sort_name, strongest,
        role_id, scope, scope_level, assignment_kind, rank, grants, direct, eligible, group_ids, held_role_ids,
        eligible_role_ids, signals, valid_from)
      select ${atNode}, ${world.tenantId}, ${idOf(word)}, ${kind}, 'active', false, ${word} || ' ' || n, 5, ${role},
        '/subscriptions/s', 'subscription', 'active', 0, 1, 0, 0, array['group'], array[${role}::text],
        '{}', 0, ${valid} ${upTo(last)}`)
  }
  await db.execute(sql`
    insert into directory_groups (organisation_id, account_id, group_id, state, direct_members, members, valid_from)
    select ${inDirectory}, ${idOf('group')}, 'whole', 1, 1, ${valid} ${upTo(groups)}`)
  await db.execute(sql`
    insert into group_nesting (organisation_id, account_id, group_id, inner_id, depth, valid_from)
    select ${inDirectory}, ${idOf('group')}, ${idOf('group')}, 0, ${valid} ${upTo(groups)}`)
  await db.execute(sql`
    insert into group_members (organisation_id, account_id, group_id, member_id, member_kind, valid_from)
    select ${inDirectory}, ${idOf('group', sql`(n % ${groups}::int + 1)`)}, ${idOf('person')}, 'user', ${valid} ${upTo(people)}`)
  await db.execute(sql`
    insert into sync_runs (organisation_id, connection_id, trigger, state, requested_at, finished_at)
    select ${of}, 'schedule', 'succeeded', ${PUBLISHED.toISOString()}::timestamptz - (n - 1) * interval '1 hour',
      ${PUBLISHED.toISOString()}::timestamptz - (n - 1) * interval '1 hour' ${upTo(runs)}`)
  await db.execute(sql`
    insert into audit_events (organisation_id, member_name, action, subject)
    select ${organisationId}::uuid, 'Olga Owner', 'connection.renamed', 'Production' ${upTo(events)}`)
  // As after each publish: without statistics the embedded engine takes plans that need minutes.
  await db.execute(sql`analyze`)
  return { ...world, connection, role }
}
