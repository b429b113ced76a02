import type { ReactNode } from 'react'
import type { CatalogueEntry } from '@/lib/domain/catalogue'
import type { FleetLayout } from '@/lib/domain/views'
import { spellControls } from '@/lib/domain/words'
import type { ConnectionActions } from './connection-menu'
import { ConnectionTile } from './connection-tile'
import { ConnectionsTable } from './connections-table'
import { type Deletion, DeletionTile } from './deletion-tile'
import type { Tile } from './tile'
import { CatalogueLine, CatalogueTile, FleetGroup, TileGrid } from './tiles'

type Group = { key: string; name: string; href?: string; subscriptions: number; attention: number; tiles: Tile[] }

type Props = {
  layout: FleetLayout
  tiles: Tile[]
  /** The same by what they are put together by; null where they are not. */
  groups: Group[] | null
  /** What can be done to each; null for those who may only read. */
  actions: ConnectionActions | null
  /** What can be connected, with how many connections there are. */
  entries: CatalogueEntry[]
  connected: number
  mayConnect: boolean
  deletions: Deletion[]
  /** Why there is no connection to show; null where there is one. */
  empty: ReactNode
}

/** What is connected, what can be connected, and what is being deleted: as tiles, or the connections as tables. */
export function Fleet({ layout, ...props }: Props) {
  return layout === 'list' ? <FleetList {...props} /> : <FleetTiles {...props} />
}

function FleetTiles({
  tiles,
  groups,
  actions,
  entries,
  connected,
  mayConnect,
  deletions,
  empty,
}: Omit<Props, 'layout'>) {
  const show = (some: Tile[], heading: 'h2' | 'h3') =>
    some.map((tile) => <ConnectionTile key={tile.id} tile={tile} actions={actions} heading={heading} />)
  return (
    <>
      {groups?.map(({ key, tiles: some, ...group }) => (
        <FleetGroup key={key} {...group}>
          <TileGrid>{show(some, 'h3')}</TileGrid>
        </FleetGroup>
      ))}
      {(groups === null || deletions.length > 0 || empty) && (
        <TileGrid>
          {entries.map((entry) => (
            <CatalogueTile key={entry.id} entry={entry} connected={connected} mayConnect={mayConnect} />
          ))}
          {groups === null && show(tiles, 'h2')}
          {deletions.map((deletion) => (
            <DeletionTile key={deletion.id} deletion={deletion} />
          ))}
          {empty}
        </TileGrid>
      )}
    </>
  )
}

function FleetList({
  tiles,
  groups,
  actions,
  entries,
  connected,
  mayConnect,
  deletions,
  empty,
}: Omit<Props, 'layout'>) {
  return (
    <>
      {entries.length > 0 && (
        <ul className="mb-4 grid gap-2">
          {entries.map((entry) => (
            <CatalogueLine key={entry.id} entry={entry} connected={connected} mayConnect={mayConnect} />
          ))}
        </ul>
      )}
      {groups?.map(({ key, tiles: some, ...group }) => (
        <FleetGroup key={key} {...group}>
          <ConnectionsTable
            caption={`Subscriptions of ${spellControls(group.name) || 'no management group that is known'}`}
            tiles={some}
            actions={actions}
          />
        </FleetGroup>
      ))}
      {groups === null && tiles.length > 0 && (
        <div className="mb-4">
          <ConnectionsTable caption="Subscriptions" tiles={tiles} actions={actions} />
        </div>
      )}
      {(deletions.length > 0 || empty) && (
        <TileGrid>
          {deletions.map((deletion) => (
            <DeletionTile key={deletion.id} deletion={deletion} />
          ))}
          {empty}
        </TileGrid>
      )}
    </>
  )
}
