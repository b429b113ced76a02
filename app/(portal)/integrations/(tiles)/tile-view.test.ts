import { expect, test } from 'vitest'
import type { FleetCount } from '@/db/queries/fleet'
import { CATALOGUE } from '@/lib/domain/catalogue'
import type { TilesView } from '@/lib/domain/views'
import { filterOf, groupRows, listEntries, summariseFleet } from './tile-view'

const ALL: TilesView = {
  tab: 'all',
  search: '',
  state: null,
  grouping: 'none',
  sort: 'name',
  layout: 'tiles',
  cursor: null,
}

const count = (state: FleetCount['state'], all: number, change: Partial<FleetCount> = {}): FleetCount => ({
  ...{ groupKey: '', state, all, matching: all, waiting: 0 },
  ...change,
})
const COUNTS = [
  count('synced', 900),
  count('failed', 7),
  count('syncing', 90, { waiting: 60 }),
  count('disconnected', 3),
]

test('a tab is narrowed to a state of it, and a state of another tab shows nothing', () => {
  expect(filterOf({ ...ALL, tab: 'attention' }).states).toEqual(['gaps', 'failed', 'reconnect', 'action', 'stale'])
  expect(filterOf({ ...ALL, state: 'failed' }).states).toEqual(['failed'])
  expect(filterOf({ ...ALL, tab: 'attention', state: 'synced' }).states).toEqual([])
})

test('a thousand connections are counted by tab and by state, whichever page is shown', () => {
  const { tabs, states, syncing, matching } = summariseFleet(COUNTS, { ...ALL, tab: 'connected' })
  expect(tabs).toEqual({ all: 1000 + CATALOGUE.length, connected: 997, attention: 7 })
  expect([syncing, matching]).toEqual([90, 997])
  expect(states.map(({ state, count: some }) => [state, some])).toEqual([
    ['synced', 900],
    ['syncing', 90],
    ['failed', 7],
  ])
})

test('what is searched for is counted in the list and not under the tabs', () => {
  const counts = COUNTS.map((one) => ({ ...one, matching: 1 }))
  const { tabs, matching, states } = summariseFleet(counts, { ...ALL, search: 'x', state: 'failed' })
  expect([tabs.connected, matching, states.length]).toEqual([997, 1, 4])
})

test('a group is counted by itself', () => {
  const counts = [...COUNTS, count('failed', 2, { groupKey: 'corp' }), count('synced', 5, { groupKey: 'corp' })]
  const { ofGroup } = summariseFleet(counts, ALL)
  expect(ofGroup('corp')).toEqual({ subscriptions: 7, attention: 2 })
  expect(ofGroup('')).toEqual({ subscriptions: 1000, attention: 7 })
})

test('what can be connected stands where a view begins', () => {
  expect(listEntries(ALL)).toEqual(CATALOGUE)
  const changes: Partial<TilesView>[] = [
    { tab: 'attention' },
    { state: 'failed' },
    { search: 'slack' },
    { cursor: { at: ['x'], side: 'after' } },
  ]
  for (const change of changes) expect(listEntries({ ...ALL, ...change })).toEqual([])
})

test('rows beside one another are put together by their group', () => {
  const rows = ['a', 'a', 'b'].map((groupKey) => ({ groupKey, groupName: groupKey }))
  expect(groupRows(rows).map(({ key, rows: some }) => [key, some.length])).toEqual([
    ['a', 2],
    ['b', 1],
  ])
})
