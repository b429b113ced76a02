'use client'

import { ArrowRight, KeyRound, PencilLine, RefreshCw, Unplug } from 'lucide-react'
import { lazy, Suspense, useRef, useState } from 'react'
import type { FormState } from '@/components/ui/form-state'
import { Menu, MenuItem } from '@/components/ui/menu'
import { useKeepFocus } from './keep-focus'

// The dialogs are loaded when they are first opened, because most visits to a page with tiles open neither.
const DisconnectDialog = lazy(async () => ({ default: (await import('./disconnect-dialog')).DisconnectDialog }))
const RenameDialog = lazy(async () => ({ default: (await import('./rename-dialog')).RenameDialog }))

/** What can be done to a connection, as server actions that the page hands down. Each takes the connection's ID first. */
export type ConnectionActions = {
  syncNow: (connectionId: string) => Promise<void>
  startReconnect: (connectionId: string) => Promise<void>
  renameConnection: (connectionId: string, state: FormState, form: FormData) => Promise<FormState>
  disconnectConnection: (connectionId: string, state: FormState, form: FormData) => Promise<FormState>
}

type Question = 'rename' | 'disconnect'

type Props = {
  connection: { id: string; label: string; disconnected: boolean }
  actions: ConnectionActions
  /** Whether a sync is under way, for a menu that begins one; left out where a button beside it does. */
  syncing?: boolean
  /** The connection's page, for a menu that is elsewhere: one of many, whose items are drawn when it is opened. */
  openHref?: string
}

/** The menu with everything that can be done to one connection. */
export function ConnectionMenu({ connection, actions, syncing, openHref }: Props) {
  const { id, label, disconnected } = connection
  const [open, setOpen] = useState<Question | null>(null)
  // A dialog that was opened once stays on the page when it is closed, so that the browser can return the focus.
  const [opened, setOpened] = useState<Question[]>([])
  const own = useRef<HTMLDivElement>(null)
  useKeepFocus(own)
  const [close] = useState(() => () => setOpen(null))

  function ask(question: Question) {
    setOpened((before) => [...before, question])
    setOpen(question)
  }

  return (
    <div ref={own} className="contents">
      <Menu label={`Actions for ${label}`} lazy={openHref !== undefined}>
        {openHref ? (
          <MenuItem href={openHref}>
            <ArrowRight aria-hidden />
            Open
          </MenuItem>
        ) : null}
        {disconnected || syncing === undefined ? null : (
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
        {opened.includes('rename') ? (
          <RenameDialog
            label={label}
            action={actions.renameConnection.bind(null, id)}
            open={open === 'rename'}
            onClose={close}
          />
        ) : null}
        {opened.includes('disconnect') ? (
          <DisconnectDialog
            label={label}
            action={actions.disconnectConnection.bind(null, id)}
            alreadyDisconnected={disconnected}
            open={open === 'disconnect'}
            onClose={close}
          />
        ) : null}
      </Suspense>
    </div>
  )
}
