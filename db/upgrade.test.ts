import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { PGlite } from '@electric-sql/pglite'
import { sql } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { migrationsFolder } from './database'
import { migrateEmbedded } from './open-embedded'

const ORGANISATION = randomUUID()
const CONNECTION = randomUUID()
const TENANT = randomUUID()

/** A database as an earlier version left it: the migrations that it had, and their marks. */
async function databaseAfter(migrations: number): Promise<PGlite> {
  const database = await PGlite.create()
  await database.exec(`create schema drizzle;
    create table drizzle.__drizzle_migrations (id serial primary key, hash text not null, created_at bigint)`)
  const journal = JSON.parse(readFileSync(join(migrationsFolder(), 'meta/_journal.json'), 'utf8')) as {
    entries: { tag: string; when: number }[]
  }
  for (const { tag, when } of journal.entries.slice(0, migrations)) {
    await database.exec(readFileSync(join(migrationsFolder(), `${tag}.sql`), 'utf8'))
    await database.query('insert into drizzle.__drizzle_migrations (hash, created_at) values ($1, $2)', [tag, when])
  }
  return database
}

const connected = `
  insert into organisations (id, tenant_id, name) values ('${ORGANISATION}', '${TENANT}', 'Contoso');
  insert into connections (organisation_id, id, subscription_id, subscription_name, subscription_state, tenant_id, account_object_id,
    account_tenant_id, account_name, label, connected_by_name, published_at)
    values ('${ORGANISATION}', '${CONNECTION}', '${randomUUID()}', 'Production', 'Enabled', '${TENANT}', 'o', '${TENANT}', 'a@b.example',
      'Production', 'Olga', '2026-03-01T12:00:00Z')`

const published = `${connected};
  insert into principals (organisation_id, tenant_id, id, kind, name, status, sort_name) values
    ('${ORGANISATION}', '${TENANT}', 'ada', 'user', 'Ada', 'active', 'ada'),
    ('${ORGANISATION}', '${TENANT}', 'bo', 'user', null, 'unknown', 'bo');
  insert into role_definitions (organisation_id, tenant_id, id, name, privilege, sort_name) values
    ('${ORGANISATION}', '${TENANT}', 'owner', 'Owner', 'grants_access', 'owner'),
    ('${ORGANISATION}', '${TENANT}', 'reader', 'Reader', 'reads', 'reader');
  insert into assignments (organisation_id, connection_id, key, tenant_id, principal_id, principal_kind, role_id, scope, scope_level,
    valid_from, valid_to, from_run_id)
    select '${ORGANISATION}', '${CONNECTION}', key, '${TENANT}', principal, kind, role, '/subscriptions/s', 'subscription',
      '2026-02-01T12:00:00Z', ended::timestamptz, '${randomUUID()}'
    from (values ('k1', 'ada', 'user', 'reader', null), ('k2', 'ada', 'user', 'owner', null), ('k3', 'bo', 'user', 'reader', null),
      ('k4', 'team', 'group', 'reader', null), ('k5', 'cy', 'user', 'owner', '2026-02-02T12:00:00Z')) held(key, principal, kind, role, ended)`

test('what the first version published is still shown after an upgrade, and read anew at once', async () => {
  const old = await databaseAfter(2)
  await old.exec(published)
  const { limitTo, close } = await migrateEmbedded(old)
  const query = (text: string) => limitTo('every organisation').execute(sql.raw(text))
  const { rows: holders } = await query(
    `select principal_id, kind, status, strongest, role_id, grants, direct, valid_from = '2026-03-01T12:00:00Z' as as_published
     from holders order by principal_id`,
  )
  const held = { grants: 1, direct: 1, strongest: 5, role_id: 'reader', as_published: true }
  expect(holders).toEqual([
    {
      ...held,
      principal_id: 'ada',
      kind: 'user',
      status: 'active',
      strongest: 1,
      role_id: 'owner',
      grants: 2,
      direct: 2,
    },
    { ...held, principal_id: 'bo', kind: 'user', status: 'not_readable' },
    { ...held, principal_id: 'team', kind: 'group', status: 'not_readable' },
  ])
  const { rows: due } = await query('select next_sync_at <= now() as due from connections')
  expect(due).toEqual([{ due: true }])
  // Of earlier results nobody knows any more who was listed, so history begins with the one that is shown.
  const { rows: history } =
    await query(`select history_kept, history_pruned_to, history_begins_at = published_at as from_result
    from organisations join connections on organisation_id = organisations.id`)
  expect(history).toEqual([{ history_kept: '2_years', history_pruned_to: null, from_result: true }])
  await close()
})

