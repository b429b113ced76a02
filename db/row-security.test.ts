import { randomUUID } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { sql } from 'drizzle-orm'
import { Pool } from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createAccessWorld } from '@/testing/access-world'
import { createTestDatabase } from '@/testing/database'
import { getDb, getDbOfEveryOrganisation } from './client'
import type { Database } from './database'
import { accountSecrets, applicationDrafts } from './schema/accounts'
import { connectAttempts, connectionDeletions } from './schema/connections'
import { directoryClaims, directoryReadings, groupOwners, sharedReadings } from './schema/directory'
import { feeds } from './schema/feeds'
import { invitations } from './schema/invitations'
import { requestBudgets } from './schema/limits'
import { auditEvents, memberSessions } from './schema/organisations'
import { preparedExports, preparedPieces } from './schema/prepared-exports'
import { savedViews } from './schema/saved-views'
import { limitTo } from './server-statements'

const { db, engine, close } = await createTestDatabase({ isWatched: false })
afterAll(close)

/** Tables whose rows belong to no organisation. They are named here, so that no table is left without a wall by mistake. */
const OF_NOBODY = ['limit_counts', 'limit_leases', 'signing_keys']

/** The tables as the database has them, each with the column that says whose a row is. */
const { rows: tables } = await db.execute<{ table: string; column: string; forced: boolean; policies: string[] }>(sql`
  select relname as "table", case relname when 'organisations' then 'id' else 'organisation_id' end as "column",
    relrowsecurity and relforcerowsecurity as forced,
    array(select polname::text from pg_policy where polrelid = pg_class.oid) as policies
  from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') order by relname`)
const walled = tables.filter(({ table }) => !OF_NOBODY.includes(table))

type Row = Record<string, unknown>
type Statement = (text: string) => Promise<Row[]>

/** A statement through our own database. */
const through =
  (limited: Database): Statement =>
  async (text) =>
    (await limited.execute<Row>(sql.raw(text))).rows

/** A statement as code that forgets to say whose rows it is about would make it: straight to the engine. */
const bare: Statement = async (text) => {
  const { rows } =
    engine.kind === 'embedded' ? await engine.pglite.query<Row>(text) : await engine.pool.query<Row>(text)
  return rows
}

const REFUSED = '42501' // insufficient_privilege
const refusal = expect.toSatisfy((error: { code?: string; cause?: { code?: string } }) =>
  [error.code, error.cause?.code].includes(REFUSED),
)

/** An organisation that has a row in every table. */
async function createFullOrganisation(): Promise<string> {
  const world = await createAccessWorld(db)
  const { id: connectionId, accountId } = await world.connection()
  const [person, group, reader] = [await world.principal(), await world.group(connectionId), await world.role('Reader')]
  const key = await world.assign(connectionId, { to: person, role: reader })
  await world.change(connectionId, { to: person, role: reader, key })
  await world.member(connectionId, group, person)
  await world.reach(connectionId, group)
  await world.deny(connectionId, { principals: [{ id: person, kind: 'user' }] })
  await world.holder(connectionId, person, reader)
  await world.publishedRun(connectionId, {})
  const { organisationId, memberId } = world.actor
  const [of, ofMember] = [
    { organisationId, connectionId },
    { organisationId, memberId },
  ]
  const expiresAt = new Date(Date.now() + 60_000)
  const [directory, now] = [{ organisationId, accountId }, new Date()]
  await db
    .insert(groupOwners)
    .values({ ...directory, groupId: group, ownerId: person, ownerKind: 'user', ownership: 'active', validFrom: now })
  await db
    .insert(directoryReadings)
    .values({ ...directory, id: randomUUID(), beganAt: now, storedAt: now, groupIds: [group] })
  await db
    .insert(sharedReadings)
    .values({ ...directory, id: randomUUID(), signIns: 1, granted: '', beganAt: now, content: Buffer.from('') })
  await db.insert(directoryClaims).values({ ...directory, runId: randomUUID(), fence: 1 })
  await db.insert(accountSecrets).values({ organisationId, accountId, sealed: '{}' })
  await db
    .insert(applicationDrafts)
    .values({ organisationId, tenantId: 't', credential: 'secret', sealed: '{}', createdByName: 'Vera', expiresAt })
  await db
    .insert(requestBudgets)
    .values({ organisationId, budget: 'graph', place: 't', reader: 'r', available: 1, countedAt: now })
  await db
    .insert(connectionDeletions)
    .values({ ...of, requestedById: memberId, requestedByName: 'Vera', tenantIds: [] })
  const [prepared] = await db
    .insert(preparedExports)
    .values({ ...ofMember, address: '/people/export', list: 'l', label: 'l', format: 'csv', fileName: 'f' })
    .returning({ exportId: preparedExports.id })
  if (!prepared) throw new Error('The export was not made.')
  await db.insert(preparedPieces).values({ organisationId, ...prepared, place: 0, content: Buffer.from('') })
  const sessionId = randomUUID()
  await db
    .insert(memberSessions)
    .values({ ...ofMember, id: sessionId, tokenHash: sessionId, browser: 'Firefox on Linux', expiresAt })
  await db.insert(invitations).values({ organisationId, username: 'vera', invitedByName: 'Olga', expiresAt })
  await db.insert(feeds).values({ ...ofMember, name: 'Access', query: '', tokenHash: sessionId })
  await db.insert(savedViews).values({ ...ofMember, connectionId, name: 'Owners', list: 'people', query: '' })
  await db.insert(connectAttempts).values({ ...ofMember, sessionId, subscriptionId: 's', tenantId: 't', expiresAt })
  await db
    .insert(auditEvents)
    .values({ ...ofMember, memberName: 'Vera', action: 'connection.connected', subject: 'Production' })
  return organisationId
}

