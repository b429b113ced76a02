import type { Metadata } from 'next'
import { AuditTable } from '@/components/settings/audit-table'
import { SettingsHeader } from '@/components/settings/settings-header'
import { EmptyState } from '@/components/ui/empty-state'
import { Pager } from '@/components/ui/pager'
import { type AuditCursor, listAuditEvents } from '@/db/queries/organisation'
import { requireMember } from '@/lib/auth/request'

export const metadata: Metadata = { title: 'Audit log' }

export default async function AuditPage({ searchParams }: PageProps<'/settings/audit'>) {
  const member = await requireMember()
  const { older, newer } = await searchParams
  const events = await listAuditEvents(member, parseCursor(older, newer))

  return (
    <>
      <SettingsHeader current="audit" />
      {events.rows.length > 0 ? (
        <>
          <AuditTable events={events.rows} />
          <Pager
            shown={events.rows.length}
            unit="events"
            previousHref={hrefOf(events.newer)}
            nextHref={hrefOf(events.older)}
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

type Param = string | string[] | undefined

/** A page's place from the address; anything that is not a number is the newest page. */
function parseCursor(older: Param, newer: Param): AuditCursor {
  const seq = Number(newer ?? older)
  return Number.isSafeInteger(seq) && seq >= 0 && (newer ?? older) !== ''
    ? { side: newer ? 'newer' : 'older', seq }
    : null
}

const hrefOf = (cursor: AuditCursor) => (cursor ? `/settings/audit?${cursor.side}=${cursor.seq}` : null)
