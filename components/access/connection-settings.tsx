'use client'

import { type ReactNode, useCallback, useState } from 'react'
import type { ConnectionActions } from '@/components/integrations/connection-menu'
import { DisconnectDialog } from '@/components/integrations/disconnect-dialog'
import { RenameDialog } from '@/components/integrations/rename-dialog'
import { ScheduleForm } from '@/components/integrations/schedule-form'
import { Button } from '@/components/ui/button'
import type { FormState } from '@/components/ui/form-state'
import { Name } from '@/components/ui/name'
import { SubmitButton } from '@/components/ui/submit-button'
import type { AccountKind, Schedule } from '@/lib/domain/vocabulary'

type Props = {
  connection: {
    id: string
    label: string
    account: { name: string; kind: AccountKind; others: number }
    schedule: Schedule
    disconnected: boolean
  }
  actions: Omit<ConnectionActions, 'syncNow'> & {
    setSchedule: (connectionId: string, state: FormState, form: FormData) => Promise<FormState>
  }
  /** The panel of optional permissions; nothing when there is none to ask for. */
  permissions: ReactNode
}

/** Everything that can be changed about a connection, each setting with what it does. */
export function ConnectionSettings({ connection, actions, permissions }: Props) {
  const { id, label, account, schedule, disconnected } = connection
  const [open, setOpen] = useState<'rename' | 'disconnect' | null>(null)
  const close = useCallback(() => setOpen(null), [])

  return (
    <div className="max-w-3xl divide-y divide-line rounded-lg border border-line bg-surface">
      <Setting title="Label" says={<Name of={label} />}>
        <Button onClick={() => setOpen('rename')}>Rename</Button>
      </Setting>
      {disconnected ? null : (
        <Setting title="Schedule" says="How often Rolecall reads this subscription by itself.">
          <ScheduleForm schedule={schedule} action={actions.setSchedule.bind(null, id)} />
        </Setting>
      )}
      <Setting
        title="Microsoft account"
        says={
          <>
            Read with {account.kind === 'application' ? 'the application' : 'the sign-in of'}{' '}
            <Name of={account.name} className="break-all" />
            {account.others > 0 &&
              `, like ${account.others.toLocaleString('en')} other ${account.others === 1 ? 'subscription' : 'subscriptions'}`}
            .{' '}
            {account.kind === 'application' ? 'Reconnecting gives it a new credential' : 'Reconnecting signs in again'},
            for all that is read with it; labels, history and data stay.
          </>
        }
      >
        <form action={actions.startReconnect.bind(null, id)}>
          <SubmitButton pendingLabel="Opening…">Reconnect</SubmitButton>
        </form>
      </Setting>
      {permissions}
      <Setting
        title={disconnected ? 'Kept data' : 'Disconnect'}
        says={
          disconnected
            ? 'What was read stays until you delete it.'
            : 'Stops syncing, and deletes the stored sign-in unless others are read with it. You choose whether the data stays.'
        }
      >
        <Button variant="danger" onClick={() => setOpen('disconnect')}>
          {disconnected ? 'Delete data' : 'Disconnect'}
        </Button>
      </Setting>
      <RenameDialog
        label={label}
        action={actions.renameConnection.bind(null, id)}
        open={open === 'rename'}
        onClose={close}
      />
      <DisconnectDialog
        label={label}
        action={actions.disconnectConnection.bind(null, id)}
        alreadyDisconnected={disconnected}
        open={open === 'disconnect'}
        onClose={close}
      />
    </div>
  )
}

function Setting({ title, says, children }: { title: string; says: ReactNode; children: ReactNode }) {
  return (
    <section className="flex flex-wrap items-start justify-between gap-x-6 gap-y-3 p-4">
      <div className="min-w-0 flex-1 basis-64">
        <h2 className="font-medium">{title}</h2>
        <p className="mt-0.5 break-words text-ink-soft">{says}</p>
      </div>
      {children}
    </section>
  )
}
