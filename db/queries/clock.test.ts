import { globSync, readFileSync } from 'node:fs'
import { and, eq, lte, sql } from 'drizzle-orm'
import { createElement } from 'react'
import { renderToString } from 'react-dom/server'
import { afterAll, afterEach, describe, expect, test, vi } from 'vitest'
import { toTile } from '@/app/(portal)/integrations/(tiles)/tile-view'
import { ClockProvider } from '@/components/ui/clock'
import { RelativeTime } from '@/components/ui/time'
import { connections } from '@/db/schema/connections'
import { connectionStatus } from '@/lib/domain/connection-status'
import { createAccessWorld } from '@/testing/access-world'
import { createTestDatabase } from '@/testing/database'
import { nowAsStored, readDatabaseNow } from './clock'
import { getConnection } from './connections'
import { countFleet, listFleet } from './fleet'

const MINUTE = 60_000

const database = await createTestDatabase()
afterAll(() => database.close())
afterEach(() => {
  vi.useRealTimers()
})

/** Lets the clock of this process go wrong. Only that: timers run on. The embedded database has the clock of its process. */
const shiftClock = (minutes: number) =>
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + minutes * MINUTE, shouldAdvanceTime: true })

describe.each([-10, 0, 10])('with the clock of the process %i minutes off', (minutes) => {
  test('each connection is in the state that the database’s clock says', async () => {
    shiftClock(minutes)
    const world = await createAccessWorld(database.db)
    const ages = { 'just before': 115, 'just after': 125, fresh: 1 }
    for (const [label, age] of Object.entries(ages)) {
      const { id } = await world.connection({ label })
      await database.db
        .update(connections)
        .set({ schedule: 'hourly', publishedAt: sql`now() - make_interval(mins => ${age})` })
        .where(eq(connections.id, id))
    }

    const { rows } = await listFleet(world.actor, { search: '', states: null }, { grouping: 'none', cursor: null })
    const organisation = { tenantId: world.tenantId, organisationName: 'Contoso' }
    const tiles = rows.map((row) => toTile(row, organisation))
    expect(Object.fromEntries(tiles.map(({ label, status }) => [label, status.word]))).toEqual({
      'just before': 'Synced',
      'just after': 'Stale',
      fresh: 'Synced',
    })
    const counts = await countFleet(world.actor, { search: '' }, 'none')
    expect(Object.fromEntries(counts.map(({ state, all }) => [state, all]))).toEqual({ synced: 2, stale: 1 })
    for (const { id, label } of rows) {
      const connection = await getConnection(world.actor, id)
      const age = connection && connection.now.getTime() - (connection.publishedAt?.getTime() ?? 0)
      expect(Math.round((age ?? 0) / MINUTE)).toBe(ages[label as keyof typeof ages])
      expect(connection && connectionStatus(connection).state).toBe(label === 'just after' ? 'stale' : 'synced')
    }
  })

  test('a page says how long ago something was by the database’s clock', async () => {
    const now = await readDatabaseNow()
    shiftClock(minutes)
    const at = new Date(now.getTime() - 4 * MINUTE)
    const shown = renderToString(
      createElement(ClockProvider, { now: now.getTime() }, createElement(RelativeTime, { at })),
    )
    expect(shown).toContain('>4 min ago<')
  })
})

test('what is made due now is due at once, however the time is rounded when it is stored', async () => {
  const world = await createAccessWorld(database.db)
  const { id } = await world.connection({})
  const own = eq(connections.id, id)
  // Within a transaction now() stands still, so that about every second time the stored one lies ahead of it.
  for (let times = 0; times < 25; times++) {
    const isDue = await database.db.transaction(async (tx) => {
      await tx.update(connections).set({ nextSyncAt: sql`now()` }).where(own)
      return tx.$count(connections, and(own, lte(connections.nextSyncAt, nowAsStored)))
    })
    expect(isDue).toBe(1)
  }
})

test('no age is counted by the clock of a process', () => {
  /** Those that compare nothing with a stored time: answers of this moment, their tokens, certificates, logs that Microsoft keeps for some days, and the locks of a folder. */
  const own = [
    'components/ui/clock.tsx',
    'db/folder-lock.ts',
    'lib/azure/activity-log.ts',
    'lib/azure/certificate.ts',
    'lib/azure/client/app-tokens.ts',
    'lib/azure/client/errors.ts',
    'lib/azure/client/retry.ts',
    'lib/azure/client/tokens.ts',
    'lib/azure/directory-audits.ts',
    'lib/azure/token-times.ts',
    'lib/connections/sign-in.ts',
  ]
  const files = globSync('{app,components,db,lib}/**/*.{ts,tsx}').filter((file) => !/\.test\.tsx?$/.test(file))
  const asking = files.filter((file) => /\bDate\.now\(\)|\bnew Date\(\)/.test(readFileSync(file, 'utf8')))
  expect(asking.sort()).toEqual(own)
})
