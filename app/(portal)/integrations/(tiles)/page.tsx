import type { Metadata } from 'next'
import { disconnectConnection, renameConnection, startReconnect, syncNow } from '@/app/(portal)/integrations/actions'
import { CapabilitiesTable } from '@/components/integrations/capabilities-table'
import { ConnectionTile } from '@/components/integrations/connection-tile'
import { CatalogueTile, NoTiles, TileGrid } from '@/components/integrations/tiles'
import { ButtonLink } from '@/components/ui/button'
import { SearchField } from '@/components/ui/fields'
import { PageHeader } from '@/components/ui/page-header'
import { RefreshWhile } from '@/components/ui/refresh-while'
import { Tabs } from '@/components/ui/tabs'
import { listConnections } from '@/db/queries/connections'
import { mayDo } from '@/lib/actor'
import { requireMember } from '@/lib/auth/request'
import { CATALOGUE } from '@/lib/domain/catalogue'
import { entryMatches, isConnected, needsAttention, parseTileView, type Tab, tileMatches, toTile } from './tile-view'

export const metadata: Metadata = { title: 'Integrations' }

export default async function IntegrationsPage({ searchParams }: PageProps<'/integrations'>) {
  const member = await requireMember()
  const { tab, q } = parseTileView(await searchParams)
  const now = new Date()
  const tiles = (await listConnections(member)).map((row) => toTile(row, member, now))
  const counts = {
    all: tiles.length + CATALOGUE.length,
    connected: tiles.filter(isConnected).length,
    attention: tiles.filter(needsAttention).length,
  }

  const inTab = { all: tiles, connected: tiles.filter(isConnected), attention: tiles.filter(needsAttention) }[tab]
  const shown = inTab.filter((tile) => tileMatches(tile, q))
  const entries = tab === 'all' ? CATALOGUE.filter((entry) => entryMatches(entry, q)) : []
  const mayConnect = mayDo(member.role, 'connect')
  const actions = mayConnect ? { syncNow, startReconnect, renameConnection, disconnectConnection } : null
  const href = (to: Tab) => `/integrations${query({ tab: to === 'all' ? '' : to, q })}`

  return (
    <>
      <RefreshWhile active={tiles.some((tile) => tile.status.state === 'syncing')} />
      <PageHeader title="Integrations" description="What Rolecall reads, and how each connection stands.">
        <search>
          <form action="/integrations">
            {tab === 'all' ? null : <input type="hidden" name="tab" value={tab} />}
            <SearchField label="Search integrations" defaultValue={q} />
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
        {shown.length + (q ? entries.length : 0) === 0 ? (
          <NoTiles tab={tab} q={q} mayConnect={mayConnect} hasAny={tiles.length > 0} />
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

function query(values: Record<string, string>): string {
  const text = new URLSearchParams(Object.entries(values).filter(([, value]) => value)).toString()
  return text && `?${text}`
}
