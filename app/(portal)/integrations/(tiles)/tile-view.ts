import { changesSinceHref } from '@/components/changes/since-visit'
import type { ChoiceGroup } from '@/components/integrations/fleet-bar'
import type { Tile } from '@/components/integrations/tile'
import type { ChangesSince } from '@/db/queries/changes-since'
import type { FleetCount, FleetFilter, FleetRow } from '@/db/queries/fleet'
import { CATALOGUE, type CatalogueEntry } from '@/lib/domain/catalogue'
import { changeCountWords } from '@/lib/domain/change-words'
import { ATTENTION_STATES, causeWords, connectionStatus } from '@/lib/domain/connection-status'
import { formatTilesView, type TilesView, type TileTab } from '@/lib/domain/views'
import { CONNECTION_STATUSES, type ConnectionStatusState } from '@/lib/domain/vocabulary'

type Organisation = { tenantId: string; organisationName: string }

/** What changed since the reader was here before. */
type Changed = { since: Date; changes: Pick<ChangesSince, 'isMore' | 'of'> }

const STATES_OF_TAB: Record<TileTab, readonly ConnectionStatusState[]> = {
  all: CONNECTION_STATUSES,
  connected: CONNECTION_STATUSES.filter((state) => state !== 'disconnected'),
  attention: ATTENTION_STATES,
}

/** The connections that a view asks for. */
export const filterOf = ({ tab, state, search }: Pick<TilesView, 'tab' | 'state' | 'search'>): FleetFilter => ({
  search,
  states: STATES_OF_TAB[tab].filter((one) => state === null || one === state),
})

/** How many connections there are under each tab, in each state of the tab that is shown, and in each group. */
export function summariseFleet(counts: FleetCount[], view: Pick<TilesView, 'tab' | 'state' | 'search'>) {
  const { states } = filterOf(view)
  const countIn = (wanted: readonly ConnectionStatusState[] | null, which: 'all' | 'matching', key?: string) =>
    counts
      .filter(({ state, groupKey }) => (wanted?.includes(state) ?? true) && (key === undefined || key === groupKey))
      .reduce((sum, one) => sum + one[which], 0)
  return {
    tabs: {
      all: countIn(STATES_OF_TAB.all, 'all'),
      connected: countIn(STATES_OF_TAB.connected, 'all'),
      attention: countIn(STATES_OF_TAB.attention, 'all'),
    },
    hasAny: counts.length > 0,
    syncing: countIn(['syncing'], 'all'),
    matching: countIn(states, 'matching'),
    states: STATES_OF_TAB[view.tab]
      .map((state) => ({ state, count: countIn([state], 'matching') }))
      .filter(({ state, count }) => count > 0 || state === view.state),
    ofGroup: (key: string) => ({
      subscriptions: countIn(states, 'matching', key),
      attention: countIn(
        ATTENTION_STATES.filter((state) => states?.includes(state)),
        'matching',
        key,
      ),
    }),
  }
}

/** What can be connected, where a view begins. */
export const listEntries = ({ tab, state, search, cursor, grouping }: TilesView): CatalogueEntry[] =>
  tab === 'all' && state === null && cursor === null && grouping === 'none'
    ? CATALOGUE.filter(({ name, summary, syncs }) => containsText([name, summary, syncs], search))
    : []

function containsText(texts: string[], search: string): boolean {
  return texts.some((text) => text.toLowerCase().includes(search.toLowerCase()))
}

/** Rows that lie beside one another and have the same group, put together. */
export function groupRows<Row extends { groupKey: string; groupName: string }>(rows: Row[]) {
  const groups: { key: string; name: string; rows: Row[] }[] = []
  for (const row of rows) {
    const last = groups.at(-1)
    if (last?.key === row.groupKey) last.rows.push(row)
    else groups.push({ key: row.groupKey, name: row.groupName, rows: [row] })
  }
  return groups
}

/** The address of a view of the page. */
export const addressOf = (view: TilesView): string => `/integrations${formatTilesView(view)}`

const CHOICES: { [Key in 'grouping' | 'sort' | 'layout']: { label: string; words: Record<TilesView[Key], string> } } = {
  grouping: { label: 'Group by', words: { none: 'Nothing', account: 'Account', management: 'Management group' } },
  sort: { label: 'Sort by', words: { name: 'Name', need: 'Needs attention first' } },
  layout: { label: 'Show as', words: { tiles: 'Tiles', list: 'List' } },
}

/** How the connections can be shown, and the address of each way. A page of a list has no place in another order. */
export function choicesOf(view: TilesView, key: keyof typeof CHOICES): ChoiceGroup {
  const { label, words } = CHOICES[key]
  return {
    label,
    choices: Object.entries(words).map(([value, word]) => ({
      word,
      current: value === view[key],
      href: addressOf({ ...view, [key]: value, cursor: key === 'layout' ? view.cursor : null }),
    })),
  }
}

/** How many connections are in each state, and the address that shows those alone, or all again. */
export const stateChoices = (view: TilesView, states: { state: ConnectionStatusState; count: number }[]) =>
  states.map((one) => ({
    ...one,
    current: one.state === view.state,
    href: addressOf({ ...view, state: one.state === view.state ? null : one.state, cursor: null }),
  }))

/** A connection as it is shown among others; `changed` is null for those who were never here before. */
export function toTile(row: FleetRow, organisation: Organisation, changed: Changed | null = null): Tile {
  const status = connectionStatus(row)
  return {
    id: row.id,
    integration: row.integration,
    href: `/integrations/${row.integration}/${row.id}`,
    label: row.label,
    subscriptionName: unlessSaid(row.subscriptionName, row.label),
    subscriptionId: row.subscriptionId,
    tenantId: row.tenantId,
    tenantName: row.tenantId === organisation.tenantId ? organisation.organisationName : null,
    people: row.people,
    canGrant: row.signals?.can_grant ?? { people: 0, others: 0 },
    unread: row.unread ?? 0,
    changed: changed && describeChanges(row, changed),
    status: { ...status, detail: causeWords(status, row.lastRun), at: null },
    readAt: row.publishedAt,
    othersWaiting: row.othersWaiting,
  }
}

/** A subscription's name, or null where the label says it already. */
export const unlessSaid = (name: string, label: string): string | null =>
  name.toLowerCase() === label.toLowerCase() ? null : name

/** That nothing was seen to change says little of a subscription that was not read since. */
function describeChanges({ id, publishedAt }: FleetRow, { since, changes }: Changed): Tile['changed'] {
  const counts = changes.of.get(id)
  const words = counts ? changeCountWords(counts) : null
  if (words) return { words, href: changesSinceHref(since, { connectionId: id }) }
  if (changes.isMore) return { words: 'Too many to count', href: null }
  return { words: publishedAt && publishedAt > since ? 'Nothing seen' : 'Not read since', href: null }
}
