import { expect, test } from 'vitest'
import type { FleetCount, FleetRow } from '@/db/queries/fleet'
import { CATALOGUE } from '@/lib/domain/catalogue'
import type { TilesView } from '@/lib/domain/views'
import { choicesOf, filterOf, groupRows, listEntries, stateChoices, summariseFleet, toTile } from './tile-view'

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
  expect(tabs).toEqual({ all: 1000, connected: 997, attention: 7 })
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

test('how connections are shown is chosen by links that keep the rest of the address', () => {
  const view: TilesView = { ...ALL, tab: 'attention', search: 'pay', cursor: { at: ['x'], side: 'after' } }
  const hrefs = (key: 'sort' | 'layout', of: TilesView) =>
    choicesOf(of, key).choices.map(({ word, current, href }) => [word, current, href.replace(/&?after=[^&]*/, '&page')])
  expect(hrefs('sort', view)).toEqual([
    ['Name', true, '/integrations?tab=attention&q=pay'],
    ['Needs attention first', false, '/integrations?tab=attention&q=pay&sort=need'],
  ])
  expect(hrefs('layout', { ...view, sort: 'need' })).toEqual([
    ['Tiles', true, '/integrations?tab=attention&q=pay&page&sort=need'],
    ['List', false, '/integrations?tab=attention&q=pay&page&sort=need&view=list'],
  ])
  const [failed] = stateChoices({ ...ALL, layout: 'list' }, [{ state: 'failed', count: 7 }])
  expect(failed).toMatchObject({ current: false, href: '/integrations?state=failed&view=list' })
})

const NOW = new Date('2026-05-04T12:00:00Z')
const hoursAgo = (hours: number) => new Date(NOW.getTime() - hours * 3_600_000)
const ORGANISATION = { tenantId: 't', organisationName: 'Contoso' }

const row = (change: Partial<FleetRow> = {}): FleetRow =>
  ({
    ...{ id: 'c', integration: 'azure', label: 'Production', subscriptionId: 's', subscriptionName: 'sub-prod-001' },
    ...{ tenantId: 't', state: 'active', stateReason: null, schedule: 'daily', publishedAt: hoursAgo(50) },
    ...{ people: 3, unread: 0, signals: null, lastRun: null, openRun: null, now: NOW, othersWaiting: 0, ...change },
  }) as FleetRow

test('a tile tells the age of its data beside any state, and no name twice', () => {
  const tile = toTile(row(), ORGANISATION)
  expect(tile).toMatchObject({ subscriptionName: 'sub-prod-001', tenantName: 'Contoso', readAt: hoursAgo(50) })
  expect(tile.status).toMatchObject({ state: 'stale', detail: 'older than its schedule', at: null })
  expect(toTile(row({ subscriptionName: 'production' }), ORGANISATION).subscriptionName).toBeNull()
  const waiting = toTile(row({ state: 'reconnect_needed', othersWaiting: 3 }), ORGANISATION)
  expect(waiting).toMatchObject({ status: { state: 'reconnect' }, readAt: hoursAgo(50), othersWaiting: 3 })
})

test('that nothing was seen to change is said only of what was read since the last visit and counted', () => {
  const changedOf = (hours: number, changes: { isMore?: boolean; gained?: number } = {}) => {
    const counts = { gained: changes.gained ?? 0, privileged: 0, lost: 0 }
    const of = new Map(changes.gained ? [['c', counts]] : [])
    const changed = { since: hoursAgo(10), changes: { isMore: changes.isMore ?? false, of } }
    return toTile(row({ publishedAt: hoursAgo(hours) }), ORGANISATION, changed).changed
  }
  expect(changedOf(1)).toEqual({ words: 'Nothing seen', href: null })
  expect(changedOf(20)).toEqual({ words: 'Not read since', href: null })
  expect(changedOf(1, { isMore: true })).toEqual({ words: 'Too many to count', href: null })
  expect(changedOf(1, { gained: 2 })?.href).toMatch(/^\/changes\?/)
  expect(toTile(row(), ORGANISATION).changed).toBeNull()
})
