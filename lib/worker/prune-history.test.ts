import { randomUUID } from 'node:crypto'
import { eq, sql } from 'drizzle-orm'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { readHistoryBegin } from '@/db/queries/history-horizon'
import { assignments, denyAssignments, holders } from '@/db/schema/access'
import { changes } from '@/db/schema/changes'
import { connections } from '@/db/schema/connections'
import { directoryGroups, groupMembers, groupNesting, groupOwners } from '@/db/schema/directory'
import { organisations } from '@/db/schema/organisations'
import { syncRuns } from '@/db/schema/runs'
import type { HistoryLength } from '@/lib/domain/vocabulary'
import { type AccessWorld, createAccessWorld } from '@/testing/access-world'
import { createTestDatabase } from '@/testing/database'
import { pruneHistory } from './prune-history'

const NEVER = new AbortController().signal

let database: Awaited<ReturnType<typeof createTestDatabase>>
beforeAll(async () => {
  database = await createTestDatabase()
})
afterAll(() => database.close())

const DAY = 24 * 3_600_000
const NOW = Math.floor(Date.now() / 1000) * 1000
/** A moment so many days ago. */
const ago = (days: number) => new Date(NOW - days * DAY)
/** The start of the day that is 90 days back, also when another day has begun since this file was loaded. */
const horizon = expect.toSatisfy(
  (at: Date) => at.getTime() % DAY === 0 && at > ago(91) && at.getTime() <= Date.now() - 90 * DAY,
)

type Row = Record<string, unknown>
type Of = { organisationId: string }

/** The tables that hold validity intervals, as the database has them. */
async function listIntervalTables(): Promise<string[]> {
  const { rows } = await database.db.execute<{ name: string }>(sql`
    select table_name::text as name from information_schema.columns
    where table_schema = 'public' and column_name = 'valid_to' order by 1`)
  return rows.map(({ name }) => name)
}

/** All rows of an organisation in a table, in an order that does not depend on where they lie. */
async function readRows({ organisationId }: Of, table: string): Promise<Row[]> {
  const { rows } = await database.db.execute<{ row: Row }>(sql`
    select to_jsonb(t) as row from ${sql.identifier(table)} t where organisation_id = ${organisationId} order by to_jsonb(t)::text`)
  return rows.map(({ row }) => row)
}

const keep = ({ organisationId }: Of, historyKept: HistoryLength) =>
  database.db.update(organisations).set({ historyKept }).where(eq(organisations.id, organisationId))

async function createOrganisation(historyKept: HistoryLength = '90_days') {
  const world = await createAccessWorld(database.db)
  await keep(world.actor, historyKept)
  return world
}

const stateOf = async ({ organisationId }: Of) =>
  (await database.db.select().from(organisations).where(eq(organisations.id, organisationId)))[0]

/** A run of a connection that ended so many days ago. */
async function addRun(
  { organisationId }: Of,
  connectionId: string,
  days: number,
  state: 'succeeded' | 'failed' = 'succeeded',
) {
  const id = randomUUID()
  await database.db.insert(syncRuns).values({
    ...{ organisationId, connectionId, id, trigger: 'schedule', state },
    ...{ requestedAt: ago(days), finishedAt: ago(days) },
  })
  return id
}

/** Puts a row into every table of intervals, each with the same beginning and end. */
async function addFacts(world: AccessWorld, connection: Connection, interval: { from: Date; until: Date | null }) {
  const { id, accountId } = connection
  const [person, role] = [await world.principal(), await world.role('Reader')]
  const group = await world.group(id, interval)
  await world.assign(id, { to: person, role, ...interval })
  await world.holder(id, person, role, interval)
  await world.deny(id, { principals: [{ id: person, kind: 'user' }], ...interval })
  await world.member(id, group, person, interval)
  await world.reach(id, group, [], interval)
  await world.nodeAbove(connection, `/providers/microsoft.management/managementgroups/${randomUUID()}`, interval)
  await database.db.insert(groupOwners).values({
    ...{ organisationId: world.actor.organisationId, accountId, groupId: group, ownerId: person },
    ...{ ownerKind: 'user', ownership: 'active', validFrom: interval.from, validTo: interval.until },
  })
}
type Connection = Awaited<ReturnType<AccessWorld['connection']>>

const countRows = async (of: Of) => {
  const counts: Record<string, number> = {}
  for (const table of await listIntervalTables()) counts[table] = (await readRows(of, table)).length
  return counts
}

