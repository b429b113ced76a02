import type { Metadata } from 'next'
import { redirect } from 'next/navigation'
import { readAttempt } from '@/app/(portal)/integrations/azure/connect/[attemptId]/read-attempt'
import { FoundEverywhere } from '@/components/connect/found'
import { LeftOutNotice } from '@/components/connect/left-out'
import { isUnderWay, ProgressSummary, SyncProgress } from '@/components/connect/sync-progress'
import { SyncsProgress } from '@/components/connect/syncs-progress'
import { WizardFrame } from '@/components/connect/wizard-frame'
import { toProgress } from '@/components/integrations/fleet-progress'
import { ButtonLink } from '@/components/ui/button-link'
import { Notice } from '@/components/ui/notice'
import { RefreshWhile } from '@/components/ui/refresh-while'
import { type ConnectionTile, listConnections } from '@/db/queries/connections'
import { countPeople } from '@/db/queries/people'
import { requireMember, type SignedInMember } from '@/lib/auth/request'
import { connectionStatus } from '@/lib/domain/connection-status'
import { readFoundEverywhere } from './read-found'
import { readProgress } from './read-progress'

export const metadata: Metadata = { title: 'Connect Microsoft Azure: sync' }

/** How often the page is read again, in milliseconds: the first sync of a small subscription takes some seconds, many take longer. */
const REFRESH_EVERY_MS = { one: 1000, many: 2000 }

export default async function ProgressPage({ params }: PageProps<'/integrations/azure/connect/[attemptId]/progress'>) {
  const member = await requireMember()
  const attempt = await readAttempt(member, (await params).attemptId)
  if (!attempt.confirmed) redirect(`/integrations/azure/connect/${attempt.id}/sign-in`)
  const all = await readProgress(member, attempt)
  const active = isUnderWay(all)
  const [only] = all

  return (
    <WizardFrame
      step="progress"
      title={attempt.connectionLabel ? (active ? 'Syncing again' : 'Reconnected') : active ? 'First sync' : 'Connected'}
      reconnecting={attempt.connectionLabel}
      finished={!active}
    >
      <RefreshWhile active={active} everyMs={all.length > 1 ? REFRESH_EVERY_MS.many : REFRESH_EVERY_MS.one} />
      {all.length > 1 && <Several member={member} connectionIds={attempt.madeConnectionIds} />}
      {all.length > 1 && !active && all.some(({ found }) => found) && (
        <FoundEverywhere found={await readFoundEverywhere(member)} />
      )}
      {all.length === 1 && only && (
        <>
          <ProgressSummary run={only.run} />
          <SyncProgress progress={only} />
        </>
      )}
      {all.length === 0 && (
        <Notice title="This connection was removed since">
          Its data went with it. Connect the subscription again to bring it back.
        </Notice>
      )}
      <LeftOutNotice leftOut={attempt.leftOut} />
      <div className="flex flex-wrap justify-end gap-2">
        <ButtonLink href="/integrations/azure/connect/subscription" variant="ghost">
          Connect another
        </ButtonLink>
        <ButtonLink href="/integrations">Go to Integrations</ButtonLink>
        {all.length > 1 && (
          <ButtonLink href="/people" variant="primary">
            See who has access
          </ButtonLink>
        )}
      </div>
    </WizardFrame>
  )
}

/** How far the syncs of several connections have come, and how many people they have found so far. */
async function Several({ member, connectionIds }: { member: SignedInMember; connectionIds: string[] }) {
  const rows = await listConnections(member, connectionIds)
  const published = rows.flatMap(({ id, publishedAt, eligibleRead }) =>
    publishedAt ? { id, publishedAt, eligibleRead } : [],
  )
  const now = rows[0]?.now
  const people =
    now && published.length > 0
      ? await countPeople(member, { at: now, of: published }, { search: '', status: null })
      : undefined
  return <SyncsProgress rows={rows} progress={toProgress(rows.map(countRow))} people={people} />
}

const countRow = (row: ConnectionTile) => ({
  state: connectionStatus(row).state,
  all: 1,
  waiting: row.openRun?.state === 'queued' ? 1 : 0,
})
