'use client'

import { ArrowRight, KeyRound, PencilLine, RefreshCw, Unplug } from 'lucide-react'
import { useState } from 'react'
import { Menu, MenuItem } from '@/components/ui/menu'
import type { ConnectionActions } from './connection-actions'
import { DisconnectDialog } from './disconnect-dialog'
import { RenameDialog } from './rename-dialog'

type Props = {
  connection: { id: string; label: string; disconnected: boolean; syncing: boolean }
  actions: ConnectionActions
  /** Given where the menu is not on the connection's own page. */
  openHref?: string
}

/** Everything that can be done to one connection. */
export function ConnectionMenu({ connection, actions, openHref }: Props) {
  const { id, label, disconnected, syncing } = connection
  const [asked, setAsked] = useState<'rename' | 'disconnect' | null>(null)
  const [close] = useState(() => () => setAsked(null))

  return (
    <>
      <Menu label={`Actions for ${label}`}>
        {openHref ? (
          <MenuItem href={openHref}>
            <ArrowRight aria-hidden />
            Open
          </MenuItem>
        ) : null}
        {disconnected ? null : (
          <MenuItem action={actions.syncNow.bind(null, id)} disabled={syncing}>
            <RefreshCw aria-hidden />
            {syncing ? 'Syncing now' : 'Sync now'}
          </MenuItem>
        )}
        <MenuItem onClick={() => setAsked('rename')}>
          <PencilLine aria-hidden />
          Rename
        </MenuItem>
        <MenuItem action={actions.startReconnect.bind(null, id)}>
          <KeyRound aria-hidden />
          Reconnect
        </MenuItem>
        <MenuItem danger onClick={() => setAsked('disconnect')}>
          <Unplug aria-hidden />
          {disconnected ? 'Delete data' : 'Disconnect'}
        </MenuItem>
      </Menu>
      <RenameDialog
        label={label}
        action={actions.renameConnection.bind(null, id)}
        open={asked === 'rename'}
        onClose={close}
      />
      <DisconnectDialog
        label={label}
        action={actions.disconnectConnection.bind(null, id)}
        alreadyDisconnected={disconnected}
        open={asked === 'disconnect'}
        onClose={close}
      />
    </>
  )
}
