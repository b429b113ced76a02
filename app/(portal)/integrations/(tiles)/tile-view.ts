import { changesSinceHref } from '@/components/changes/since-visit'
import type { Tile } from '@/components/integrations/connection-tile'
import type { ConnectionTile } from '@/db/queries/connections'
import type { FleetCount, FleetFilter } from '@/db/queries/fleet'
import { CATALOGUE, type CatalogueEntry } from '@/lib/domain/catalogue'
import { type ChangeCounts, changeCountWords } from '@/lib/domain/change-words'
import { ATTENTION_STATES, connectionStatus } from '@/lib/domain/connection-status'
import type { TilesView, TileTab } from '@/lib/domain/views'
import { CONNECTION_STATUSES, type ConnectionStatusState } from '@/lib/domain/vocabulary'

type Organisation = { tenantId: string; organisationName: string }

/** What changed in a connection since the reader was here before. */
type Changed = { since: Date; counts: ChangeCounts | undefined }

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
      all: countIn(STATES_OF_TAB.all, 'all') + CATALOGUE.length,
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

export function toTile(row: ConnectionTile, organisation: Organisation, changed: Changed | null = null): Tile {
  const words = changed?.counts ? changeCountWords(changed.counts) : null
  return {
    id: row.id,
    href: `/integrations/${row.integration}/${row.id}`,
    label: row.label,
    subscriptionName: row.subscriptionName,
    subscriptionId: row.subscriptionId,
    tenantId: row.tenantId,
    tenantName: row.tenantId === organisation.tenantId ? organisation.organisationName : null,
    people: row.people,
    canGrant: row.signals?.can_grant ?? { people: 0, others: 0 },
    unread: row.unread ?? 0,
    changed: changed && words ? { words, href: changesSinceHref(changed.since, { connectionId: row.id }) } : null,
    status: connectionStatus(row),
  }
}
