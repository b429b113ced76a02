import { Chip } from '@/components/ui/chip'
import { Name } from '@/components/ui/name'

export type OtherSubscription = {
  subscriptionId: string
  name: string
  state: string
  connectedAs: string | null
  otherTenant: string | null
}

type Props = {
  subscription: OtherSubscription
  /** Under which name the form sends the ID of a ticked one; without a name the form sends it in another way. */
  name?: string
  checked: boolean
  onToggle: () => void
}

/** A subscription that an account can read, to be ticked; one that cannot be says why. */
export function SubscriptionLine({ subscription, name, checked, onToggle }: Props) {
  const { subscriptionId, connectedAs, otherTenant, state } = subscription
  return (
    <li>
      <label className="flex items-start gap-3 px-4 py-2.5">
        <input
          type="checkbox"
          name={name}
          value={subscriptionId}
          checked={checked}
          onChange={onToggle}
          disabled={connectedAs !== null || otherTenant !== null}
          className="mt-0.5 size-4 shrink-0 accent-accent"
        />
        <span className="min-w-0 flex-1">
          <Name of={subscription.name} className="break-words" />
          <span className="block font-mono text-xs break-all text-ink-soft">{subscriptionId}</span>
        </span>
        {connectedAs !== null ? (
          <Chip>
            Connected as <Name of={connectedAs} />
          </Chip>
        ) : otherTenant !== null ? (
          <Chip title="Connect it by its own ID, with an account of its tenant.">In another tenant</Chip>
        ) : (
          state !== 'Enabled' && <Chip tone="warn">{state}</Chip>
        )}
      </label>
    </li>
  )
}
