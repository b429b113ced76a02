import { Client } from 'pg'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { findAllResults } from '@/lib/past-results'
import { createAccessWorld, PUBLISHED } from '@/testing/access-world'
import { createTestDatabase } from '@/testing/database'
import { createLargeAccess } from '@/testing/large-access'
import { listCells } from './cells'
import { listFoundGroups, listFoundPeople } from './found'
import { listMatchingGrants } from './grants'
import { getGroup, listGroups } from './groups'
import { ALL_PEOPLE, countHolders, listHolders } from './holders'
import { listAuditEvents } from './organisation'
import { countPeople, listPeople } from './people'
import { getPerson } from './person'
import { getPersonAccess } from './person-access'
import { getResultTimes, listDeletedSince, listResultsAt } from './results-at'
import { listRuns } from './runs'

/** The tables that grow with what customers have, and of which a page must never read more than its own part. */
const LARGE = [
  'assignments',
  'audit_events',
  'directory_groups',
  'group_members',
  'group_nesting',
  'holders',
  'principals',
  'sync_runs',
]
const ORGANISATIONS = 16

type Plan = { 'Node Type': string; 'Relation Name'?: string; Plans?: Plan[] }

/** All nodes of a plan. */
const nodesOf = (plan: Plan): Plan[] => [plan, ...(plan.Plans ?? []).flatMap(nodesOf)]

