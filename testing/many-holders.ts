import { sql } from 'drizzle-orm'
import type { Database } from '@/db/database'
import { countResult } from '@/db/queries/count-result'
import { bitOf } from '@/lib/domain/combined-holders'
import { ASSIGNMENT_KINDS, type Privilege, SCOPE_LEVELS } from '@/lib/domain/vocabulary'
import { createAccessWorld } from './access-world'

const SINCE = sql`'2026-01-15T08:00:00Z'::timestamptz` // since when all of it is valid, some time before it was published
const AT_ONCE = 50_000 // people written with one statement, which a server ends after half a minute

const FIRST = ['Ada', 'Bela', 'Chidi', 'Dana', 'Émile', 'Fatima', 'Grace', 'Hana', 'Ivo', 'Jun', 'Kofi', 'Lena', 'Mira']
const LAST = ['Abara', 'Novak', 'Lovelace', 'Okafor', 'Sato', 'Silva', 'Kaya', 'Weber', 'Zhou', 'Ito', 'Moreau']
const ROLES: [string, Privilege][] = [
  ['Owner', 'grants_access'],
  ['Contributor', 'writes'],
  ['Reader', 'reads'],
  ['Key Vault Secrets Officer', 'writes_data'],
  ['Storage Blob Data Reader', 'reads_data'],
  ['Monitoring Reader', 'reads'],
]
const CUSTOM_ROLES = 40

/**
 * Makes an organisation with one subscription that so many people have access to, by statements that write many rows at once. A
 * thousandth of their number are groups, which hold roles at the subscription, at one of a hundred resource groups, at a management
 * group or at the root; a tenth of these roles are only eligible. Everyone is in a group and a third of them in two; one in twenty holds
 * a role directly. One principal in fifty is an application. One account in eight is a guest's, one in a hundred is disabled.
 */
