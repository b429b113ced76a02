import type { Metadata } from 'next'
import { disconnectConnection, renameConnection, startReconnect, syncNow } from '@/app/(portal)/integrations/actions'
import { CapabilitiesTable } from '@/components/integrations/capabilities-table'
import { ConnectionTile } from '@/components/integrations/connection-tile'
import { CatalogueTile, TileGrid, TilesEmptyState } from '@/components/integrations/tiles'
import { ButtonLink } from '@/components/ui/button-link'
import { SearchField } from '@/components/ui/fields'
import { PageHeader } from '@/components/ui/page-header'
import { RefreshWhile } from '@/components/ui/refresh-while'
import { Tabs } from '@/components/ui/tabs'
import { listConnections } from '@/db/queries/connections'
import { mayDo } from '@/lib/actor'
import { requireMember } from '@/lib/auth/request'
import { CATALOGUE } from '@/lib/domain/catalogue'
import { formatTilesView, parseTilesView, type TileTab } from '@/lib/domain/views'
import { entryMatches, isConnected, needsAttention, tileMatches, toTile } from './tile-view'

export const metadata: Metadata = { title: 'Integrations' }

export default async function IntegrationsPage({ searchParams }: PageProps<'/integrations'>) {
  const member = await requireMember()
  const { tab, search } = parseTilesView(await searchParams)
  const now = new Date()
  const tiles = (await listConnections(member)).map((row) => toTile(row, member, now))
  const counts = {
    all: tiles.length + CATALOGUE.length,
    connected: tiles.filter(isConnected).length,
    attention: tiles.filter(needsAttention).length,
  }

  const inTab = { all: tiles, connected: tiles.filter(isConnected), attention: tiles.filter(needsAttention) }[tab]
  const shown = inTab.filter((tile) => tileMatches(tile, search))
  const entries = tab === 'all' ? CATALOGUE.filter((entry) => entryMatches(entry, search)) : []
  const mayConnect = mayDo(member.role, 'connect')
  const actions = mayConnect ? { syncNow, startReconnect, renameConnection, disconnectConnection } : null
  const href = (to: TileTab) => `/integrations${formatTilesView({ tab: to, search })}`

  return (
    <>
      <RefreshWhile active={tiles.some((tile) => tile.status.state === 'syncing')} />
      <PageHeader title="Integrations" description="What Rolecall reads, and how each connection stands.">
        <search>
          <form action="/integrations">
            {tab === 'all' ? null : <input type="hidden" name="tab" value={tab} />}
            <SearchField label="Search integrations" defaultValue={search} />
          </form>
        </search>
        <ButtonLink href="#capabilities" variant="ghost">
          Capabilities
        </ButtonLink>
      </PageHeader>
      <Tabs
        label="Connections"
        tabs={[
          { href: href('all'), label: 'All', count: counts.all, current: tab === 'all' },
          { href: href('connected'), label: 'Connected', count: counts.connected, current: tab === 'connected' },
          { href: href('attention'), label: 'Needs attention', count: counts.attention, current: tab === 'attention' },
        ]}
      />
      <TileGrid>
        {entries.map((entry) => (
          <CatalogueTile key={entry.id} entry={entry} connected={counts.connected} mayConnect={mayConnect} />
        ))}
        {shown.map((tile) => (
          <ConnectionTile key={tile.id} tile={tile} actions={actions} />
        ))}
        {shown.length + (search ? entries.length : 0) === 0 ? (
          <TilesEmptyState tab={tab} q={search} mayConnect={mayConnect} hasAny={tiles.length > 0} />
        ) : null}
      </TileGrid>
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