describe.runIf(process.env.TEST_DATABASE_URL)('with many organisations in one PostgreSQL', () => {
  let database: Awaited<ReturnType<typeof createTestDatabase>>
  let own: Awaited<ReturnType<typeof createLargeAccess>>
  let firstIds: string[]
  let groupId: string
  beforeAll(async () => {
    database = await createTestDatabase()
    const size = { people: 2_000, groups: 60, runs: 300, events: 1_000 }
    for (let made = 0; made < ORGANISATIONS; made++) own = await createLargeAccess(database.db, size)
    const { rows } = await listHolders(own.actor, own.connection, ALL_PEOPLE)
    firstIds = rows.map(({ principalId }) => principalId)
    groupId = (await listGroups(own.actor, own.connection, { search: '', cursor: null })).rows[0]?.id ?? ''
  })
  afterAll(() => database.close())
  const pool = () => {
    if (database.engine.kind !== 'server') throw new Error('This is about PostgreSQL.')
    return database.engine.pool
  }

  /** The statements that a read makes, without those that begin and end a transaction. */
  async function listStatements(read: () => Promise<unknown>): Promise<[{ text: string }, unknown[]][]> {
    const query = vi.spyOn(Client.prototype, 'query')
    await read()
    const asked = query.mock.calls
      .map((call) => call as unknown as [{ text: string }, unknown[]])
      .filter(([{ text = '' }]) => /^\s*(select|with)/.test(text))
    query.mockRestore()
    expect(asked).not.toEqual([])
    return asked
  }

  /** What the statements of a read would scan: each table that is large, and whether from end to end or by an index. */
  async function readScans(read: () => Promise<unknown>): Promise<{ whole: string[]; byIndex: string[] }> {
    const asked = await listStatements(read)
    const nodes: Plan[] = []
    for (const [{ text }, values] of asked) {
      const { rows } = await pool().query(`explain (format json) ${text}`, values)
      nodes.push(...rows[0]['QUERY PLAN'].flatMap((one: { Plan: Plan }) => nodesOf(one.Plan)))
    }
    const scans = nodes.filter((node) => LARGE.includes(node['Relation Name'] ?? ''))
    const tablesOf = (some: Plan[]) => [...new Set(some.map((node) => node['Relation Name'] ?? ''))].sort()
    return {
      whole: tablesOf(scans.filter((node) => node['Node Type'] === 'Seq Scan')),
      byIndex: tablesOf(scans.filter((node) => node['Node Type'] !== 'Seq Scan')),
    }
  }

  const LONG_BEFORE = new Date(PUBLISHED.getTime() - 100 * 60 * 60_000)
  const then = () => ({ at: PUBLISHED, of: [{ ...own.connection, publishedAt: PUBLISHED }] })
  const MIDDLE = { at: ['person 500', 'person 500'], side: 'after' as const }
  const reads: [string, string, () => Promise<unknown>][] = [
    ['the people of a subscription', 'holders', () => listHolders(own.actor, own.connection, ALL_PEOPLE)],
    [
      'a later page of them',
      'holders',
      () => listHolders(own.actor, own.connection, { ...ALL_PEOPLE, cursor: MIDDLE }),
    ],
    [
      'those whose name is typed',
      'principals',
      () => listHolders(own.actor, own.connection, { ...ALL_PEOPLE, search: 'person 77' }),
    ],
    [
      'those with a role',
      'assignments',
      () => listHolders(own.actor, own.connection, { ...ALL_PEOPLE, roleIds: [own.role], held: 'held' }),
    ],
    ['how many they are', 'holders', () => countHolders(own.actor, own.connection, ALL_PEOPLE)],
    [
      'how many have a role',
      'assignments',
      () => countHolders(own.actor, own.connection, { ...ALL_PEOPLE, held: 'held' }),
    ],
    [
      'the grants of a page of people',
      'group_members',
      () => listMatchingGrants(own.actor, own.connection, firstIds, ALL_PEOPLE),
    ],
    ['the access of a person', 'group_members', () => getPersonAccess(own.actor, own.connection, firstIds[0] ?? '')],
    ['the people of all subscriptions', 'holders', () => listPeople(own.actor, 'now', { ...ALL_PEOPLE, held: null })],
    ['how many people there are', 'holders', () => countPeople(own.actor, 'now', { ...ALL_PEOPLE, held: null })],
    [
      'the cells of the matrix',
      'holders',
      () =>
        listCells(
          own.actor,
          'now',
          firstIds.map((id) => ({ id, tenantId: own.tenantId })),
        ),
    ],
    ['the people as of a moment', 'holders', () => listPeople(own.actor, then(), { ...ALL_PEOPLE, held: null })],
    ['how many people there were', 'holders', () => countPeople(own.actor, then(), { ...ALL_PEOPLE, held: null })],
    [
      'how many could grant access then',
      'holders',
      () => countPeople(own.actor, then(), { ...ALL_PEOPLE, held: null, signal: 'can_grant' }),
    ],
    [
      'the cells of the matrix as of a moment',
      'holders',
      () =>
        listCells(
          own.actor,
          then(),
          firstIds.map((id) => ({ id, tenantId: own.tenantId })),
        ),
    ],
    ['the page of a person as of a moment', 'group_members', () => getPerson(own.actor, then(), firstIds[0] ?? '')],
    ['the results of a moment', 'sync_runs', () => listResultsAt(own.actor, LONG_BEFORE)],
    ['when results were published around a moment', 'sync_runs', () => getResultTimes(own.actor, LONG_BEFORE)],
    ['what was deleted since', 'audit_events', () => listDeletedSince(own.actor, LONG_BEFORE)],
    ['the page of a person', 'group_members', () => getPerson(own.actor, 'now', firstIds[0] ?? '')],
    ['the groups', 'directory_groups', () => listGroups(own.actor, own.connection, { search: '', cursor: null })],
    ['a group with its members', 'group_members', () => getGroup(own.actor, own.connection, groupId)],
    ['who is found by a part of their name', 'principals', () => listFoundPeople(own.actor, 'person 77')],
    ['which groups are found so', 'principals', () => listFoundGroups(own.actor, 'up 7')],
    ['the runs', 'sync_runs', () => listRuns(own.actor, own.connection.id, null)],
    ['the audit log', 'audit_events', () => listAuditEvents(own.actor, { kind: 'change', cursor: null })],
    [
      'a later page of it',
      'audit_events',
      () => listAuditEvents(own.actor, { kind: 'change', cursor: { side: 'older', seq: 500 } }),
    ],
  ]

  test.each(reads)('%s: no large table is read from end to end', async (_, mostRead, read) => {
    const { whole, byIndex } = await readScans(read)
    expect(whole).toEqual([])
    expect(byIndex).toContain(mostRead)
  })

  test('what all subscriptions show is found in as many statements, however many there are, now and as of a moment', async () => {
    const world = await createAccessWorld(database.db)
    const count = async (at: string) => (await listStatements(() => findAllResults(world.actor, at))).length
    for (const at of ['', '2026-03-02']) {
      await world.publishedRun((await world.connection()).id)
      const few = await count(at)
      for (let made = 0; made < 12; made++) await world.publishedRun((await world.connection()).id)
      expect(await count(at)).toBe(few)
    }
  })
})
