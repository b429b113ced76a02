import { ChevronRight } from 'lucide-react'
import type { ReactNode } from 'react'

type AssignReaderProps = {
  portal: AzurePortal
  /** The subscription's own Access control (IAM) page, once it is known which subscription it is. */
  accessControlUrl?: string
}

/** How someone who may assign roles gives the Reader role in the Azure portal, click by click. */
export function AssignReaderSteps({ portal, accessControlUrl }: AssignReaderProps) {
  return (
    <ol className="grid grid-cols-1 list-decimal gap-1 pl-5">
      {accessControlUrl ? (
        <li>
          Open <AzurePortalLink href={accessControlUrl}>Access control (IAM) of this subscription</AzurePortalLink> in
          the Azure portal.
        </li>
      ) : (
        <>
          <li>
            In the <AzurePortalLink href={portal.subscriptions}>Azure portal</AzurePortalLink>, go to{' '}
            <b className="font-medium">Subscriptions</b> and select the subscription.
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

/** Where in the Azure portal the subscription ID is found. */
export function FindSubscriptionIdSteps({ portal }: { portal: AzurePortal }) {
  return (
    <ol className="grid grid-cols-1 list-decimal gap-1 pl-5">
      <li>
        Sign in to the <AzurePortalLink href={portal.subscriptions}>Azure portal</AzurePortalLink> and go to{' '}
        <b className="font-medium">Subscriptions</b>.
      </li>
      <li>
        Copy the <b className="font-medium">Subscription ID</b> of the subscription to connect. The address of any of
        its pages works too.
      </li>
    </ol>
  )
}

type FoldedStepsProps = { title: string; open?: boolean; children: ReactNode }

/** Steps that are folded away, because most people do not need them. */
export function FoldedSteps({ title, open, children }: FoldedStepsProps) {
  return (
    <details open={open} className="group rounded-lg border border-line bg-surface">
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

/** A link to a page of the Azure portal, which opens beside Rolecall. */
export function AzurePortalLink({ href, children }: { href: string; children: ReactNode }) {
  return (
    <a href={href} target="_blank" rel="noreferrer" className="text-accent underline underline-offset-2">
      {children}
    </a>
  )
}

const ORIGINS = {
  global: 'https://portal.azure.com',
  usgov: 'https://portal.azure.us',
  china: 'https://portal.azure.cn',
}

/** The pages of a cloud's Azure portal to which the wizard sends people. */
export function azurePortal(cloud: keyof typeof ORIGINS) {
  const origin = ORIGINS[cloud]
  return {
    origin,
    subscriptions: `${origin}/#view/Microsoft_Azure_Billing/SubscriptionsBladeV2`,
    appRegistrations: `${origin}/#view/Microsoft_AAD_RegisteredApps/ApplicationsListBlade`,
    /** The Access control (IAM) page of one subscription, opened in the tenant that owns it. */
    accessControl: (tenantId: string, subscriptionId: string) =>
      `${origin}/#@${tenantId}/resource/subscriptions/${subscriptionId}/users`,
    /** The same page of a subscription, a resource group or a resource. */
    accessControlAt: (tenantId: string, scope: string) => `${origin}/#@${tenantId}/resource${encodeURI(scope)}/users`,
    /** The members of a group. */
    groupMembers: (groupId: string) =>
      `${origin}/#view/Microsoft_AAD_IAM/GroupDetailsMenuBlade/~/Members/groupId/${encodeURIComponent(groupId)}`,
  }
}

export type AzurePortal = ReturnType<typeof azurePortal>
