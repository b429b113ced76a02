'use client'

import { type ReactNode, useActionState, useEffect, useState } from 'react'
import { Button } from '@/components/ui/button'
import { ConfirmIdentity } from '@/components/ui/confirm-identity'
import { TextField } from '@/components/ui/fields'
import type { FormAction } from '@/components/ui/form-state'
import { Modal } from '@/components/ui/modal'
import { Name } from '@/components/ui/name'
import { SubmitButton } from '@/components/ui/submit-button'

type Props = {
  label: string
  action: FormAction
  /** Set for a disconnected connection whose data was kept, which can now only be deleted. */
  alreadyDisconnected?: boolean
  open: boolean
  onClose: () => void
}

/** Ends a connection. Its data is kept, or deleted after the label was typed. Says what is left to do at Microsoft. */
export function DisconnectDialog({ label, action, alreadyDisconnected = false, open, onClose }: Props) {
  return (
    <Modal
      open={open}
      onClose={onClose}
      title={
        <>
          {alreadyDisconnected ? 'Delete the data of' : 'Disconnect'} <Name of={label} />
        </>
      }
      className="max-w-lg"
    >
      <DisconnectForm label={label} action={action} alreadyDisconnected={alreadyDisconnected} onClose={onClose} />
    </Modal>
  )
}

function DisconnectForm({ label, action, alreadyDisconnected, onClose }: Omit<Props, 'open'>) {
  const [state, formAction] = useActionState(action, null)
  const [data, setData] = useState<'keep' | 'delete'>(alreadyDisconnected ? 'delete' : 'keep')
  const verb = alreadyDisconnected ? 'Delete data' : data === 'delete' ? 'Disconnect and delete' : 'Disconnect'
  useEffect(() => {
    if (state?.done) onClose()
  }, [state, onClose])

  return (
    // React resets a form after its action. After a mistyped label that would silently choose to keep the data.
    <form action={formAction} onReset={(event) => event.preventDefault()} className="grid gap-4">
      {alreadyDisconnected ? (
        <>
          <input type="hidden" name="data" value="delete" />
          <p className="text-ink-soft">
            People, roles and the history of this subscription disappear at once and are then deleted, which can take
            minutes. This cannot be undone.
          </p>
        </>
      ) : (
        <>
          <p className="text-ink-soft">
            Syncing stops at once. The stored Microsoft sign-in is deleted too, unless other subscriptions are read with
            it.
          </p>
          <fieldset className="grid gap-2">
            <legend className="mb-1.5 font-medium">What was read so far</legend>
            <Choice value="keep" chosen={data} onChoose={setData} title="Keep data">
              It stays readable here, with its age. Reconnecting continues the same history.
            </Choice>
            <Choice value="delete" chosen={data} onChoose={setData} title="Delete data">
              People, roles and the history of this subscription disappear at once and are then deleted, which can take
              minutes. This cannot be undone.
            </Choice>
          </fieldset>
        </>
      )}
      {data === 'delete' ? (
        <TextField
          name="typed"
          label={
            <>
              Type <bdi className="font-mono text-sm">{label}</bdi> to confirm
            </>
          }
          error={state?.error}
          defaultValue={state?.values?.typed}
          autoComplete="off"
          spellCheck={false}
          dir="auto"
          required
        />
      ) : null}
      <div className="rounded-lg border border-line p-3 text-sm">
        <p className="font-medium">Left to do at Microsoft</p>
        <ul className="mt-1 list-disc space-y-1 pl-4 text-ink-soft">
          <li>
            Once no subscription is connected: remove Rolecall’s consent in Microsoft Entra under Enterprise
            applications, Rolecall, Properties, Delete.
          </li>
          <li>
            If the Reader assignment was made for Rolecall: remove it under Access control (IAM) of the subscription.
          </li>
        </ul>
      </div>
      {state?.confirm ? <ConfirmIdentity again={verb} /> : null}
      <div className="flex justify-end gap-2">
        <Button onClick={onClose}>Cancel</Button>
        <SubmitButton variant="danger" pendingLabel={data === 'delete' ? 'Deleting…' : 'Disconnecting…'}>
          {verb}
        </SubmitButton>
      </div>
    </form>
  )
}

type ChoiceProps = {
  value: 'keep' | 'delete'
  chosen: string
  onChoose: (value: 'keep' | 'delete') => void
  title: string
  children: ReactNode
}

function Choice({ value, chosen, onChoose, title, children }: ChoiceProps) {
  return (
    <label className="flex cursor-pointer gap-3 rounded-lg border border-line p-3 has-checked:border-accent has-checked:bg-accent-soft">
      <input
        type="radio"
        name="data"
        value={value}
        checked={chosen === value}
        onChange={() => onChoose(value)}
        className="mt-1 size-4 shrink-0"
      />
      <span>
        <span className="block font-medium">{title}</span>
        <span className="block text-sm text-ink-soft">{children}</span>
      </span>
    </label>
  )
}