describe('what ended before the horizon', () => {
  test('goes from every table of intervals, and what is current or ended later stays', async () => {
    const world = await createOrganisation()
    const connection = await world.connection({ publishedAt: ago(1) })
    await addRun(world.actor, connection.id, 1)
    await addFacts(world, connection, { from: ago(400), until: null })
    await addFacts(world, connection, { from: ago(400), until: ago(80) })
    const kept = Object.fromEntries(
      await Promise.all((await listIntervalTables()).map(async (table) => [table, await readRows(world.actor, table)])),
    )
    await addFacts(world, connection, { from: ago(400), until: ago(95) })
    const before = await countRows(world.actor)

    const deleted = await pruneHistory(NEVER)
    expect(deleted).toEqual(Object.fromEntries(Object.keys(before).map((table) => [table, 1])))
    for (const table of Object.keys(before)) expect(await readRows(world.actor, table)).toEqual(kept[table])
    expect(await stateOf(world.actor)).toMatchObject({
      historyPrunedTo: horizon,
      historyPrunedAfter: '90_days',
      historyPruning: false,
    })
    expect(await pruneHistory(NEVER)).toEqual({})
  })

  test('stays as long as a connection shows it, which was read last before that', async () => {
    const world = await createOrganisation()
    const stale = await world.connection({ publishedAt: ago(1100) })
    await addFacts(world, stale, { from: ago(1200), until: ago(1000) })
    // Another connection that is read with the same account goes on, and shows what has changed since.
    const live = await world.connection({ publishedAt: ago(1), beside: stale })
    await addFacts(world, live, { from: ago(1200), until: ago(1000) })
    await addRun(world.actor, live.id, 1)
    const before = await countRows(world.actor)

    await pruneHistory(NEVER)
    const after = await countRows(world.actor)
    expect(after).toEqual({
      ...before,
      // Of the live connection's node and chain. The directory is the same for both.
      assignments: 1,
      connection_nodes: 3,
      deny_assignments: 1,
      holders: 1,
    })
    expect(await readHistoryBegin(world.actor, stale.id)).toMatchObject({ since: horizon, isPruned: true })
  })

  test('stays where a connection showed it at the horizon, although it has published since', async () => {
    const world = await createOrganisation()
    const connection = await world.connection({ publishedAt: ago(10) })
    for (const days of [200, 120, 10]) await addRun(world.actor, connection.id, days)
    await addFacts(world, connection, { from: ago(300), until: ago(150) })
    await addFacts(world, connection, { from: ago(300), until: ago(110) })
    const before = await countRows(world.actor)
    await pruneHistory(NEVER)
    const after = await countRows(world.actor)
    for (const [table, rows] of Object.entries(before)) expect(after[table], table).toBe(rows - 1)
  })

  test('goes too when a run fails at it in between, since only results are shown', async () => {
    const world = await createOrganisation()
    const connection = await world.connection({ publishedAt: ago(10) })
    await addRun(world.actor, connection.id, 100, 'failed')
    await addRun(world.actor, connection.id, 10)
    await addFacts(world, connection, { from: ago(300), until: ago(99) })
    expect(await pruneHistory(NEVER)).toMatchObject({ assignments: 1, holders: 1, sync_runs: 1 })
  })
})

describe('runs', () => {
  test('go when they ended before the horizon, but not those of results that can be asked, nor those that are named', async () => {
    const world = await createOrganisation()
    const { actor } = world
    const connection = await world.connection({ publishedAt: ago(10) })
    const stale = await world.connection({ publishedAt: ago(500) })
    const [, failed, atHorizon] = [
      await addRun(actor, connection.id, 200),
      await addRun(actor, connection.id, 95, 'failed'),
      await addRun(actor, connection.id, 120),
    ]
    const later = [await addRun(actor, connection.id, 80, 'failed'), await addRun(actor, connection.id, 10)]
    const published = await addRun(actor, stale.id, 500)
    await database.db.update(connections).set({ publishedRunId: published }).where(eq(connections.id, stale.id))
    const first = await addRun(actor, connection.id, 300)
    const [person, role] = [await world.principal(), await world.role('Reader')]
    await world.assign(connection.id, { to: person, role })
    await database.db
      .update(assignments)
      .set({ fromRunId: first })
      .where(eq(assignments.organisationId, actor.organisationId))

    expect(await pruneHistory(NEVER)).toEqual({ sync_runs: 2 })
    const left = (await readRows(actor, 'sync_runs')).map(({ id }) => id)
    expect(left.sort()).toEqual([atHorizon, ...later, published, first].sort())
    expect(left).not.toContain(failed)
  })
})

