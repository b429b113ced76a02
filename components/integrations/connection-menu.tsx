'use client'

import { ArrowRight, KeyRound, PencilLine, RefreshCw, Unplug } from 'lucide-react'
import { lazy, Suspense, useState } from 'react'
import type { FormState } from '@/components/ui/form-state'
import { Menu, MenuItem } from '@/components/ui/menu'

// Fetched when first asked for: most visits to a page with tiles open neither.
const DisconnectDialog = lazy(async () => ({ default: (await import('./disconnect-dialog')).DisconnectDialog }))
const RenameDialog = lazy(async () => ({ default: (await import('./rename-dialog')).RenameDialog }))

type Question = 'rename' | 'disconnect'

type Props = {
  connection: { id: string; label: string; disconnected: boolean; syncing: boolean }
  actions: ConnectionActions
  /** Given where the menu is not on the connection's own page. */
  openHref?: string
}

/** Everything that can be done to one connection. */
export function ConnectionMenu({ connection, actions, openHref }: Props) {
  const { id, label, disconnected, syncing } = connection
  const [asked, setAsked] = useState<Question | null>(null)
  // A dialog once opened stays, closed, so that the browser gives the focus back to where it was.
  const [met, setMet] = useState<Question[]>([])
  const [close] = useState(() => () => setAsked(null))

  function ask(question: Question) {
    setMet((before) => [...before, question])
    setAsked(question)
  }

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
        <MenuItem onClick={() => ask('rename')}>
          <PencilLine aria-hidden />
          Rename
        </MenuItem>
        <MenuItem action={actions.startReconnect.bind(null, id)}>
          <KeyRound aria-hidden />
          Reconnect
        </MenuItem>
        <MenuItem danger onClick={() => ask('disconnect')}>
          <Unplug aria-hidden />
          {disconnected ? 'Delete data' : 'Disconnect'}
        </MenuItem>
      </Menu>
      <Suspense fallback={null}>
        {met.includes('rename') ? (
          <RenameDialog
            label={label}
            action={actions.renameConnection.bind(null, id)}
            open={asked === 'rename'}
            onClose={close}
          />
        ) : null}
        {met.includes('disconnect') ? (
          <DisconnectDialog
            label={label}
            action={actions.disconnectConnection.bind(null, id)}
            alreadyDisconnected={disconnected}
            open={asked === 'disconnect'}
            onClose={close}
          />
        ) : null}
      </Suspense>
    </>
  )
}

/** What can be done to a connection; server actions, handed down by the page. Each takes the connection's id first. */
export type ConnectionActions = {
  syncNow: (connectionId: string) => Promise<void>
  startReconnect: (connectionId: string) => Promise<void>
  renameConnection: (connectionId: string, state: FormState, form: FormData) => Promise<FormState>
  disconnectConnection: (connectionId: string, state: FormState, form: FormData) => Promise<FormState>
}