/** Every sentence that a run stored about its plan while plans were sentences, and what it is now. */
const PLANS: [string, object][] = [
  ['No group holds a role here.', { reason: 'no_groups' }],
  ['Members of 1 group are read from the groups down.', { reason: 'from_groups', groups: 1 }],
  ['Members of 1,234 groups are read from the groups down.', { reason: 'from_groups', groups: 1234 }],
  [
    'The directory does not say how many people it has, so its memberships cannot be read one by one.',
    { reason: 'people_uncounted' },
  ],
  [
    'Without permission to read groups, 1,234,567 people would have to be asked one by one: 62,965 calls, more than 50.',
    { reason: 'too_many_people', users: 1_234_567, calls: 62_965, mostCalls: 50 },
  ],
  [
    'Without permission to read groups, 151 people are asked which groups they are in: 9 calls.',
    { reason: 'from_people', users: 151, calls: 9 },
  ],
]

test('the sentence that a run stored about its plan becomes a code with the same numbers after an upgrade', async () => {
  const old = await databaseAfter(3)
  await old.exec(connected)
  const insert = 'insert into sync_runs (organisation_id, connection_id, trigger, state, calls, plan) values'
  for (const [calls, [why]] of PLANS.entries()) {
    const plan = { way: 'members', predicted: 7, made: calls, why }
    await old.query(`${insert} ('${ORGANISATION}', '${CONNECTION}', 'manual', 'succeeded', $1, $2)`, [calls, plan])
  }
  await old.exec(`${insert} ('${ORGANISATION}', '${CONNECTION}', 'manual', 'failed', ${PLANS.length}, null)`)
  const { limitTo, close } = await migrateEmbedded(old)
  const { rows } = await limitTo('every organisation').execute(sql`select plan from sync_runs order by calls`)
  expect(rows).toEqual([
    ...PLANS.map(([, why], made) => ({ plan: { way: 'members', predicted: 7, made, why } })),
    { plan: null },
  ])
  await close()
})

const sealed = (connection: string, updatedAt: string) =>
  `insert into connection_secrets (organisation_id, connection_id, sealed, version, updated_at)
     values ('${ORGANISATION}', '${connection}', 'sealed for ${connection}', 4, '${updatedAt}')`

test('the sign-ins of several connections become one of their account, and those that had ended read with it', async () => {
  const old = await databaseAfter(11)
  await old.exec(`insert into organisations (id, tenant_id, name) values ('${ORGANISATION}', '${TENANT}', 'Contoso')`)
  const [works, older, ended, moved, other, kept] = Array.from({ length: 6 }, () => randomUUID())
  const add = (id: string | undefined, account: string, state: string, reason: string | null, scopes: string[]) =>
    old.query(
      `insert into connections (organisation_id, id, subscription_id, subscription_name, subscription_state, tenant_id,
        account_object_id, account_tenant_id, account_name, label, connected_by_name, state, state_reason, optional_scopes)
       values ($1, $2, $3, 'Production', 'Enabled', $4, $5, $4, $5 || '@b.example', 'Production', 'Olga', $6, $7, $8)`,
      [ORGANISATION, id, randomUUID(), TENANT, account, state, reason, JSON.stringify(scopes)],
    )
  await add(works, 'ada', 'active', null, ['A'])
  await add(older, 'ada', 'action_needed', 'reader_role_missing', ['B'])
  await add(ended, 'ada', 'reconnect_needed', 'sign_in_revoked', [])
  await add(moved, 'ada', 'reconnect_needed', 'subscription_moved', [])
  await add(other, 'bo', 'reconnect_needed', 'account_disabled', ['A'])
  await add(kept, 'cy', 'disconnected', null, [])
  await old.exec(
    [sealed(works ?? '', '2026-03-02'), sealed(older ?? '', '2026-03-01'), sealed(ended ?? '', '2026-03-09')].join(';'),
  )
  await old.exec([sealed(moved ?? '', '2026-02-01'), sealed(other ?? '', '2026-02-01')].join(';'))
  const { limitTo, close } = await migrateEmbedded(old)
  const query = async (text: string) => (await limitTo('every organisation').execute(sql.raw(text))).rows
  expect(
    await query(`select a.id, object_id, name, state, state_reason, optional_scopes, sealed, version
      from accounts a left join account_secrets s on s.account_id = a.id order by object_id`),
  ).toEqual([
    {
      ...{ id: works, object_id: 'ada', name: 'ada@b.example', state: 'active', state_reason: null },
      ...{ optional_scopes: ['A', 'B'], sealed: `sealed for ${works}`, version: 4 },
    },
    {
      ...{
        id: other,
        object_id: 'bo',
        name: 'bo@b.example',
        state: 'reconnect_needed',
        state_reason: 'account_disabled',
      },
      ...{ optional_scopes: ['A'], sealed: `sealed for ${other}`, version: 4 },
    },
    {
      ...{ id: kept, object_id: 'cy', name: 'cy@b.example', state: 'signed_out', state_reason: null },
      ...{ optional_scopes: [], sealed: null, version: null },
    },
  ])
  const connected = await query('select id, account_id, state, next_sync_at <= now() as due from connections')
  expect(new Map(connected.map(({ id, ...row }) => [id, row]))).toEqual(
    new Map<unknown, object>([
      [works, { account_id: works, state: 'active', due: null }],
      [older, { account_id: works, state: 'action_needed', due: null }],
      [ended, { account_id: works, state: 'active', due: true }],
      [moved, { account_id: works, state: 'reconnect_needed', due: null }],
      [other, { account_id: other, state: 'active', due: null }],
      [kept, { account_id: kept, state: 'disconnected', due: null }],
    ]),
  )
  await close()
})