/** An end that comes once so many batches have been made. */
const endingAfter = (batches: number) => {
  let asked = 0
  return new Proxy(new AbortController().signal, {
    get: (signal, property) => (property === 'aborted' ? asked++ >= batches : Reflect.get(signal, property)),
  })
}

describe('a prune that is broken off', () => {
  test('has told the horizon before rows are gone, and is finished by the next', async () => {
    const world = await createOrganisation()
    const connection = await world.connection({ publishedAt: ago(1) })
    await database.db
      .update(connections)
      .set({ historyBeginsAt: ago(400) })
      .where(eq(connections.id, connection.id))
    await addRun(world.actor, connection.id, 1)
    for (let made = 0; made < 3; made++) await addFacts(world, connection, { from: ago(400), until: ago(100) })
    const before = await countRows(world.actor)
    expect(await readHistoryBegin(world.actor, connection.id)).toEqual({
      ...{ since: ago(400), isPruned: false, prunedAfter: null, kept: '90_days' },
    })

    expect(await pruneHistory(endingAfter(1))).toEqual({ holders: 3 })
    expect(await countRows(world.actor)).toEqual({ ...before, holders: 0 })
    expect(await stateOf(world.actor)).toMatchObject({ historyPruning: true })
    const told = { since: horizon, isPruned: true, prunedAfter: '90_days', kept: '90_days' }
    expect(await readHistoryBegin(world.actor, connection.id)).toEqual(told)

    // What was begun is brought to its end, also where more is kept from now on: it could not be asked whole.
    await keep(world.actor, 'for_ever')
    await pruneHistory(NEVER)
    const left = Object.fromEntries(Object.keys(before).map((table) => [table, 0]))
    expect(await countRows(world.actor)).toEqual({ ...left, connection_nodes: 1 })
    expect(await stateOf(world.actor)).toMatchObject({ historyPruning: false, historyPrunedTo: horizon })
    expect(await readHistoryBegin(world.actor, connection.id)).toEqual({ ...told, kept: 'for_ever' })
  })

  test('whose first batch fails has told nothing and deleted nothing', async () => {
    const world = await createOrganisation()
    const connection = await world.connection({ publishedAt: ago(1) })
    await addFacts(world, connection, { from: ago(400), until: ago(100) })
    const before = await countRows(world.actor)
    await database.asOwner(`create function refuse() returns trigger language plpgsql as $$ begin raise 'No.'; end $$`)
    await database.asOwner(`create trigger refuse before delete on holders execute function refuse()`)
    await expect(pruneHistory(NEVER)).rejects.toThrow()
    await database.asOwner(`drop trigger refuse on holders`)
    expect(await countRows(world.actor)).toEqual(before)
    expect(await stateOf(world.actor)).toMatchObject({ historyPrunedTo: null, historyPruning: false })
    await pruneHistory(NEVER)
  })

  test('deletes a thousand rows in one transaction at most', async () => {
    const world = await createOrganisation()
    const { id, accountId } = await world.connection({ publishedAt: ago(1) })
    const own = { organisationId: world.actor.organisationId, accountId, groupId: id, memberKind: 'user' as const }
    await database.db.insert(groupMembers).values(
      Array.from({ length: 2500 }, (_, n) => ({
        ...{ ...own, memberId: `${n}`, validFrom: ago(400), validTo: ago(100 + (n % 50)) },
      })),
    )
    for (const [ending, rows] of [
      [endingAfter(1), 1000],
      [endingAfter(1), 1000],
      [NEVER, 500],
    ] as const)
      expect(await pruneHistory(ending)).toEqual({ group_members: rows })
  })
})