let ours: string
let theirs: string
beforeAll(async () => {
  ours = await createFullOrganisation()
  theirs = await createFullOrganisation()
})

test('every table of the database holds its rows to an organisation, its owner included', () => {
  expect(walled.length).toBeGreaterThan(15)
  expect(walled.filter(({ forced, policies }) => !forced || policies.join() !== 'visible_rows')).toEqual([])
})

describe.each(walled)('$table', ({ table, column }) => {
  const rowOf = async (organisationId: string): Promise<Row> => {
    const [found] = await through(db)(`select to_jsonb(t) as row from ${table} t where ${column} = '${organisationId}'`)
    if (!found) throw new Error(`createFullOrganisation() has to make a row of ${table}.`)
    return found.row as Row
  }
  /** Adds a copy of another's row: refused before anybody notices that the row exists already. */
  const insertCopy = async (statement: Statement, organisationId: string) => {
    const copy = JSON.stringify(await rowOf(organisationId)).replaceAll("'", "''")
    return statement(`insert into ${table} select * from jsonb_populate_record(null::${table}, '${copy}'::jsonb)`)
  }

  test('a statement that does not say whose rows it is about sees nothing and writes nothing', async () => {
    expect(await bare(`select from ${table}`)).toEqual([])
    expect(await bare(`update ${table} set ${column} = ${column} returning 1`)).toEqual([])
    expect(await bare(`delete from ${table} returning 1`)).toEqual([])
    await expect(insertCopy(bare, ours)).rejects.toEqual(refusal)
  })

  test('as one organisation no row of another can be read, added, changed or deleted', async () => {
    const ourView = through(await getDb({ organisationId: ours }))
    expect(await ourView(`select distinct ${column} as whose from ${table}`)).toEqual([{ whose: ours }])
    expect(
      await ourView(`update ${table} set ${column} = ${column} where ${column} = '${theirs}' returning 1`),
    ).toEqual([])
    expect(await ourView(`delete from ${table} where ${column} = '${theirs}' returning 1`)).toEqual([])
    await expect(insertCopy(ourView, theirs)).rejects.toEqual(refusal)
    await expect(ourView(`update ${table} set ${column} = '${theirs}'`)).rejects.toThrow()
    await rowOf(theirs)
  })

  test('the user whom our statements run as can take neither the wall away nor the table', async () => {
    const everyone = through(await getDbOfEveryOrganisation())
    await expect(everyone(`alter table ${table} disable row level security`)).rejects.toEqual(refusal)
    await expect(everyone(`drop policy visible_rows on ${table}`)).rejects.toEqual(refusal)
    await expect(everyone(`truncate ${table} cascade`)).rejects.toEqual(refusal)
    await expect(everyone(`drop table ${table} cascade`)).rejects.toEqual(refusal)
  })
})

