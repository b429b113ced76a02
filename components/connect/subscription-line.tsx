import { Fragment } from 'react'
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

/** A management group as a line names it. */
export type PathGroup = { id: string; name: string }

export type FormField = { form: string; name: string }

type Props = {
  subscription: OtherSubscription
  /** The management groups that it lies in, from the top down, as far as they are known. */
  path?: readonly PathGroup[]
  /** The form that sends the ID of a ticked one, and under which name; without it the ID is sent in another way. */
  field?: FormField
  checked: boolean
  onToggle: () => void
}

/** The state of a subscription that is left out although Azure does not list it for the account now. */
export const NOT_LISTED = 'Not listed now'

/** Whether a subscription can be ticked: it is not connected, and its people are in the directory that the account reads. */
export const isFree = ({ connectedAs, otherTenant }: OtherSubscription): boolean =>
  connectedAs === null && otherTenant === null

/** A subscription that an account can read, to be ticked; one that cannot be says why. */
export function SubscriptionLine({ subscription, path = [], field, checked, onToggle }: Props) {
  const { subscriptionId, connectedAs, otherTenant, state, assignments } = subscription
  return (
    <li>
      <label className="flex flex-wrap items-start gap-x-3 gap-y-1 px-4 py-2.5 sm:flex-nowrap">
        <input
          type="checkbox"
          {...field}
          value={subscriptionId}
          checked={checked}
          onChange={onToggle}
          disabled={!isFree(subscription)}
          // Scrolled clear of the bar with the button, which lies over the end of a long list.
          className="mt-0.5 size-4 shrink-0 scroll-my-20 accent-accent"
        />
        <span className="min-w-0 flex-1">
          <Name of={subscription.name} className="break-words" />
          <span className="flex flex-wrap gap-x-2 text-xs text-ink-soft">
            <span className="font-mono break-all">{subscriptionId}</span>
            {path.length > 0 && <Path of={path} />}
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

/** Management groups, each below the one before it. */
function Path({ of }: { of: readonly PathGroup[] }) {
  return (
    <span className="min-w-0 break-words">
      <span className="sr-only">in </span>
      {of.map(({ id, name }, index) => (
        <Fragment key={id}>
          {index > 0 && ' › '}
          <Name of={name} />
        </Fragment>
      ))}
    </span>
  )
}