describe('organisations', () => {
  test('are pruned each by what it keeps itself, and one that keeps for ever not at all', async () => {
    const worlds = [await createOrganisation('90_days'), await createOrganisation('3_years')]
    worlds.push(await createOrganisation('for_ever'))
    for (const world of worlds) {
      const connection = await world.connection({ publishedAt: ago(1) })
      await addRun(world.actor, connection.id, 1)
      for (const days of [100, 800, 1200]) await addFacts(world, connection, { from: ago(2000), until: ago(days) })
    }
    await pruneHistory(NEVER)
    const left = await Promise.all(worlds.map(async ({ actor }) => (await countRows(actor)).assignments))
    expect(left).toEqual([0, 2, 3])
    const [, years, forEver] = await Promise.all(worlds.map(({ actor }) => stateOf(actor)))
    expect(years).toMatchObject({ historyPrunedAfter: '3_years', historyPruning: false })
    expect(forEver).toMatchObject({ historyPrunedTo: null, historyPruning: false })
  })

  test('that keep more from now on get back nothing, and their horizon stays where it is', async () => {
    const world = await createOrganisation('90_days')
    await pruneHistory(NEVER)
    await keep(world.actor, '7_years')
    await pruneHistory(NEVER)
    expect(await stateOf(world.actor)).toMatchObject({ historyPrunedTo: horizon, historyPrunedAfter: '90_days' })
    await keep(world.actor, '1_year')
    await pruneHistory(NEVER)
    expect(await stateOf(world.actor)).toMatchObject({ historyPrunedTo: horizon, historyPrunedAfter: '90_days' })
  })
})

/** Days that are chosen at random around a horizon of 90 days, so that many of them meet. */
const day = fc.integer({ min: 1, max: 40 }).map((n) => n * 5)
const ofOwner = fc.nat({ max: 2 })
const interval = fc.record({ owner: ofOwner, began: day, lasted: fc.option(day) })
const history = fc.record({
  intervals: fc.array(interval, { minLength: 10, maxLength: 30 }),
  /** Nodes above the subscriptions, each at one of three places. */
  chain: fc.uniqueArray(
    interval.chain((one) => fc.nat({ max: 2 }).map((place) => ({ ...one, place }))),
    { maxLength: 6, selector: ({ owner, place }) => `${owner} ${place}` },
  ),
  publishes: fc.array(fc.record({ owner: ofOwner, days: day }), { minLength: 1, maxLength: 12 }),
})

type Facts = Record<string, Row[]>
const at = (moment: unknown) => Date.parse(String(moment))
const isHeldAt = (moment: number) => (row: Row) =>
  at(row.valid_from) <= moment && (row.valid_to === null || at(row.valid_to) > moment)

/** What each connection shows as of a moment: all that was valid when it had published last. */
function listShownAt(facts: Facts, moment: number): Facts[] {
  const { connections: all = [], nodes = [], sync_runs: runs = [], connection_nodes: chains = [] } = facts
  return all.map(({ id }) => {
    const results = runs.filter((run) => run.connection_id === id && at(run.finished_at) <= moment)
    const last = Math.max(...results.map((run) => at(run.finished_at)))
    const chain = chains.filter((link) => link.connection_id === id && isHeldAt(last)(link))
    const nodeIds = chain.map((link) => link.node_id)
    const accountIds = nodes.filter((node) => nodeIds.includes(node.id)).map((node) => node.account_id)
    const isShown = (row: Row) =>
      isHeldAt(last)(row) && (row.node_id ? nodeIds.includes(row.node_id) : accountIds.includes(row.account_id))
    const shown: Facts = { chain, run: results.filter((run) => at(run.finished_at) === last) }
    for (const table of OF_OWNERS) shown[table] = (facts[table] ?? []).filter(isShown)
    return shown
  })
}

const OF_OWNERS = [
  ...['assignments', 'deny_assignments', 'holders'],
  ...['directory_groups', 'group_members', 'group_owners', 'group_nesting'],
]

