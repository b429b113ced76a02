import type { Tile } from '@/components/integrations/connection-tile'
import type { ConnectionTile } from '@/db/queries/connections'
import { CATALOGUE, type CatalogueEntry } from '@/lib/domain/catalogue'
import { connectionStatus } from '@/lib/domain/connection-status'
import type { TilesView } from '@/lib/domain/views'
import type { ConnectionStatusState } from '@/lib/domain/vocabulary'

type Organisation = { tenantId: string; organisationName: string }

/** The tiles that a view shows, what can be connected beside them, and how many there are under each tab. */
export function chooseTiles(rows: ConnectionTile[], organisation: Organisation, { tab, search }: TilesView) {
  const all = rows.map((row) => toTile(row, organisation))
  const connected = all.filter(({ status }) => status.state !== 'disconnected')
  const attention = all.filter(({ status }) => ATTENTION.has(status.state))
  return {
    tiles: { all, connected, attention }[tab].filter((tile) => matchesTile(tile, search)),
    entries: tab === 'all' ? CATALOGUE.filter((entry) => matchesEntry(entry, search)) : [],
    counts: { all: all.length + CATALOGUE.length, connected: connected.length, attention: attention.length },
    hasAny: all.length > 0,
    isSyncing: all.some(({ status }) => status.state === 'syncing'),
  }
}

/** The states in which somebody should look at a connection. */
const ATTENTION: ReadonlySet<ConnectionStatusState> = new Set(['gaps', 'failed', 'reconnect', 'action', 'stale'])

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