test('a queue that an earlier version made as a superuser is made anew by the user who works with it now', async () => {
  const old = await databaseAfter(2)
  await old.exec('create schema pgboss; create table pgboss.job (id int)')
  const { limitTo, close } = await migrateEmbedded(old)
  await limitTo('every organisation').execute(sql`create table pgboss.job (id int)`)
  const { rows } = await limitTo('every organisation').execute(
    sql`select tableowner from pg_tables where schemaname = 'pgboss'`,
  )
  expect(rows).toEqual([{ tableowner: 'rolecall_app' }])
  await close()
})

test('what several connections of one account have copies of is kept once, and each goes on to show what it showed', async () => {
  const old = await databaseAfter(15)
  const [account, live, kept] = [randomUUID(), randomUUID(), randomUUID()]
  const above = '/providers/Microsoft.Management/managementGroups/Corp'
  const published = { [live]: '2026-03-01T12:00:00Z', [kept]: '2026-01-10T12:00:00Z' }
  const of = (id: string) => `'${ORGANISATION}', '${id}'`
  const held = (id: string, key: string, principal: string, scope: string, from: string, to: string | null = null) => `
    insert into assignments (organisation_id, connection_id, key, tenant_id, principal_id, principal_kind, role_id, scope, scope_level,
      valid_from, valid_to, from_run_id) values (${of(id)}, '${key}', '${TENANT}', '${principal}', 'group', 'reader', '${scope}',
      '${scope === above ? 'management_group' : 'subscription'}', '${from}', ${to ? `'${to}'` : 'null'}, '${randomUUID()}')`
  const member = (id: string, who: string, from: string) => `
    insert into group_members (organisation_id, connection_id, group_id, member_id, member_kind, valid_from)
      values (${of(id)}, 'team', '${who}', 'user', '${from}')`
  await old.exec(
    [
      `set rolecall.every_organisation = 'on'`,
      `insert into organisations (id, tenant_id, name) values ('${ORGANISATION}', '${TENANT}', 'Contoso')`,
      `insert into accounts (organisation_id, id, tenant_id, object_id, name, signed_in_by_name)
        values (${of(account)}, '${TENANT}', 'o', 'a@b.example', 'Olga')`,
      ...[live, kept].map(
        (
          id,
        ) => `insert into connections (organisation_id, id, subscription_id, subscription_name, subscription_state, tenant_id,
          account_id, label, connected_by_name, published_at, state) values (${of(id)}, 's-${id}', 'Production', 'Enabled',
          '${TENANT}', '${account}', 'Production', 'Olga', '${published[id]}', '${id === live ? 'active' : 'disconnected'}')`,
      ),
      held(live, 'above team', 'team', above, '2026-02-20T12:00:00Z'),
      held(live, 'own', 'team', '/subscriptions/live', '2026-02-20T12:00:00Z'),
      held(live, 'ended', 'team', above, '2026-02-20T12:00:00Z', '2026-02-25T12:00:00Z'),
      held(kept, 'above team', 'team', above, '2026-01-02T12:00:00Z'),
      held(kept, 'above gone', 'team', above, '2026-01-02T12:00:00Z'),
      ...[live, kept].map(
        (id) => `insert into connection_groups (organisation_id, connection_id, group_id, state, valid_from)
          values (${of(id)}, 'team', 'whole', '2026-01-02T12:00:00Z')`,
      ),
      ...[live, kept].map(
        (id) => `insert into group_nesting (organisation_id, connection_id, group_id, inner_id, depth, valid_from)
          values (${of(id)}, 'team', 'team', 0, '2026-01-02T12:00:00Z')`,
      ),
      member(live, 'ada', '2026-02-20T12:00:00Z'),
      member(live, 'new', '2026-02-21T12:00:00Z'),
      member(kept, 'ada', '2026-01-02T12:00:00Z'),
      member(kept, 'left', '2026-01-02T12:00:00Z'),
      ...[
        [live, 'ada'],
        [live, 'new'],
        [kept, 'ada'],
        [kept, 'left'],
      ].map(
        ([
          id = '',
          who,
        ]) => `insert into holders (organisation_id, connection_id, tenant_id, principal_id, kind, status, guest, sort_name,
          strongest, role_id, scope, scope_level, assignment_kind, group_id, grants, direct, eligible, groups, signals, valid_from)
          values (${of(id)}, '${TENANT}', '${who}', 'user', 'active', false, '${who}', 5, 'reader', '${above}', 'management_group',
          'active', 'team', 2, 0, 0, 1, 0, '${published[id]}')`,
      ),
    ].join(';'),
  )
  const { limitTo, close } = await migrateEmbedded(old)
  const query = async (text: string) => (await limitTo('every organisation').execute(sql.raw(text))).rows
  const shows = async (id: string) => {
    const at = `'${published[id]}'::timestamptz`
    const valid = (table: string) =>
      `${table}.valid_from <= ${at} and (${table}.valid_to is null or ${table}.valid_to > ${at})`
    const chain = `select node_id from connection_nodes n where n.connection_id = '${id}' and ${valid('n')}`
    return {
      held: await query(`select key from assignments a where node_id in (${chain}) and ${valid('a')} order by key`),
      members: await query(
        `select member_id as id from group_members m where account_id = '${account}' and ${valid('m')} order by 1`,
      ),
      people: await query(
        `select principal_id as id, grants, rank, group_ids from holders h where node_id in (${chain}) and ${valid('h')} order by 1`,
      ),
    }
  }
  const [held_, idOf] = [
    (...keys: string[]) => keys.map((key) => ({ key })),
    (...ids: string[]) => ids.map((id) => ({ id })),
  ]
  const person = (id: string) => ({ id, grants: 2, rank: 50_101, group_ids: ['team'] })
  expect(await shows(live)).toEqual({
    held: held_('above team', 'own'),
    members: idOf('ada', 'new'),
    people: [person('ada'), person('new')],
  })
  expect(await shows(kept)).toEqual({
    held: held_('above gone', 'above team'),
    members: idOf('ada', 'left'),
    people: [person('ada'), person('left')],
  })
  expect(
    await query(
      `select key, valid_to is null as current from assignments where key like 'above%' or key = 'ended' order by 1`,
    ),
  ).toEqual([
    { key: 'above gone', current: false },
    { key: 'above team', current: true },
    { key: 'ended', current: false },
  ])
  expect(await query('select scope, digest from nodes order by scope')).toEqual(
    ['/', above.toLowerCase(), ...[live, kept].map((id) => `/subscriptions/s-${id}`).sort()].map((scope) => ({
      scope,
      digest: null,
    })),
  )
  await close()
})

