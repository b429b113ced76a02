import { mendOf } from '@/lib/domain/connection-status'
import { type ConnectionActions, ConnectionMenu } from './connection-menu'
import { MendButton } from './mend-button'
import type { Tile } from './tile'

type Props = { tile: Tile; actions: ConnectionActions }

/** What can be done to a connection where many are shown: what mends it as a button, and everything in a menu. */
export function ConnectionActionButtons({ tile: { id, label, href, status }, actions }: Props) {
  const mend = mendOf(status.state)
  const action = mend === 'reconnect' ? actions.startReconnect : actions.syncNow
  return (
    <div className="relative -mr-2 flex items-center justify-end gap-1">
      {mend && <MendButton mend={mend} label={label} action={action.bind(null, id)} />}
      <ConnectionMenu
        connection={{
          id,
          label,
          disconnected: status.state === 'disconnected',
        }}
        actions={actions}
        syncing={mend === 'retry' ? undefined : status.state === 'syncing'}
        openHref={href}
      />
    </div>
  )
}
