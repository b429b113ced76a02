import { randomUUID } from 'node:crypto'
import { and, eq } from 'drizzle-orm'
import { afterAll, describe, expect, test } from 'vitest'
import { accounts } from '@/db/schema/accounts'
import { connections } from '@/db/schema/connections'
import { syncRuns } from '@/db/schema/runs'
import { ATTENTION_STATES, connectionStatus } from '@/lib/domain/connection-status'
import type { Cursor, FleetGrouping, FleetSort } from '@/lib/domain/views'
import {
  ACCOUNT_STATES,
  CONNECTION_STATES,
  CONNECTION_STATUSES,
  type CoverageLine,
  type ManagementGroup,
  SCHEDULES,
} from '@/lib/domain/vocabulary'
import { createAccessWorld } from '@/testing/access-world'
import { createTestDatabase } from '@/testing/database'
import { listConnections } from './connections'
import { countAttention, countFleet, type FleetFilter, listFleet } from './fleet'

const database = await createTestDatabase()
afterAll(() => database.close())

type World = Awaited<ReturnType<typeof createAccessWorld>>
const ALL: FleetFilter = { search: '', states: null }
const FIRST = { grouping: 'none', cursor: null, sort: 'need' } as const
const HOUR = 3_600_000
const ago = (hours: number) => new Date(Date.now() - hours * HOUR)
const GAP: CoverageLine = { dataset: 'groups', state: 'not_readable', read: 0, missing: 1 }

async function addRun(
  { actor }: World,
  connectionId: string,
  state: 'queued' | 'running' | 'succeeded' | 'failed',
  gaps = false,
) {
  await database.db.insert(syncRuns).values({
    ...{ organisationId: actor.organisationId, connectionId, id: randomUUID(), trigger: 'schedule', state, gaps },
    coverage: gaps ? [GAP] : [],
    problem: state === 'failed' ? { code: 'azure_unreachable', at: '' } : null,
  })
}

/** Every page in turn. */
async function readAll(
  world: World,
  filter = ALL,
  grouping: FleetGrouping = 'none',
  limit = 7,
  sort: FleetSort = 'name',
) {
  const rows: Awaited<ReturnType<typeof listFleet>>['rows'] = []
  for (let cursor: Cursor | null = null; ; ) {
    const page: Awaited<ReturnType<typeof listFleet>> = await listFleet(
      world.actor,
      filter,
      { grouping, cursor, sort },
      limit,
    )
    rows.push(...page.rows)
    if (!page.next) return rows
    cursor = page.next
  }
}

test('the database works out the same state of a connection as a page does, whatever the facts are', async () => {
  const world = await createAccessWorld(database.db)
  const states = CONNECTION_STATES.filter((state) => state !== 'deleting')
  const ages = [null, 1, 3, 13, 49, 200]
  const runs = [[], ['failed'], ['succeeded'], ['gaps'], ['failed', 'running'], ['succeeded', 'queued']]
  let made = 0
  for (const state of states)
    for (const schedule of SCHEDULES)
      for (const age of ages)
        for (const run of runs) {
          const publishedAt = age === null ? null : ago(age)
          const { id, accountId } = await world.connection({ label: `C ${made}`, state, publishedAt })
          const account = ACCOUNT_STATES[made++ % 5] ?? 'active'
          await database.db
            .update(accounts)
            .set({ state: account, stateReason: account === 'reconnect_needed' ? 'sign_in_revoked' : null })
            .where(eq(accounts.id, accountId))
          await database.db.update(connections).set({ schedule }).where(eq(connections.id, id))
          for (const one of run)
            await addRun(world, id, one === 'gaps' ? 'succeeded' : (one as 'failed'), one === 'gaps')
        }
  const expected = new Map<string, number>()
  for (const row of await listConnections(world.actor)) {
    const { state } = connectionStatus(row)
    expected.set(state, (expected.get(state) ?? 0) + 1)
  }
  expect([...expected.keys()].sort()).toEqual([...CONNECTION_STATUSES].sort())
  const counts = await countFleet(world.actor, { search: '' }, 'none')
  expect(new Map(counts.map(({ state, all }) => [state, all]))).toEqual(expected)
  const needing = ATTENTION_STATES.reduce((sum, state) => sum + (expected.get(state) ?? 0), 0)
  expect(await countAttention(world.actor)).toBe(needing)
  for (const [state, count] of expected) {
    const found = await readAll(world, { ...ALL, states: [state as 'synced'] }, 'none', 60)
    expect(found.map((row) => connectionStatus(row).state)).toEqual(Array(count).fill(state))
  }
})

