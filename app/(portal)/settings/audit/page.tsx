import type { Metadata } from 'next'
import { AuditTable } from '@/components/settings/audit-table'
import { SettingsHeader } from '@/components/settings/settings-header'
import { EmptyState } from '@/components/ui/empty-state'
import { Pager } from '@/components/ui/pager'
import { listAuditEvents } from '@/db/queries/organisation'
import { requireMember } from '@/lib/auth/request'
import { type AuditCursor, formatAuditView, parseAuditView } from '@/lib/domain/views'

export const metadata: Metadata = { title: 'Audit log' }

export default async function AuditPage({ searchParams }: PageProps<'/settings/audit'>) {
  const member = await requireMember()
  const { cursor } = parseAuditView(await searchParams)
  const events = await listAuditEvents(member, cursor)

  return (
    <>
      <SettingsHeader current="audit" />
      {events.rows.length > 0 ? (
        <>
          <AuditTable events={events.rows} />
          <Pager
            shown={events.rows.length}
            unit={events.rows.length === 1 ? 'event' : 'events'}
            previousHref={formatHref(events.newer)}
            nextHref={formatHref(events.older)}
          />
        </>
      ) : (
        <EmptyState title="Nothing recorded here">
          Connecting, syncing by hand, renaming, disconnecting and changes of members are written down here.
        </EmptyState>
      )}
    </>
  )
}

const formatHref = (cursor: AuditCursor | null) => cursor && `/settings/audit${formatAuditView({ cursor })}`