test('after an upgrade, lists that no sync could read so far are known as never read', async () => {
  const old = await databaseAfter(22)
  const [account, run, root, seen] = [randomUUID(), randomUUID(), randomUUID(), '2026-03-01T12:00:00Z']
  const own = `'${ORGANISATION}', '${account}'`
  const coverage = JSON.stringify([
    { dataset: 'delegations', state: 'whole', read: 0, missing: 0 },
    { dataset: 'eligible', state: 'not_licensed', read: 0, missing: 0 },
    { dataset: 'services_in_groups', state: 'partly', read: 1, missing: 1 },
    { dataset: 'eligible_members', state: 'not_asked', read: 0, missing: 1 },
  ])
  const group = (id: string, state: string) =>
    `insert into directory_groups (organisation_id, account_id, group_id, state, valid_from) values (${own}, '${id}', '${state}', '${seen}')`
  await old.exec(
    [
      `insert into organisations (id, tenant_id, name) values ('${ORGANISATION}', '${TENANT}', 'Contoso')`,
      `insert into accounts (organisation_id, id, tenant_id, object_id, name, signed_in_by_name)
        values (${own}, '${TENANT}', 'o', 'a@b.example', 'Olga')`,
      `insert into connections (organisation_id, id, subscription_id, subscription_name, subscription_state, tenant_id, account_id, label,
        connected_by_name, published_at, published_run_id)
        values ('${ORGANISATION}', '${CONNECTION}', '${randomUUID()}', 'Production', 'Enabled', '${TENANT}', '${account}', 'Production',
        'Olga', '${seen}', '${run}')`,
      `insert into sync_runs (organisation_id, connection_id, id, trigger, state, coverage, finished_at)
        values ('${ORGANISATION}', '${CONNECTION}', '${run}', 'manual', 'succeeded', '${coverage}', '${seen}')`,
      `insert into nodes (organisation_id, id, account_id, tenant_id, scope) values ('${ORGANISATION}', '${root}', '${account}', '${TENANT}', '/')`,
      `insert into connection_nodes (organisation_id, connection_id, node_id, place, valid_from)
        values ('${ORGANISATION}', '${CONNECTION}', '${root}', 0, '${seen}')`,
      ...[
        group('opened', 'whole'),
        group('closed', 'not_asked'),
        group('kept', 'not_permitted'),
        group('flat', 'flat'),
      ],
      `insert into group_members (organisation_id, account_id, group_id, member_id, member_kind, valid_from)
        values (${own}, 'kept', 'ada', 'user', '${seen}')`,
    ].join(';'),
  )
  const { limitTo, close } = await migrateEmbedded(old)
  const query = async (text: string) => (await limitTo('every organisation').execute(sql.raw(text))).rows
  expect(await query('select never_read from nodes')).toEqual([{ never_read: ['eligible'] }])
  expect(await query('select group_id as id, never_read as lists from directory_groups order by 1')).toEqual([
    { id: 'closed', lists: ['members', 'services', 'eligible'] },
    { id: 'flat', lists: ['services', 'eligible'] },
    { id: 'kept', lists: ['services', 'eligible'] },
    { id: 'opened', lists: ['eligible'] },
  ])
  await close()
})

