import { Notice } from '@/components/ui/notice'

export type OtherAccount = {
  label: string
  previous: string
  now: string
  /** Other subscriptions that are read with the account from before. */
  others: number
}

type Props = {
  account: OtherAccount
  /** The id of the form that sends the ticks. */
  form: string
  accepted: boolean
  onAccept: (accepted: boolean) => void
  disabled: boolean
}

/** Asks whether a connection is to be read with another account from now on, and the others of the account from before with it. */
export function OtherAccountNotice({ account, form, accepted, onAccept, disabled }: Props) {
  const { label, previous, now, others } = account
  return (
    <Notice tone="warn" title="Another account than before">
      <p>
        {label} was connected with {previous}. Now it would be read with {now}.
      </p>
      <label className="mt-2 flex items-start gap-2 text-ink">
        <input
          type="checkbox"
          form={form}
          name="acceptOtherAccount"
          checked={accepted}
          onChange={(event) => onAccept(event.target.checked)}
          disabled={disabled}
          className="mt-0.5 size-4 shrink-0 accent-accent"
        />
        Use {now} from now on
      </label>
      {others > 0 && (
        <label className="mt-2 flex items-start gap-2 text-ink">
          <input
            type="checkbox"
            form={form}
            name="takesOver"
            disabled={!accepted}
            className="mt-0.5 size-4 shrink-0 accent-accent"
          />
          Also for the {others.toLocaleString('en')} other {others === 1 ? 'subscription' : 'subscriptions'} of{' '}
          {previous}
        </label>
      )}
    </Notice>
  )
}