describe('many connections', () => {
  async function fleet() {
    const world = await createAccessWorld(database.db)
    const groups: (ManagementGroup[] | null)[] = [
      [
        { id: 'root', name: 'Root' },
        { id: 'b', name: 'Beta' },
      ],
      [
        { id: 'root', name: 'Root' },
        { id: 'a', name: 'Alpha' },
      ],
      null,
    ]
    for (let index = 0; index < 30; index++) {
      const managementGroups = groups[index % 3] ?? null
      const { id } = await world.connection({
        label: `Sub ${String(index).padStart(2, '0')}`,
        managementGroups,
        publishedAt: ago(1),
      })
      if (index === 15) await addRun(world, id, 'failed')
      if (index === 4) await addRun(world, id, 'queued')
    }
    return world
  }

  test('come in pages, each of them once, by label or those first that somebody should look at, and lead back', async () => {
    const world = await fleet()
    const byLabel = (await readAll(world)).map(({ label }) => label)
    expect(byLabel).toEqual([...byLabel].sort())
    const rows = await readAll(world, ALL, 'none', 7, 'need')
    expect(new Set(rows.map(({ id }) => id)).size).toBe(30)
    expect(await countAttention(world.actor)).toBe(1)
    expect(rows.slice(0, 3).map(({ label }) => label)).toEqual(['Sub 15', 'Sub 00', 'Sub 01'])
    const first = await listFleet(world.actor, ALL, FIRST, 10)
    const second = await listFleet(world.actor, ALL, { ...FIRST, cursor: first.next }, 10)
    const back = await listFleet(world.actor, ALL, { ...FIRST, cursor: second.previous }, 10)
    expect(back.rows.map(({ id }) => id)).toEqual(first.rows.map(({ id }) => id))
  })

  test('are put together by management group, the ones that need somebody first and what is not known last', async () => {
    const world = await fleet()
    const rows = await readAll(world, ALL, 'management', 7, 'need')
    expect(rows).toHaveLength(30)
    expect([...new Set(rows.map(({ groupName }) => groupName))]).toEqual(['Beta', 'Alpha', ''])
    expect(rows.slice(0, 2).map(({ label }) => label)).toEqual(['Sub 15', 'Sub 00'])
    expect(rows.slice(10, 12).map(({ label }) => label)).toEqual(['Sub 01', 'Sub 04'])
    const byName = await readAll(world, ALL, 'management')
    expect([...new Set(byName.map(({ groupName }) => groupName))]).toEqual(['Alpha', 'Beta', ''])
    expect(byName.slice(10, 12).map(({ label }) => label)).toEqual(['Sub 00', 'Sub 03'])
  })

  test('are put together by account, counted in each state, and narrowed to one account', async () => {
    const world = await fleet()
    const [one] = await database.db
      .select({ accountId: connections.accountId })
      .from(connections)
      .where(and(eq(connections.organisationId, world.actor.organisationId), eq(connections.label, 'Sub 04')))
    const counts = await countFleet(world.actor, { search: '', accountId: one?.accountId }, 'account')
    expect(counts).toEqual([{ groupKey: one?.accountId, state: 'syncing', all: 1, matching: 1, waiting: 1 }])
    const only = await listFleet(world.actor, { ...ALL, accountId: one?.accountId }, FIRST)
    expect(only.rows.map(({ label }) => label)).toEqual(['Sub 04'])
    expect((await readAll(world, ALL, 'account')).length).toBe(30)
    expect(await countFleet(world.actor, { search: '', accountId: 'odd' }, 'account')).toEqual([])
  })

  test('of one account say how many others wait for its sign-in, and those with a need of their own do not', async () => {
    const world = await createAccessWorld(database.db)
    const first = await world.connection({ label: 'A', publishedAt: ago(1) })
    for (const label of ['B', 'C']) await world.connection({ label, publishedAt: ago(1), beside: first })
    await world.connection({ label: 'D', publishedAt: ago(1), beside: first, state: 'action_needed' })
    await world.connection({ label: 'E', publishedAt: ago(1), beside: first, state: 'disconnected' })
    await world.connection({ label: 'F', publishedAt: ago(1) })
    const waiting = async () => (await readAll(world)).map(({ label, othersWaiting }) => `${label} ${othersWaiting}`)
    expect(await waiting()).toEqual(['A 0', 'B 0', 'C 0', 'D 0', 'E 0', 'F 0'])
    await database.db
      .update(accounts)
      .set({ state: 'reconnect_needed', stateReason: 'sign_in_revoked' })
      .where(eq(accounts.id, first.accountId))
    expect(await waiting()).toEqual(['A 2', 'B 2', 'C 2', 'D 0', 'E 0', 'F 0'])
    const found = await readAll(world, { ...ALL, search: 'B subscription' })
    expect(found.map(({ othersWaiting }) => othersWaiting)).toEqual([2])
  })

  test('are ordered by the numbers in their labels, and not by the first digit', async () => {
    const world = await createAccessWorld(database.db)
    const labels = ['Sub 2', 'Sub 10', 'sub 100', 'Sub 10 b', 'Sub', 'Sub 2024-12-31', 'Sub 2024-2-1']
    for (const label of labels) await world.connection({ label })
    const rows = await readAll(world, ALL, 'none', 2)
    expect(rows.map(({ label }) => label)).toEqual([
      ...['Sub', 'Sub 2', 'Sub 10', 'Sub 10 b', 'sub 100', 'Sub 2024-2-1', 'Sub 2024-12-31'],
    ])
  })

  test('are found by label, organisation, account and management group, and the counts say how many', async () => {
    const world = await fleet()
    const found = async (search: string) => (await readAll(world, { ...ALL, search })).length
    expect(await Promise.all(['sub 1', 'contoso', 'admin@', 'alpha', 'root', 'name', '%'].map(found))).toEqual([
      ...[10, 30, 30, 10, 20, 0, 0],
    ])
    const counts = await countFleet(world.actor, { search: 'sub 1' }, 'none')
    expect(counts.reduce((sum, one) => sum + one.all, 0)).toBe(30)
    expect(counts.reduce((sum, one) => sum + one.matching, 0)).toBe(10)
  })

  test('are shown from the first page on when the address names a place that is none', async () => {
    const world = await fleet()
    const odd: Cursor[] = [
      { at: ['x'], side: 'after' },
      { at: ['9', 'zz', randomUUID()], side: 'after' },
      { at: ['0', 'a', 'b'], side: 'after' },
    ]
    for (const cursor of odd)
      expect((await listFleet(world.actor, ALL, { ...FIRST, cursor })).rows[0]?.label).toBe('Sub 15')
  })
})
