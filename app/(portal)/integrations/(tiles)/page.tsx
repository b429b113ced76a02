import type { Metadata } from 'next'
import Link from 'next/link'
import { disconnectConnection, renameConnection, startReconnect, syncNow } from '@/app/(portal)/integrations/actions'
import { SinceVisit } from '@/components/changes/since-visit'
import { Fleet } from '@/components/integrations/fleet'
import { FleetBar } from '@/components/integrations/fleet-bar'
import { OftenAsked } from '@/components/integrations/often-asked'
import { TilesEmptyState } from '@/components/integrations/tiles'
import { AgreeWithRail } from '@/components/shell/attention'
import { SearchField } from '@/components/ui/fields'
import { PageHeader } from '@/components/ui/page-header'
import { Pager } from '@/components/ui/pager'
import { RefreshWhile } from '@/components/ui/refresh-while'
import { Tabs } from '@/components/ui/tabs'
import { countChangesSince } from '@/db/queries/changes-since'
import { readDatabaseNow } from '@/db/queries/clock'
import { listDeletions } from '@/db/queries/connections'
import { countFleet, type FleetRow, listFleet } from '@/db/queries/fleet'
import { mayDo } from '@/lib/actor'
import { requireMember } from '@/lib/auth/request'
import { formatTilesView, parseTilesView, type TilesView, type TileTab } from '@/lib/domain/views'
import {
  addressOf,
  choicesOf,
  filterOf,
  groupRows,
  listEntries,
  stateChoices,
  summariseFleet,
  toTile,
  unlessSaid,
} from './tile-view'

export const metadata: Metadata = { title: 'Integrations' }

/** So many tiles are seen at a glance, and each says whether it is syncing. Of more a line says it, also that none is: nothing moves then. */
const TOLD_BY_TILES = 12

const QUIET_LINK = 'inline-flex min-h-9 items-center rounded-md text-ink-soft hover:text-ink hover:underline'

export default async function IntegrationsPage({ searchParams }: PageProps<'/integrations'>) {
  const member = await requireMember()
  const view = parseTilesView(await searchParams)
  const [page, counts, now] = await Promise.all([
    listFleet(member, filterOf(view), view),
    countFleet(member, view, view.grouping),
    readDatabaseNow(),
  ])
  const since = member.previousVisitAt
  const ids = page.rows.map(({ id }) => id)
  const changes = since && counts.length > 0 ? await countChangesSince(member, since, ids) : null
  const { tabs, states, syncing, matching, hasAny, ofGroup } = summariseFleet(counts, view)
  const entries = listEntries(view)
  const isFirst = page.previous === null && view.tab === 'all' && !view.search && view.state === null
  const deletions = isFirst ? await listDeletions(member) : []
  const mayConnect = mayDo(member.role, 'connect')
  const actions = mayConnect ? { syncNow, startReconnect, renameConnection, disconnectConnection } : null
  const isMany = tabs.connected > TOLD_BY_TILES
  const tilesOf = (rows: FleetRow[]) =>
    rows.map((row) => toTile(row, member, since && changes ? { since, changes } : null))
  const groupsOf = (rows: FleetRow[]) =>
    groupRows(rows).map((group) => ({
      ...{ key: group.key, name: group.name, tiles: tilesOf(group.rows), ...ofGroup(group.key) },
      href: view.grouping === 'account' ? `/integrations/azure/accounts/${group.key}` : undefined,
    }))
  const isEmpty = page.rows.length + (view.search ? entries.length : 0) === 0
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
        <p className="flex gap-4 sm:pl-2">
          <Link href="/integrations/azure" className={QUIET_LINK}>
            Accounts
          </Link>
          <Link href="/integrations/azure/capabilities" className={QUIET_LINK}>
            Capabilities
          </Link>
        </p>
      </PageHeader>
      {since && changes ? (
        <SinceVisit since={since} changes={changes.isMore ? null : changes.all} attention={tabs.attention} />
      ) : null}
      {hasAny && <OftenAsked now={now} />}
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
      {hasAny && (
        <FleetBar
          states={isMany || view.state !== null ? stateChoices(view, states) : []}
          groups={[
            ...(isMany || view.grouping !== 'none' ? [choicesOf(view, 'grouping')] : []),
            choicesOf(view, 'sort'),
            choicesOf(view, 'layout'),
          ]}
        />
      )}
      <Fleet
        layout={view.layout}
        tiles={tilesOf(page.rows)}
        groups={view.grouping === 'none' ? null : groupsOf(page.rows)}
        actions={actions}
        entries={entries}
        connected={tabs.connected}
        mayConnect={mayConnect}
        deletions={deletions.map((one) => ({ ...one, subscriptionName: unlessSaid(one.subscriptionName, one.label) }))}
        empty={
          isEmpty ? (
            <TilesEmptyState {...view} narrowed={view.state !== null} mayConnect={mayConnect} hasAny={hasAny} />
          ) : null
        }
      />
      {(page.previous ?? page.next) && (
        <Pager
          start={page.start}
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
