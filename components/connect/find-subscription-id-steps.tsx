import type { AzurePortal } from './azure-portal'

/** Where the subscription ID is found. */
export function FindSubscriptionIdSteps({ portal }: { portal: AzurePortal }) {
  return (
    <ol className="grid grid-cols-1 list-decimal gap-1 pl-5">
      <li>
        Sign in to the{' '}
        <a
          href={portal.subscriptions}
          target="_blank"
          rel="noreferrer"
          className="text-accent underline underline-offset-2"
        >
          Azure portal
        </a>{' '}
        and go to <b className="font-medium">Subscriptions</b>.
      </li>
      <li>
        Copy the <b className="font-medium">Subscription ID</b> of the subscription to connect. The address of any of
        its pages works too.
      </li>
    </ol>
  )
}
