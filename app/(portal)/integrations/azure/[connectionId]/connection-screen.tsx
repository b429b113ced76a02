import type { ReactNode } from 'react'
import { disconnectConnection, renameConnection, startReconnect, syncNow } from '@/app/(portal)/integrations/actions'
import { ConnectionFrame, type Subject } from '@/components/access/connection-frame'
import { PastLinks } from '@/components/access/moment-band'
import { PastBand } from '@/components/access/past-band'
import { changesSinceHref } from '@/components/changes/since-visit'
import { ConnectionMenu } from '@/components/integrations/connection-menu'
import { SyncButton } from '@/components/integrations/sync-button'
import { SubmitButton } from '@/components/ui/submit-button'
import { type ChangesSince, countChangesSince } from '@/db/queries/changes-since'
import { mayDo } from '@/lib/actor'
import { changeCountWords } from '@/lib/domain/change-words'
import type { SubscriptionTabKey } from '@/lib/domain/subscription-tabs'
import { openResult, readResult } from './read-result'

type Props = {
  connectionId: string
  /** Null for a page that no tab leads to. */
  current: SubscriptionTabKey | null
  /**
   * The moment that the page shows, as it stands in the address, and the page's own address as of now, with its filters; left out
   * by pages that only know the present.
   */
  moment?: { at: string; here: string }
  /** Somebody whom the page is about, who is its title instead of the subscription. */
  subject?: Subject
  children: ReactNode
}

/**
 * The frame of every page of a connection. It is no layout, because the router keeps layouts while it changes pages, and
 * the counts on the tabs could then be of another published result than the list below them.
 */
export async function ConnectionScreen({ connectionId, current, moment, subject, children }: Props) {
  const at = moment?.at ?? ''
  const { member, connection, past } = await openResult(connectionId, at)
  const { counts, assignments } = await readResult(connectionId, at)
  const since = connection.publishedAt && !past ? member.previousVisitAt : null
  const words = since && describeChanges(await countChangesSince(member, since, [connection.id]), connection.id)
  // What acts on the present has no place beside the past.
  const maySync = mayDo(member.role, 'sync') && !past
  const comparePath = `/integrations/azure/${connection.id}/compare`
  const disconnected = connection.state === 'disconnected'

  return (
    <ConnectionFrame
      connection={connection}
      counts={past?.kind === 'not_shown' ? null : counts}
      assignments={assignments}
      mayAsk={mayDo(member.role, 'connect')}
      current={current}
      subject={subject}
      changed={words && since ? { words, href: changesSinceHref(since, { connectionId: connection.id }) } : null}
      at={at}
      band={past ? <PastBand past={past} here={moment?.here ?? ''} comparePath={comparePath} /> : null}
      past={
        moment && connection.publishedAt && !past ? <PastLinks here={moment.here} comparePath={comparePath} /> : null
      }
      reconnect={
        mayDo(member.role, 'connect') ? (
          <form action={startReconnect.bind(null, connection.id)}>
            <SubmitButton size="sm" pendingLabel="Opening…">
              Reconnect
            </SubmitButton>
          </form>
        ) : null
      }
      actions={
        maySync ? (
          <>
            {disconnected ? null : (
              <SyncButton action={syncNow.bind(null, connection.id)} syncing={connection.openRun !== null} />
            )}
            <ConnectionMenu
              connection={{ id: connection.id, label: connection.label, disconnected }}
              actions={{ syncNow, startReconnect, renameConnection, disconnectConnection }}
            />
          </>
        ) : null
      }
    >
      {past?.kind === 'not_shown' ? null : children}
    </ConnectionFrame>
  )
}

/** In words what changed in a connection; null when nothing did. */
function describeChanges({ isMore, of }: ChangesSince, connectionId: string): string | null {
  const counts = of.get(connectionId)
  if (isMore) return 'more than 1,000 changes in all subscriptions together'
  return counts ? changeCountWords(counts) : null
}
