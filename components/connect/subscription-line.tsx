import { Chip } from '@/components/ui/chip'
import { Name } from '@/components/ui/name'

export type OtherSubscription = {
  subscriptionId: string
  name: string
  state: string
  connectedAs: string | null
  otherTenant: string | null
  /** Role assignments in the last result of one that is connected; null where they are not known. */
  assignments?: number | null
}

type Props = {
  subscription: OtherSubscription
  /** The name of the management group that it lies in, where that is known. */
  group?: string | null
  /** Under which name the form sends the ID of a ticked one; without a name the form sends it in another way. */
  name?: string
  checked: boolean
  onToggle: () => void
}

/** The state of a subscription that is left out although Azure does not list it for the account now. */
export const NOT_LISTED = 'Not listed now'

/** Whether a subscription can be ticked: it is not connected, and its people are in the directory that the account reads. */
export const isFree = ({ connectedAs, otherTenant }: OtherSubscription): boolean =>
  connectedAs === null && otherTenant === null

/** A subscription that an account can read, to be ticked; one that cannot be says why. */
export function SubscriptionLine({ subscription, group, name, checked, onToggle }: Props) {
  const { subscriptionId, connectedAs, otherTenant, state, assignments } = subscription
  return (
    <li>
      <label className="flex flex-wrap items-start gap-x-3 gap-y-1 px-4 py-2.5 sm:flex-nowrap">
        <input
          type="checkbox"
          name={name}
          value={subscriptionId}
          checked={checked}
          onChange={onToggle}
          disabled={!isFree(subscription)}
          className="mt-0.5 size-4 shrink-0 accent-accent"
        />
        <span className="min-w-0 flex-1">
          <Name of={subscription.name} className="break-words" />
          <span className="flex flex-wrap gap-x-2 text-xs text-ink-soft">
            <span className="font-mono break-all">{subscriptionId}</span>
            {group && (
              <span className="min-w-0 break-words">
                in <Name of={group} />
              </span>
            )}
          </span>
        </span>
        <span className="flex max-w-full min-w-0 flex-wrap items-center justify-end gap-1.5 max-sm:w-full max-sm:justify-start max-sm:pl-7 sm:max-w-1/2">
          {typeof assignments === 'number' && (
            <span className="text-xs whitespace-nowrap text-ink-soft tabular-nums">
              {assignments.toLocaleString('en')} {assignments === 1 ? 'assignment' : 'assignments'}
            </span>
          )}
          {state !== 'Enabled' && <Chip tone="warn">{state}</Chip>}
          {connectedAs !== null ? (
            <Chip>
              Connected as <Name of={connectedAs} />
            </Chip>
          ) : (
            otherTenant !== null && (
              <Chip title="Connect it by its own ID, with an account of its tenant.">In another tenant</Chip>
            )
          )}
        </span>
      </label>
    </li>
  )
}
