import type { Metadata } from 'next'
import { disconnectConnection, renameConnection, startReconnect, syncNow } from '@/app/(portal)/integrations/actions'
import { CapabilitiesTable } from '@/components/integrations/capabilities-table'
import { ConnectionTile } from '@/components/integrations/connection-tile'
import { DeletionTile } from '@/components/integrations/deletion-tile'
import { CatalogueTile, TileGrid, TilesEmptyState } from '@/components/integrations/tiles'
import { ButtonLink } from '@/components/ui/button-link'
import { SearchField } from '@/components/ui/fields'
import { PageHeader } from '@/components/ui/page-header'
import { Pager } from '@/components/ui/pager'
import { RefreshWhile } from '@/components/ui/refresh-while'
import { Tabs } from '@/components/ui/tabs'
import { listConnections, listDeletions } from '@/db/queries/connections'
import { mayDo } from '@/lib/actor'
import { requireMember } from '@/lib/auth/request'
import { CATALOGUE } from '@/lib/domain/catalogue'
import { formatTilesView, parseTilesView, type TilesView, type TileTab } from '@/lib/domain/views'
import { chooseTiles } from './tile-view'

export const metadata: Metadata = { title: 'Integrations' }

/** So many tiles are seen at a glance, and each says whether it is syncing. Of more a line says it, also that none is: nothing moves then. */
const TOLD_BY_TILES = 12

const addressOf = (view: TilesView): string => `/integrations${formatTilesView(view)}`

export default async function IntegrationsPage({ searchParams }: PageProps<'/integrations'>) {
  const member = await requireMember()
  const view = parseTilesView(await searchParams)
  const chosen = chooseTiles(await listConnections(member), member, view)
  const { tiles, entries, counts, hasAny, syncing } = chosen
  const deletions = view.tab === 'all' && !view.search && !chosen.previous ? await listDeletions(member) : []
  const mayConnect = mayDo(member.role, 'connect')
  const actions = mayConnect ? { syncNow, startReconnect, renameConnection, disconnectConnection } : null
  const tab = (tab: TileTab, label: string) => ({
    href: addressOf({ ...view, tab, from: null }),
    label,
    count: counts[tab],
    current: tab === view.tab,
  })

  return (
    <>
      <RefreshWhile active={syncing > 0 || deletions.length > 0} />
      <PageHeader title="Integrations" description="What Rolecall reads, and how each connection stands.">
        <search>
          <form action="/integrations">
            {view.tab === 'all' ? null : <input type="hidden" name="tab" value={view.tab} />}
            <SearchField label="Search integrations" defaultValue={view.search} />
          </form>
        </search>
        <ButtonLink href="/integrations/azure" variant="ghost">
          Accounts
        </ButtonLink>
        <ButtonLink href="#capabilities" variant="ghost">
          Capabilities
        </ButtonLink>
      </PageHeader>
      <Tabs
        label="Connections"
        tabs={[tab('all', 'All'), tab('connected', 'Connected'), tab('attention', 'Needs attention')]}
      />
      {counts.connected > TOLD_BY_TILES && (
        <p role="status" className="mb-4 min-h-6 text-ink-soft tabular-nums">
          {syncing === 0
            ? 'Nothing is being synced.'
            : `Syncing ${syncing.toLocaleString('en')} of ${counts.connected.toLocaleString('en')} subscriptions.`}
        </p>
      )}
      <TileGrid>
        {entries.map((entry) => (
          <CatalogueTile key={entry.id} entry={entry} connected={counts.connected} mayConnect={mayConnect} />
        ))}
        {tiles.map((tile) => (
          <ConnectionTile key={tile.id} tile={tile} actions={actions} />
        ))}
        {deletions.map((deletion) => (
          <DeletionTile key={deletion.id} deletion={deletion} />
        ))}
        {tiles.length + (view.search ? entries.length : 0) === 0 ? (
          <TilesEmptyState {...view} mayConnect={mayConnect} hasAny={hasAny} />
        ) : null}
      </TileGrid>
      {(chosen.previous ?? chosen.next) && (
        <Pager
          shown={tiles.length}
          total={chosen.matching}
          previousHref={chosen.previous && addressOf(chosen.previous)}
          nextHref={chosen.next && addressOf(chosen.next)}
          unit="subscriptions"
        />
      )}
      <section id="capabilities" aria-labelledby="capabilities-title" className="mt-12 grid gap-4">
        <h2 id="capabilities-title" className="text-xl font-semibold tracking-tight">
          Integration capabilities
        </h2>
        {CATALOGUE.map((entry) => (
          <CapabilitiesTable key={entry.id} entry={entry} />
        ))}
      </section>
    </>
  )
}
