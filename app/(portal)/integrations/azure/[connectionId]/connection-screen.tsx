import { RefreshCw } from 'lucide-react'
import type { ReactNode } from 'react'
import { disconnectConnection, renameConnection, startReconnect, syncNow } from '@/app/(portal)/integrations/actions'
import { ConnectionFrame, type ConnectionTab } from '@/components/access/connection-frame'
import { ConnectionMenu } from '@/components/integrations/connection-menu'
import { SubmitButton } from '@/components/ui/submit-button'
import { mayDo } from '@/lib/actor'
import { openConnection, readResult } from './read-result'

type Props = { connectionId: string; current: ConnectionTab; children: ReactNode }

/**
 * The frame of every page of a connection. It is no layout, because the router keeps layouts while it changes pages, and
 * the counts on the tabs could then be of another published result than the list below them.
 */
export async function ConnectionScreen({ connectionId, current, children }: Props) {
  const { member, connection } = await openConnection(connectionId)
  const { counts, assignments } = await readResult(connectionId)
  const maySync = mayDo(member.role, 'sync')
  const disconnected = connection.state === 'disconnected'

  return (
    <ConnectionFrame
      connection={connection}
      counts={counts}
      assignments={assignments}
      mayAsk={mayDo(member.role, 'connect')}
      current={current}
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
              <form action={syncNow.bind(null, connection.id)}>
                <SubmitButton pendingLabel="Asking…" disabled={connection.openRun !== null}>
                  <RefreshCw aria-hidden />
                  Sync now
                </SubmitButton>
              </form>
            )}
            <ConnectionMenu
              connection={{
                id: connection.id,
                label: connection.label,
                disconnected,
                syncing: connection.openRun !== null,
              }}
              actions={{ syncNow, startReconnect, renameConnection, disconnectConnection }}
            />
          </>
        ) : null
      }
    >
      {children}
    </ConnectionFrame>
  )
}