describe('what a statement may see ends with its transaction', () => {
  /** All of them use one connection, so that the next one would meet a setting that stayed behind. */
  const pool = engine.kind === 'server' ? new Pool({ connectionString: engine.url, max: 1, pipeline: true }) : null
  pool?.on('error', () => {})
  pool?.on('connect', (client) => client.on('error', () => {}))
  afterAll(() => pool?.end())

  const next = async () =>
    pool ? (await pool.query('select from organisations')).rows : bare('select from organisations')
  const endings: [string, (limited: Database) => Promise<unknown>][] = [
    ['a statement that succeeds', (limited) => limited.execute(sql`select 1`)],
    ['a statement that fails', (limited) => limited.execute(sql`select 1 / 0`)],
    ['a statement that PostgreSQL does not understand', (limited) => limited.execute(sql`selekt`)],
    ['a statement that is cancelled', (limited) => limited.execute(sql`select pg_cancel_backend(pg_backend_pid()), 1`)],
    ['a transaction that succeeds', (limited) => limited.transaction((tx) => tx.execute(sql`select 1`))],
    ['a transaction that fails', (limited) => limited.transaction((tx) => tx.execute(sql`select 1 / 0`))],
    ['a transaction without a statement', (limited) => limited.transaction(async () => {})],
    [
      'a transaction whose work gives up',
      (limited) =>
        limited.transaction(async (tx) => {
          await tx.execute(sql`select 1`)
          throw new Error('The work gave up.')
        }),
    ],
    [
      'a transaction inside another that fails',
      (limited) =>
        limited.transaction(async (tx) => {
          await tx.transaction((inner) => inner.execute(sql`select 1 / 0`)).catch(() => {})
          expect((await tx.execute(sql`select from organisations`)).rows).not.toEqual([])
        }),
    ],
  ]
  if (pool) {
    endings.push(
      ['a statement that is killed', (limited) => limited.execute(sql`select pg_terminate_backend(pg_backend_pid())`)],
      [
        'a transaction that is killed',
        (limited) => limited.transaction((tx) => tx.execute(sql`select pg_terminate_backend(pg_backend_pid())`)),
      ],
    )
  }

  test.each(endings)('after %s', async (_, end) => {
    for (const rows of [{ organisationId: ours }, 'every organisation'] as const) {
      const limited = pool
        ? limitTo(pool, rows)
        : await (rows === 'every organisation' ? getDbOfEveryOrganisation() : getDb(rows))
      expect((await limited.execute(sql`select from organisations`)).rows).not.toEqual([])
      await end(limited).catch(() => {})
      expect(await next()).toEqual([])
      expect((await limited.execute(sql`select from organisations`)).rows).not.toEqual([])
    }
  })
})

test('an organisation whose id is no UUID is refused before anything is sent', async () => {
  await expect(getDb({ organisationId: `' or true --` })).rejects.toThrow(TypeError)
})

/** The sources of the product, without their tests. */
const sources = ['app', 'components', 'db', 'lib']
  .flatMap((room) => readdirSync(room, { recursive: true, encoding: 'utf8' }).map((name) => join(room, name)))
  .filter((file) => /\.tsx?$/.test(file) && !/\.test\.tsx?$/.test(file))
  .map((file) => ({ file, text: readFileSync(file, 'utf8') }))

test('the rows of every organisation are open to these functions and no other', () => {
  const calls = sources
    .filter(({ file }) => file !== 'db/client.ts')
    .flatMap(({ file, text }) =>
      text
        .split(/^(?=(?:export )?(?:async )?function )/m)
        .filter((piece) => piece.includes('getDbOfEveryOrganisation()'))
        .map((piece) => `${file} ${/function (\w+)/.exec(piece)?.[1]}`),
    )
  expect(calls.sort()).toEqual([
    'db/queries/clock.ts readDatabaseNow', // reads no row
    'db/queries/signing-keys.ts readSigningKeys', // the keys of the installation, which are of no organisation
    'lib/auth/record-refusal.ts recordRefusedSignIn', // whoever is refused is known by their tenant alone
    'lib/auth/register-sign-in.ts findAdmission',
    'lib/auth/register-sign-in.ts registerSignIn', // makes the organisation
    'lib/auth/sessions.ts findOrganisation', // of a token that an earlier version gave out
    'lib/connections/check-keys.ts listLostKeys', // at start: the names of the keys that sealed anything
    'lib/connections/delete-connection.ts sendLostDeletions', // the work that waits in all organisations
    'lib/connections/follow.ts listDueAccounts', // the schedules of all organisations
    'lib/connections/reseal-secrets.ts listHeaders', // the names of the keys that sealed anything
    'lib/connections/reseal-secrets.ts listOldSecrets', // where there is a secret to seal anew: ids, no secrets
    'lib/exports/prepare-export.ts sendLostExports',
    'lib/exports/signing-keys.ts readCurrent',
    'lib/exports/signing-keys.ts replaceKey',
    'lib/feeds/find-feed.ts findOrganisation', // of a feed whose token an earlier version gave out
    'lib/leases.ts takeLease', // limits belong to no organisation
    'lib/limits.ts deleteExpiredCounts',
    'lib/limits.ts limit',
    'lib/limits.ts readWait',
    'lib/sync/end-lost-runs.ts endLostRuns', // the work that waits in all organisations
    'lib/worker/prune-history.ts listDueOrganisations', // whose history is to be pruned: ids alone
    'lib/worker/sweep.ts listOrganisations', // which of them have something that is kept no longer
    'lib/worker/worker.ts findLostRuns', // the schedules of all organisations
    'lib/worker/worker.ts listDueConnections',
  ])
})

test('nothing but the opening of the embedded database chooses a role', () => {
  const choosing = sources.filter(({ text }) => /\b(re)?set\s+(role|session authorization)\b|discard all/i.test(text))
  expect(choosing.map(({ file }) => file)).toEqual(['db/open-embedded.ts'])
})
