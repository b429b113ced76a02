import type { Tile } from '@/components/integrations/connection-tile'
import type { ConnectionTile } from '@/db/queries/connections'
import type { CatalogueEntry } from '@/lib/domain/catalogue'
import { connectionStatus } from '@/lib/domain/connection-status'

/** A connection as its tile shows it. */
export function toTile(
  row: ConnectionTile,
  organisation: { tenantId: string; organisationName: string },
  now: Date,
): Tile {
  return {
    id: row.id,
    href: `/integrations/${row.integration}/${row.id}`,
    label: row.label,
    subscriptionName: row.subscriptionName,
    subscriptionId: row.subscriptionId,
    tenantId: row.tenantId,
    tenantName: row.tenantId === organisation.tenantId ? organisation.organisationName : null,
    people: row.people,
    canGrant: row.signals?.can_grant ?? 0,
    status: connectionStatus({ ...row, now }),
  }
}

/** Tiles whose state asks somebody to look. */
export function needsAttention({ status }: Tile): boolean {
  return ['gaps', 'failed', 'reconnect', 'action', 'stale'].includes(status.state)
}

export const isConnected = ({ status }: Tile) => status.state !== 'disconnected'

export const tileMatches = (tile: Tile, q: string) =>
  contains([tile.label, tile.subscriptionName, tile.subscriptionId, tile.tenantName, tile.tenantId], q)

export const entryMatches = (entry: CatalogueEntry, q: string) => contains([entry.name, entry.summary, entry.syncs], q)

function contains(texts: (string | null)[], q: string): boolean {
  return texts.some((text) => text?.toLowerCase().includes(q.toLowerCase()))
}