test('who is signed in, what they have begun to connect and their feeds are still there after an upgrade', async () => {
  const old = await databaseAfter(33)
  const [member, session, feed] = [randomUUID(), randomUUID(), randomUUID()]
  const own = `'${ORGANISATION}', '${member}'`
  await old.exec(`set rolecall.every_organisation = 'on';
    insert into organisations (id, tenant_id, name) values ('${ORGANISATION}', '${TENANT}', 'Contoso');
    insert into members (organisation_id, id, object_id, name, email, role) values (${own}, 'o', 'Olga', 'o@c.example', 'owner');
    insert into member_sessions (organisation_id, member_id, id, token_hash, browser, expires_at)
      values (${own}, '${session}', 'hash', 'Firefox', now());
    insert into connect_attempts (organisation_id, member_id, session_id, subscription_id, tenant_id, state_hash, expires_at)
      values (${own}, '${session}', 's', '${TENANT}', 'state', now());
    insert into feeds (organisation_id, member_id, id, name, query, token_hash) values (${own}, '${feed}', 'Access', '', 'hash')`)
  const { limitTo, close } = await migrateEmbedded(old)
  const query = async (text: string) => (await limitTo('every organisation').execute(sql.raw(text))).rows
  expect(
    await query(`select s.id as session, a.state_hash, f.id as feed from member_sessions s
      join connect_attempts a on a.session_id = s.id join feeds f on f.member_id = s.member_id`),
  ).toEqual([{ session, state_hash: 'state', feed }])
  await query(`delete from member_sessions where organisation_id = '${ORGANISATION}' and token_hash = 'hash'`)
  expect(await query('select from connect_attempts')).toEqual([])
  await close()
})