export async function createManyHolders(db: Database, people: number) {
  const world = await createAccessWorld(db)
  const made = await world.connection()
  const group = await world.nodeAbove(made, '/providers/microsoft.management/managementgroups/corp')
  const root = await world.nodeAbove(group.connection, '/')
  const connection = root.connection
  const [rootNode = '', groupNode = '', ownNode = ''] = connection.nodeIds
  const permissions = [{ actions: ['*/read'], notActions: [], dataActions: [], notDataActions: [] }]
  const roles: string[] = []
  for (const [name, privilege] of ROLES)
    roles.push(await world.role(name, privilege, false, { permissions, privileged: privilege === 'grants_access' }))
  for (let n = 1; n <= CUSTOM_ROLES; n++)
    roles.push(await world.role(`Operator of team ${n}`, n % 4 ? 'reads' : 'writes', true, { permissions }))

  const { organisationId } = world.actor
  const { accountId } = connection
  const groups = Math.max(20, Math.round(people / 1_000))
  const others = Math.round(people / 50)
  const inTenant = sql`${organisationId}::uuid, ${world.tenantId}`
  const inDirectory = sql`${organisationId}::uuid, ${accountId}::uuid`
  const idOf = (kind: 'person' | 'group' | 'application', n: ReturnType<typeof sql>) =>
    sql`md5(${`${accountId} ${kind} `}::text || ${n})::uuid::text`
  /** A number that looks as if it were drawn by lot, always the same for the same row. */
  const lot = (n: ReturnType<typeof sql>, of: number, why: string) =>
    sql`((hashtext(${why}::text || ${n}) & 2147483647) % ${sql.raw(String(of))})`
  const oneOf = (texts: string[], place: ReturnType<typeof sql>) =>
    sql`(${sql.raw(`array[${texts.map((text) => `'${text}'`).join(', ')}]`)})[1 + ${place}]`
  const n = sql`n`
  const numbers = (from: number, to: number) => sql`generate_series(${from}::int, ${to}::int) n`

  async function inSlices(last: number, write: (from: number, to: number) => ReturnType<typeof sql>) {
    for (let from = 1; from <= last; from += AT_ONCE) await db.execute(write(from, Math.min(last, from + AT_ONCE - 1)))
  }

  const first = oneOf(FIRST, lot(n, FIRST.length, 'first'))
  const last = oneOf(LAST, lot(n, LAST.length, 'last'))
  const status = sql`case ${lot(n, 200, 'status')} when 0 then 'disabled' when 1 then 'disabled' when 2 then 'deleted' else 'active' end`
  await inSlices(
    people,
    (from, to) => sql`
    insert into principals (organisation_id, tenant_id, id, kind, name, email, email_source, status, guest, sort_name, sort_email)
    select ${inTenant}, id, 'user', name, case when ${lot(n, 20, 'email')} > 0 then replace(lower(name), ' ', '.') || '@contoso.example' end,
      case when ${lot(n, 20, 'email')} > 0 then 'mail' end, status, guest, lower(name),
      case when ${lot(n, 20, 'email')} > 0 then replace(lower(name), ' ', '.') || '@contoso.example' else '' end
    from (select n, ${idOf('person', n)} as id, ${first} || ' ' || ${last} || ' ' || n as name, ${status} as status,
      ${lot(n, 8, 'guest')} = 0 as guest from ${numbers(from, to)}) as person`,
  )
  await db.execute(sql`
    insert into principals (organisation_id, tenant_id, id, kind, name, status, sort_name)
    select ${inTenant}, ${idOf('group', n)}, 'group', 'Team ' || n, 'active', 'team ' || n from ${numbers(1, groups)}
    union all select ${inTenant}, ${idOf('application', n)}, 'service_principal', 'Pipeline ' || n, 'active', 'pipeline ' || n
    from ${numbers(1, others)}`)
  await db.execute(sql`
    insert into directory_groups (organisation_id, account_id, group_id, state, direct_members, members, valid_from)
    select ${inDirectory}, ${idOf('group', n)}, 'whole', 1000, 1000, ${SINCE} from ${numbers(1, groups)}`)
  await db.execute(sql`
    insert into group_nesting (organisation_id, account_id, group_id, inner_id, depth, valid_from)
    select ${inDirectory}, ${idOf('group', n)}, ${idOf('group', n)}, 0, ${SINCE} from ${numbers(1, groups)}`)
  await inSlices(
    people,
    (from, to) => sql`
    insert into group_members (organisation_id, account_id, group_id, member_id, member_kind, valid_from)
    select ${inDirectory}, ${idOf('group', sql`(1 + n % ${groups}::int)`)}, ${idOf('person', n)}, 'user', ${SINCE} from ${numbers(from, to)}
    union all select ${inDirectory}, ${idOf('group', sql`(1 + (n + 1 + ${lot(n, 7, 'second')}) % ${groups}::int)`)}, ${idOf('person', n)}, 'user', ${SINCE}
    from ${numbers(from, to)} where n % 3 = 0`,
  )

  const place = lot(n, 100, 'place')
  const roleOf = oneOf(
    roles,
    sql`case when ${lot(n, 4, 'usual')} = 0 then ${lot(n, roles.length, 'role')} else 1 + ${lot(n, 2, 'common')} end`,
  )
  const assign = (
    kind: 'person' | 'group' | 'application',
    word: string,
    from: number,
    to: number,
    every: number,
  ) => sql`
    insert into assignments (organisation_id, node_id, key, tenant_id, principal_id, principal_kind, role_id, scope, scope_level, kind, valid_from, from_run_id)
    select ${organisationId}::uuid, case level when 'root' then ${rootNode}::uuid when 'management_group' then ${groupNode}::uuid else ${ownNode}::uuid end,
      case held when 'eligible' then 'eligible ' else '' end || lower(scope) || ' ' || id, ${world.tenantId}, id, ${word}, role, scope, level, held, ${SINCE}, ${organisationId}::uuid
    from (select ${idOf(kind, n)} as id, ${roleOf} as role, case ${lot(n, 10, 'held')} when 0 then 'eligible' else 'active' end as held,
      case when ${place} = 0 then 'root' when ${place} < 6 then 'management_group' when ${place} < 60 then 'subscription' else 'resource_group' end as level,
      case when ${place} = 0 then '/' when ${place} < 6 then '/providers/Microsoft.Management/managementGroups/corp'
        when ${place} < 60 then '/subscriptions/s' else '/subscriptions/s/resourceGroups/rg-' || ${lot(n, 100, 'rg')} end as scope
      from ${numbers(from, to)} where n % ${sql.raw(String(every))} = 0) as made`
  await db.execute(assign('group', 'group', 1, groups, 1))
  await db.execute(assign('application', 'service_principal', 1, others, 1))
  await inSlices(people, (from, to) => assign('person', 'user', from, to, 20))
  await db.execute(sql`analyze`)

  const rank = sql`((held = 'eligible')::int * 100000 + strength * 10000 + ${placeIn(ASSIGNMENT_KINDS, 'held')} * 1000 + ${placeIn(SCOPE_LEVELS, 'level')} * 100 + (group_id is not null)::int)`
  const best = (column: string, which = '') =>
    sql.raw(`(array_agg(${column} order by ranked, role, group_id)${which})[1]`)
  const signals = sql.join(
    [
      sql`case when min(strength) filter (where held = 'active') = 1 then ${bitOf('can_grant', 'standing_privileged')}::int else 0 end`,
      sql`case when bool_or(p.guest) and min(strength) filter (where held = 'active') <= 3 then ${bitOf('guest_writes')}::int else 0 end`,
      sql`case min(p.status) when 'disabled' then ${bitOf('disabled')}::int when 'deleted' then ${bitOf('gone')}::int else 0 end`,
      sql`case when bool_or(level = 'root' and held = 'active') then ${bitOf('at_root')}::int else 0 end`,
      sql`case when bool_or(group_id is null) and bool_or(group_id is not null) then ${bitOf('direct_despite_group')}::int else 0 end`,
    ],
    sql` | `,
  )
  const ofPrincipals = (whom: ReturnType<typeof sql>) => sql`
    with whom as (${whom}), ways as (
      select a.node_id, a.principal_id, a.role_id, a.scope, a.scope_level, a.kind, null::text as group_id from assignments a join whom on whom.id = a.principal_id
      where a.organisation_id = ${organisationId}::uuid
      union all
      select a.node_id, m.member_id, a.role_id, a.scope, a.scope_level, a.kind, m.group_id from whom
      join group_members m on m.organisation_id = ${organisationId}::uuid and m.account_id = ${accountId}::uuid and m.member_id = whom.id
      join assignments a on a.organisation_id = ${organisationId}::uuid and a.principal_id = m.group_id),
    known as (select w.node_id, w.principal_id, w.role_id as role, w.scope, w.scope_level as level, w.kind as held, w.group_id,
      ${placeIn(['grants_access', 'writes', 'writes_data', 'reads_data', 'reads'], 'd.privilege')} as strength
      from ways w join role_definitions d on d.organisation_id = ${organisationId}::uuid and d.tenant_id = ${world.tenantId} and d.id = w.role_id),
    ordered as (select *, ${rank} as ranked from known)
    insert into holders (organisation_id, node_id, tenant_id, principal_id, kind, status, guest, sort_name, strongest, role_id, scope,
      scope_level, assignment_kind, group_id, rank, grants, direct, eligible, group_ids, held_role_ids, eligible_role_ids, signals, valid_from)
    select ${organisationId}::uuid, o.node_id, ${world.tenantId}, o.principal_id, min(p.kind), min(p.status), bool_or(p.guest), min(p.sort_name),
      ${best('strength')}, ${best('role')}, ${best('scope')}, ${best('level')}, ${best('held')}, ${best('group_id')}, min(ranked),
      count(distinct (role, scope, held)), count(distinct (role, scope, held)) filter (where group_id is null),
      count(distinct (role, scope)) filter (where held = 'eligible'), coalesce(array_agg(distinct group_id) filter (where group_id is not null), '{}'),
      coalesce(array_agg(distinct role) filter (where held <> 'eligible'), '{}'), coalesce(array_agg(distinct role) filter (where held = 'eligible'), '{}'),
      ${signals}, ${SINCE}
    from ordered o join principals p on p.organisation_id = ${organisationId}::uuid and p.tenant_id = ${world.tenantId} and p.id = o.principal_id
    group by o.node_id, o.principal_id`
  await db.execute(ofPrincipals(sql`select ${idOf('group', n)} as id from ${numbers(1, groups)}`))
  await db.execute(ofPrincipals(sql`select ${idOf('application', n)} as id from ${numbers(1, others)}`))
  await inSlices(people, (from, to) => ofPrincipals(sql`select ${idOf('person', n)} as id from ${numbers(from, to)}`))
  // As after each publish: without statistics a database takes plans that need minutes.
  await db.execute(sql`analyze`)
  const { publishedAt } = connection
  if (!publishedAt) throw new Error('The connection shows no result.')
  const counts = await countResult(db, {
    organisationId,
    tenantId: world.tenantId,
    published: { ...connection, publishedAt },
  })
  await world.publishedRun(connection.id, counts)
  return {
    ...world,
    connection,
    roles,
    personId: (await db.execute<{ id: string }>(sql`select ${idOf('person', sql`20`)} as id`)).rows[0]?.id ?? '',
  }
}

const placeIn = (words: readonly string[], column: string) =>
  sql.raw(
    `(case ${column} ${words.map((word, place) => `when '${word}' then ${place + 1}`).join(' ')} else ${words.length + 1} end)`,
  )
