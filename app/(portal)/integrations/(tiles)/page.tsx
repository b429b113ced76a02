import type { Metadata } from 'next'
import { disconnectConnection, renameConnection, startReconnect, syncNow } from '@/app/(portal)/integrations/actions'
import { SinceVisit } from '@/components/changes/since-visit'
import { ConnectionTile } from '@/components/integrations/connection-tile'
import { DeletionTile } from '@/components/integrations/deletion-tile'
import { FleetBar } from '@/components/integrations/fleet-bar'
import { CatalogueTile, TileGrid, TileGroup, TilesEmptyState } from '@/components/integrations/tiles'
import { AgreeWithRail } from '@/components/shell/attention'
import { ButtonLink } from '@/components/ui/button-link'
import { SearchField } from '@/components/ui/fields'
import { PageHeader } from '@/components/ui/page-header'
import { Pager } from '@/components/ui/pager'
import { RefreshWhile } from '@/components/ui/refresh-while'
import { Tabs } from '@/components/ui/tabs'
import { countChangesSince } from '@/db/queries/changes-since'
import { listDeletions } from '@/db/queries/connections'
import { countFleet, type FleetRow, listFleet } from '@/db/queries/fleet'
import { mayDo } from '@/lib/actor'
import { requireMember } from '@/lib/auth/request'
import { FLEET_GROUPINGS, formatTilesView, parseTilesView, type TilesView, type TileTab } from '@/lib/domain/views'
import { filterOf, groupRows, listEntries, summariseFleet, toTile } from './tile-view'

export const metadata: Metadata = { title: 'Integrations' }

/** So many tiles are seen at a glance, and each says whether it is syncing. Of more a line says it, also that none is: nothing moves then. */
const TOLD_BY_TILES = 12

const addressOf = (view: TilesView): string => `/integrations${formatTilesView(view)}`

export default async function IntegrationsPage({ searchParams }: PageProps<'/integrations'>) {
  const member = await requireMember()
  const view = parseTilesView(await searchParams)
  const [page, counts] = await Promise.all([
    listFleet(member, filterOf(view), view),
    countFleet(member, view, view.grouping),
  ])
  const since = member.previousVisitAt
  const changed =
    since && counts.length > 0
      ? await countChangesSince(
          member,
          since,
          page.rows.map(({ id }) => id),
        )
      : null
  const { tabs, states, syncing, matching, hasAny, ofGroup } = summariseFleet(counts, view)
  const entries = listEntries(view)
  const isFirst = page.previous === null && view.tab === 'all' && !view.search && view.state === null
  const deletions = isFirst ? await listDeletions(member) : []
  const mayConnect = mayDo(member.role, 'connect')
  const actions = mayConnect ? { syncNow, startReconnect, renameConnection, disconnectConnection } : null
  const isMany = tabs.connected > TOLD_BY_TILES
  const showTile = (heading: 'h2' | 'h3') => (row: FleetRow) => (
    <ConnectionTile
      key={row.id}
      tile={toTile(row, member, since && { since, counts: changed?.of.get(row.id) })}
      actions={actions}
      heading={heading}
    />
  )
  const tab = (tab: TileTab, label: string) => ({
    href: addressOf({ ...view, tab, state: null, cursor: null }),
    label,
    count: tabs[tab],
    current: tab === view.tab,
  })

  return (
    <>
      <RefreshWhile active={syncing > 0 || deletions.length > 0} />
      <AgreeWithRail attention={tabs.attention} />
      <PageHeader title="Integrations" description="What Rolecall reads, and how each connection stands.">
        <search>
          <form action="/integrations">
            <HiddenFields view={view} />
            <SearchField label="Search integrations" defaultValue={view.search} />
          </form>
        </search>
        <ButtonLink href="/integrations/azure" variant="ghost">
          Accounts
        </ButtonLink>
        <ButtonLink href="/integrations/azure/capabilities" variant="ghost">
          Capabilities
        </ButtonLink>
      </PageHeader>
      {since && changed ? (
        <SinceVisit since={since} changes={changed.isMore ? null : changed.all} attention={tabs.attention} />
      ) : null}
      <Tabs
        label="Connections"
        tabs={[tab('all', 'All'), tab('connected', 'Connected'), tab('attention', 'Needs attention')]}
      />
      {isMany && (
        <p role="status" className="mb-4 min-h-6 text-ink-soft tabular-nums">
          {syncing === 0
            ? 'Nothing is being synced.'
            : `Syncing ${syncing.toLocaleString('en')} of ${tabs.connected.toLocaleString('en')} subscriptions.`}
        </p>
      )}
      {(isMany || view.state !== null || view.grouping !== 'none') && (
        <FleetBar
          states={states.map((one) => ({
            ...one,
            current: one.state === view.state,
            href: addressOf({ ...view, state: one.state === view.state ? null : one.state, cursor: null }),
          }))}
          groupings={FLEET_GROUPINGS.map((grouping) => ({
            grouping,
            current: grouping === view.grouping,
            href: addressOf({ ...view, grouping, cursor: null }),
          }))}
        />
      )}
      {view.grouping !== 'none' &&
        groupRows(page.rows).map((group) => (
          <TileGroup
            key={group.key}
            name={group.name}
            href={view.grouping === 'account' ? `/integrations/azure/accounts/${group.key}` : undefined}
            {...ofGroup(group.key)}
          >
            {group.rows.map(showTile('h3'))}
          </TileGroup>
        ))}
      <TileGrid>
        {entries.map((entry) => (
          <CatalogueTile key={entry.id} entry={entry} connected={tabs.connected} mayConnect={mayConnect} />
        ))}
        {view.grouping === 'none' && page.rows.map(showTile('h2'))}
        {deletions.map((deletion) => (
          <DeletionTile key={deletion.id} deletion={deletion} />
        ))}
        {page.rows.length + (view.search ? entries.length : 0) === 0 ? (
          <TilesEmptyState {...view} narrowed={view.state !== null} mayConnect={mayConnect} hasAny={hasAny} />
        ) : null}
      </TileGrid>
      {(page.previous ?? page.next) && (
        <Pager
          shown={page.rows.length}
          total={matching}
          previousHref={page.previous && addressOf({ ...view, cursor: page.previous })}
          nextHref={page.next && addressOf({ ...view, cursor: page.next })}
          unit="subscriptions"
        />
      )}
    </>
  )
}

/** What else stands in the address, so that a search keeps it; it begins on the first page. */
function HiddenFields({ view }: { view: TilesView }) {
  const address = new URLSearchParams(formatTilesView({ ...view, search: '', cursor: null }))
  return [...address].map(([name, value]) => <input key={name} type="hidden" name={name} value={value} />)
}
