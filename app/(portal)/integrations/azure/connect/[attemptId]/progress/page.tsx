import type { Metadata } from 'next'
import { redirect } from 'next/navigation'
import { readAttempt } from '@/app/(portal)/integrations/azure/connect/[attemptId]/read-attempt'
import { isUnderWay, ProgressSummary, SyncProgress } from '@/components/connect/sync-progress'
import { WizardFrame } from '@/components/connect/wizard-frame'
import { FleetProgress, toProgress } from '@/components/integrations/fleet-progress'
import { SyncList } from '@/components/integrations/sync-list'
import { ButtonLink } from '@/components/ui/button-link'
import { Notice } from '@/components/ui/notice'
import { RefreshWhile } from '@/components/ui/refresh-while'
import { type ConnectionTile, listConnections } from '@/db/queries/connections'
import { requireMember } from '@/lib/auth/request'
import { connectionStatus } from '@/lib/domain/connection-status'
import { readProgress } from './read-progress'

export const metadata: Metadata = { title: 'Connect Microsoft Azure: sync' }

/** How often the page is read again, in milliseconds: the first sync of a small subscription takes some seconds. */
const REFRESH_EVERY_MS = 1000

/** Up to this many connections are shown with the phases of their syncs; more are shown as one list. */
const MOST_CARDS = 3

const countRow = (row: ConnectionTile) => ({
  state: connectionStatus(row).state,
  all: 1,
  waiting: row.openRun?.state === 'queued' ? 1 : 0,
})

export default async function ProgressPage({ params }: PageProps<'/integrations/azure/connect/[attemptId]/progress'>) {
  const member = await requireMember()
  const attempt = await readAttempt(member, (await params).attemptId)
  if (!attempt.confirmed) redirect(`/integrations/azure/connect/${attempt.id}/sign-in`)
  const all = await readProgress(member, attempt)
  const active = isUnderWay(all)
  const rows = all.length > MOST_CARDS ? await listConnections(member, attempt.madeConnectionIds) : []

  return (
    <WizardFrame
      step="progress"
      title={attempt.connectionLabel ? (active ? 'Syncing again' : 'Reconnected') : active ? 'First sync' : 'Connected'}
      reconnecting={attempt.connectionLabel}
      finished={!active}
    >
      <RefreshWhile active={active} everyMs={REFRESH_EVERY_MS} />
      {all.length > 0 ? (
        <ProgressSummary all={all} />
      ) : (
        <Notice title="This connection was removed since">
          Its data went with it. Connect the subscription again to bring it back.
        </Notice>
      )}
      {all.length > MOST_CARDS ? (
        <div>
          <FleetProgress progress={toProgress(rows.map(countRow))} />
          <SyncList label="Connected subscriptions" rows={rows} />
        </div>
      ) : (
        all.map((progress) => <SyncProgress key={progress.connectionId} progress={progress} />)
      )}
      <div className="flex flex-wrap justify-end gap-2">
        <ButtonLink href="/integrations/azure/connect/subscription" variant="ghost">
          Connect another subscription
        </ButtonLink>
        <ButtonLink href="/integrations">Go to Integrations</ButtonLink>
      </div>
    </WizardFrame>
  )
}
