import type { Tile } from '@/components/integrations/connection-tile'
import type { ConnectionTile } from '@/db/queries/connections'
import { CATALOGUE, type CatalogueEntry } from '@/lib/domain/catalogue'
import { connectionStatus } from '@/lib/domain/connection-status'
import type { TilesView } from '@/lib/domain/views'
import type { ConnectionStatusState } from '@/lib/domain/vocabulary'

type Organisation = { tenantId: string; organisationName: string }

/** Tiles of one page: some rows of them on a wide screen, and few enough for a phone. */
const PAGE = 60

/**
 * The tiles that a view shows, those that somebody should look at first, what can be connected beside them, and how many there
 * are under each tab. `previous` and `next` are the views of the pages beside this one.
 *
 * @param rows in the order of their labels
 */
export function chooseTiles(rows: ConnectionTile[], organisation: Organisation, view: TilesView) {
  const { tab, search, from } = view
  const all = sortByNeed(rows.map((row) => toTile(row, organisation)))
  const connected = all.filter(({ status }) => status.state !== 'disconnected')
  const attention = all.filter(({ status }) => ATTENTION.has(status.state))
  const matching = { all, connected, attention }[tab].filter((tile) => matchesTile(tile, search))
  // A connection that is gone, or has another state by now, leads to the first page.
  const begin = Math.max(
    0,
    matching.findIndex(({ id }) => id === from),
  )
  const pageAt = (index: number): TilesView => ({ ...view, from: index > 0 ? (matching[index]?.id ?? null) : null })
  return {
    tiles: matching.slice(begin, begin + PAGE),
    matching: matching.length,
    previous: begin > 0 ? pageAt(begin - PAGE) : null,
    next: begin + PAGE < matching.length ? pageAt(begin + PAGE) : null,
    entries: begin === 0 && tab === 'all' ? CATALOGUE.filter((entry) => matchesEntry(entry, search)) : [],
    counts: { all: all.length + CATALOGUE.length, connected: connected.length, attention: attention.length },
    hasAny: all.length > 0,
    syncing: all.filter(({ status }) => status.state === 'syncing').length,
  }
}

/** The states in which somebody should look at a connection. */
const ATTENTION: ReadonlySet<ConnectionStatusState> = new Set(['gaps', 'failed', 'reconnect', 'action', 'stale'])

/** Those that somebody should look at come first; within both parts the order stays. */
const sortByNeed = (tiles: Tile[]): Tile[] =>
  tiles.toSorted((one, other) => Number(ATTENTION.has(other.status.state)) - Number(ATTENTION.has(one.status.state)))

function toTile(row: ConnectionTile, organisation: Organisation): Tile {
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
    status: connectionStatus(row),
  }
}

const matchesTile = (tile: Tile, search: string) =>
  containsText([tile.label, tile.subscriptionName, tile.subscriptionId, tile.tenantName, tile.tenantId], search)

const matchesEntry = (entry: CatalogueEntry, search: string) =>
  containsText([entry.name, entry.summary, entry.syncs], search)

function containsText(texts: (string | null)[], search: string): boolean {
  return texts.some((text) => text?.toLowerCase().includes(search.toLowerCase()))
}