test('whatever the history was, each moment from the horizon on shows the same before and after', async () => {
  await fc.assert(
    fc.asyncProperty(history, async ({ intervals, chain, publishes }) => {
      const world = await createOrganisation()
      const { organisationId } = world.actor
      // The first two are read with one account.
      const first = await world.connection({ publishedAt: null })
      const made = [first, await world.connection({ publishedAt: null, beside: first })]
      made.push(await world.connection({ publishedAt: null }))
      const published = new Map<number, number>()
      for (const { owner, days } of new Map(publishes.map((one) => [`${one.owner} ${one.days}`, one])).values()) {
        await addRun(world.actor, made[owner]?.id ?? '', days)
        published.set(owner, Math.min(days, published.get(owner) ?? days))
      }
      for (const [owner, days] of published)
        await database.db
          .update(connections)
          .set({ publishedAt: ago(days) })
          .where(eq(connections.id, made[owner]?.id ?? ''))
      const times = ({ began, lasted }: { began: number; lasted: number | null }) => {
        const end = lasted === null ? null : began - lasted
        return { validFrom: ago(began), validTo: end === null || end <= 0 ? null : ago(end) }
      }
      for (const one of chain) {
        const { validFrom, validTo } = times(one)
        const connection = made[one.owner]
        if (connection) await world.nodeAbove(connection, `/${one.place}`, { from: validFrom, until: validTo })
      }
      const nodes = await readRows(world.actor, 'nodes')
      const ROLE = { tenantId: 't', scope: '/', scopeLevel: 'root' as const }
      const atNodes = intervals.map((one, n) => ({
        ...{ organisationId, nodeId: String(nodes[n % nodes.length]?.id), key: `${n}`, principalId: `${n}` },
        ...{ ...ROLE, ...times(one) },
      }))
      const ofGroups = intervals.map((one, n) => ({
        ...{ organisationId, accountId: made[one.owner]?.accountId ?? '', groupId: `${n}`, ...times(one) },
      }))
      const each = <Row, More extends object>(rows: Row[], more: More) => rows.map((row) => ({ ...row, ...more }))
      await database.db
        .insert(assignments)
        .values(each(atNodes, { principalKind: 'user' as const, roleId: 'r', fromRunId: randomUUID() }))
      await database.db.insert(holders).values(
        each(atNodes, {
          ...{
            kind: 'user' as const,
            status: 'active' as const,
            guest: false,
            sortName: 'm',
            strongest: 1,
            roleId: 'r',
          },
          ...{ assignmentKind: 'active' as const, rank: 0, grants: 1, direct: 1, eligible: 0, signals: 0 },
          ...{ groupIds: [], heldRoleIds: [], eligibleRoleIds: [] },
        }),
      )
      const lists = { permissions: [], principals: [], excluded: [] }
      await database.db
        .insert(denyAssignments)
        .values(each(atNodes, { ...lists, name: 'n', sparesChildren: false, systemProtected: false }))
      await database.db.insert(directoryGroups).values(each(ofGroups, { state: 'whole' as const }))
      await database.db.insert(groupMembers).values(each(ofGroups, { memberId: 'm', memberKind: 'user' as const }))
      await database.db.insert(groupNesting).values(each(ofGroups, { innerId: 'i', depth: 1 }))
      await database.db
        .insert(groupOwners)
        .values(each(ofGroups, { ownerId: 'o', ownerKind: 'user' as const, ownership: 'active' as const }))

      const readFacts = async (): Promise<Facts> =>
        Object.fromEntries(
          await Promise.all(
            ['connections', 'nodes', 'sync_runs', 'connection_nodes', ...OF_OWNERS].map(
              async (table) => [table, await readRows(world.actor, table)] as const,
            ),
          ),
        )
      const before = await readFacts()
      await pruneHistory(NEVER)
      const after = await readFacts()
      const horizon = (await stateOf(world.actor))?.historyPrunedTo?.getTime() ?? 0
      const moments = [horizon, horizon + 1, ...Array.from({ length: 19 }, (_, n) => ago(n * 5).getTime())]
      for (const moment of moments) expect(listShownAt(after, moment)).toEqual(listShownAt(before, moment))

      // And nothing else of what had ended is left.
      const atHorizon = listShownAt(before, horizon)
      for (const table of [...OF_OWNERS, 'connection_nodes']) {
        const isNeeded = (row: Row) =>
          row.valid_to === null ||
          at(row.valid_to) > horizon ||
          atHorizon.some((shown) => (shown[table] ?? shown.chain ?? []).includes(row))
        expect(after[table], table).toEqual((before[table] ?? []).filter(isNeeded))
      }
      return true
    }),
    { numRuns: 25 },
  )
}, 120_000)

test('changes from before the horizon go with what they did, and later ones stay', async () => {
  const world = await createOrganisation()
  const { id } = await world.connection()
  const [person, role] = [await world.principal(), await world.role('Reader')]
  const made = { to: person, role, key: 'an assignment' }
  const [old, recent] = [await world.change(id, made), await world.change(id, made)]
  await database.db
    .update(changes)
    .set({ at: ago(100) })
    .where(eq(changes.id, old))
  await database.db
    .update(changes)
    .set({ at: ago(10) })
    .where(eq(changes.id, recent))
  expect(await pruneHistory(NEVER)).toMatchObject({ changes: 1 })
  expect((await readRows(world.actor, 'changes')).map((row) => row.id)).toEqual([recent])
  expect((await readRows(world.actor, 'change_effects')).map((row) => row.change_id)).toEqual([recent])
})
