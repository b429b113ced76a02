import type { Metadata } from 'next'
import { AuditTable } from '@/components/settings/audit-table'
import { SettingsHeader } from '@/components/settings/settings-header'
import { EmptyState } from '@/components/ui/empty-state'
import { ExportMenu } from '@/components/ui/export-menu'
import { Pager } from '@/components/ui/pager'
import { Tabs } from '@/components/ui/tabs'
import { listAuditEvents } from '@/db/queries/organisation'
import { requireMember } from '@/lib/auth/request'
import { type AuditCursor, formatAuditView, parseAuditView } from '@/lib/domain/views'
import type { AuditKind } from '@/lib/domain/vocabulary'

export const metadata: Metadata = { title: 'Audit log' }

export default async function AuditPage({ searchParams }: PageProps<'/settings/audit'>) {
  const member = await requireMember()
  const view = parseAuditView(await searchParams)
  const events = await listAuditEvents(member, view)
  const { kind } = view

  return (
    <>
      <SettingsHeader current="audit" />
      {member.role === 'owner' ? (
        <KindTabs current={kind} />
      ) : (
        <p className="mb-3 text-ink-soft">
          What was changed. Who signed in, was refused or took an export is shown to owners only.
        </p>
      )}
      {events.rows.length > 0 ? (
        <>
          <div className="mb-3 flex justify-end">
            <ExportMenu path="/settings/audit/export" query={formatAuditView({ kind, cursor: null }).slice(1)} />
          </div>
          <AuditTable events={events.rows} />
          <Pager
            shown={events.rows.length}
            unit={events.rows.length === 1 ? 'event' : 'events'}
            previousHref={formatHref(kind, events.newer)}
            nextHref={formatHref(kind, events.older)}
          />
        </>
      ) : (
        <EmptyState title="Nothing recorded here">
          {NOTHING[member.role === 'owner' ? (kind ?? 'change') : 'change']}
        </EmptyState>
      )}
    </>
  )
}

/** What each half of the log is for, where it is empty. */
const NOTHING: Record<AuditKind, string> = {
  change: 'Connecting, syncing by hand, renaming, disconnecting and changes of members are written down here.',
  security: 'Who signed in, was refused or took an export is written down here.',
}

function KindTabs({ current }: { current: AuditKind | null }) {
  return (
    <Tabs
      label="Kind of event"
      tabs={[
        { href: '/settings/audit', label: 'All', current: current === null },
        { href: '/settings/audit?kind=change', label: 'Changes', current: current === 'change' },
        { href: '/settings/audit?kind=security', label: 'Security', current: current === 'security' },
      ]}
    />
  )
}

const formatHref = (kind: AuditKind | null, cursor: AuditCursor | null) =>
  cursor && `/settings/audit${formatAuditView({ kind, cursor })}`
