import { describe, expect, test } from 'vitest'
import type { ConnectionTile } from '@/db/queries/connections'
import type { TilesView } from '@/lib/domain/views'
import { chooseTiles } from './tile-view'

const NOW = new Date('2026-03-01T12:00:00Z')
const ORGANISATION = { tenantId: 'ours', organisationName: 'Contoso' }
const FIRST: TilesView = { tab: 'all', search: '', from: null }

const row = (index: number, change: Partial<ConnectionTile> = {}): ConnectionTile => ({
  ...{ now: NOW, id: `id-${index}`, integration: 'azure', label: `Subscription ${String(index).padStart(4, '0')}` },
  ...{ subscriptionId: `s-${index}`, subscriptionName: 'Production', tenantId: 'ours', state: 'active' },
  ...{ stateReason: null, schedule: 'daily', publishedAt: NOW, people: 1, others: 0, unread: 0, coverage: [] },
  ...{ signals: {}, lastRun: null, openRun: null, accountId: 'a', nodeIds: ['n'], eligibleRead: true },
  ...change,
})

/** Every page of a view in turn, as the ids of its tiles. */
function readPages(rows: ConnectionTile[], view: TilesView): string[][] {
  const pages: string[][] = []
  for (let next: TilesView | null = view; next; ) {
    const chosen: ReturnType<typeof chooseTiles> = chooseTiles(rows, ORGANISATION, next)
    pages.push(chosen.tiles.map(({ id }) => id))
    next = chosen.next
  }
  return pages
}

describe('a thousand tiles', () => {
  const broken = { state: 'reconnect_needed', stateReason: 'sign_in_revoked' } as const
  const rows = Array.from({ length: 1000 }, (_, index) => row(index, index % 100 === 7 ? broken : {}))

  test('come in pages, each of them once, those that somebody should look at first', () => {
    const pages = readPages(rows, FIRST)
    expect(pages.map(({ length }) => length)).toEqual([...Array(16).fill(60), 40])
    const ids = pages.flat()
    expect(new Set(ids).size).toBe(1000)
    expect(ids.slice(0, 10)).toEqual([7, 107, 207, 307, 407, 507, 607, 707, 807, 907].map((n) => `id-${n}`))
    expect(ids.slice(10, 13)).toEqual(['id-0', 'id-1', 'id-2'])
  })

  test('lead back page by page, and what can be connected stands on the first page only', () => {
    const second = chooseTiles(rows, ORGANISATION, FIRST).next
    if (!second) throw new Error('There is no second page.')
    const chosen = chooseTiles(rows, ORGANISATION, second)
    expect(chosen.previous).toEqual(FIRST)
    expect(chosen.entries).toEqual([])
    expect(chooseTiles(rows, ORGANISATION, FIRST).entries).not.toEqual([])
  })

  test('are counted while they sync, also those on other pages', () => {
    const openRun = { state: 'running', phase: 'starting', counters: {}, startedAt: NOW } as const
    const some = rows.map((one, index) => (index >= 990 ? { ...one, state: 'active' as const, openRun } : one))
    expect(chooseTiles(some, ORGANISATION, FIRST).syncing).toBe(10)
  })

  test('are narrowed by search and tab before they are cut into pages', () => {
    expect(readPages(rows, { ...FIRST, search: 'subscription 01' }).flat()).toHaveLength(100)
    expect(readPages(rows, { ...FIRST, tab: 'attention' }).flat()).toHaveLength(10)
  })

  test('begin anew when the page began with one that is not among them any more', () => {
    expect(chooseTiles(rows, ORGANISATION, { ...FIRST, from: 'gone' }).tiles[0]?.id).toBe('id-7')
  })
})
