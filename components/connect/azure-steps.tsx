import { ChevronRight } from 'lucide-react'
import type { ReactNode } from 'react'
import { Copyable } from '@/components/ui/copyable'

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

/** Steps for those who need them, folded away for those who do not. */
export function FoldedSteps({ title, children }: { title: string; children: ReactNode }) {
  return (
    <details className="group rounded-lg border border-line bg-surface">
      <summary className="flex cursor-pointer list-none items-center gap-2 rounded-lg px-4 py-2.5 font-medium [&::-webkit-details-marker]:hidden">
        <ChevronRight
          size={16}
          aria-hidden="true"
          className="shrink-0 text-ink-soft transition-transform group-open:rotate-90"
        />
        {title}
      </summary>
      <div className="border-t border-line px-4 py-3">{children}</div>
    </details>
  )
}

type AppRegistrationGuideProps = { portal: AzurePortal; portalUrl: string; clientId: string }

const REDIRECTS = [
  { path: '/api/auth/callback/azure-ad', purpose: 'Signing in to Rolecall' },
  { path: '/api/azure/callback', purpose: 'Connecting a subscription' },
  { path: '/api/azure/admin-consent', purpose: 'After an administrator approves' },
]

/** The values that the app registration in Microsoft Entra must have for this portal, to the letter. */
export function AppRegistrationGuide({ portal, portalUrl, clientId }: AppRegistrationGuideProps) {
  return (
    <div className="grid grid-cols-1 gap-4">
      <p className="text-ink-soft">
        For whoever runs Rolecall. These belong to its entry under{' '}
        <a
          href={portal.appRegistrations}
          target="_blank"
          rel="noreferrer"
          className="text-accent underline underline-offset-2"
        >
          App registrations
        </a>{' '}
        in Microsoft Entra; the whole set-up, with commands, is in docs/azure-app-registration.md of the source.
      </p>
      <div className="grid grid-cols-1 gap-1.5">
        <p>Application (client) ID, the setting AZURE_CLIENT_ID</p>
        <Copyable text={clientId} label="application (client) ID" />
      </div>
      {REDIRECTS.map(({ path, purpose }) => (
        <div key={path} className="grid grid-cols-1 gap-1.5">
          <p>
            Redirect URI, platform Web <span className="text-ink-soft">· {purpose}</span>
          </p>
          <Copyable text={`${portalUrl}${path}`} label={`redirect URI for ${purpose.toLowerCase()}`} />
        </div>
      ))}
      <ul className="list-disc pl-5 text-ink-soft">
        <li>
          Supported account types: accounts in any organisational directory, when subscriptions of several tenants are
          connected.
        </li>
        <li>Delegated permissions: the ones in the table above, and no application permissions.</li>
        <li>A client secret, whose value (not its ID) is the setting AZURE_CLIENT_SECRET.</li>
      </ul>
    </div>
  )
}

const ORIGINS = {
  global: 'https://portal.azure.com',
  usgov: 'https://portal.azure.us',
  china: 'https://portal.azure.cn',
}

/** Places in the Azure portal of a cloud that the wizard sends people to. */
export function azurePortal(cloud: keyof typeof ORIGINS) {
  const origin = ORIGINS[cloud]
  return {
    origin,
    subscriptions: `${origin}/#view/Microsoft_Azure_Billing/SubscriptionsBladeV2`,
    appRegistrations: `${origin}/#view/Microsoft_AAD_RegisteredApps/ApplicationsListBlade`,
    /** The Access control (IAM) page of one subscription, opened in the tenant that owns it. */
    accessControl: (tenantId: string, subscriptionId: string) =>
      `${origin}/#@${tenantId}/resource/subscriptions/${subscriptionId}/users`,
  }
}

export type AzurePortal = ReturnType<typeof azurePortal>
