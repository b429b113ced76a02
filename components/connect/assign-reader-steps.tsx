import type { AzurePortal } from './azure-portal'

type Props = {
  portal: AzurePortal
  /** The subscription's Access control (IAM) page, when it is known which one. */
  accessControlUrl?: string
}

/** How someone who may assign roles gives the Reader role, click by click. */
export function AssignReaderSteps({ portal, accessControlUrl }: Props) {
  return (
    <ol className="grid grid-cols-1 list-decimal gap-1 pl-5">
      {accessControlUrl ? (
        <li>
          Open{' '}
          <a
            href={accessControlUrl}
            target="_blank"
            rel="noreferrer"
            className="text-accent underline underline-offset-2"
          >
            Access control (IAM) of this subscription
          </a>{' '}
          in the Azure portal.
        </li>
      ) : (
        <>
          <li>
            In the{' '}
            <a
              href={portal.subscriptions}
              target="_blank"
              rel="noreferrer"
              className="text-accent underline underline-offset-2"
            >
              Azure portal
            </a>
            , go to <b className="font-medium">Subscriptions</b> and select the subscription.
          </li>
          <li>
            Open <b className="font-medium">Access control (IAM)</b>.
          </li>
        </>
      )}
      <li>
        Choose <b className="font-medium">Add</b>, then <b className="font-medium">Add role assignment</b>.
      </li>
      <li>
        Select the role <b className="font-medium">Reader</b>.
      </li>
      <li>
        Under <b className="font-medium">Members</b>, choose <b className="font-medium">Select members</b> and pick the
        account that connects.
      </li>
      <li>
        Choose <b className="font-medium">Review + assign</b>. It can take a few minutes to apply.
      </li>
    </ol>
  )
}
