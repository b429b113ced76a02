import { Copyable } from '@/components/ui/copyable'
import type { ProblemCode } from '@/lib/domain/problems'
import { ApprovalLink } from './approval-link'
import { AssignReaderSteps } from './assign-reader-steps'
import type { AzurePortal } from './azure-portal'
import { SignInButton, type SignInOptions } from './sign-in-button'

type Props = {
  code: ProblemCode
  subscriptionId: string
  tenantId: string
  /** Object ID of the account that signed in, as it is known in the subscription's tenant. */
  accountObjectId: string
  adminConsentUrl: string
  portal: AzurePortal
  signIn: (options: SignInOptions) => Promise<void>
}

/** What makes a failed check pass: steps, a command for exactly this account and subscription, or a link. */
export function CheckFix({ code, subscriptionId, tenantId, accountObjectId, adminConsentUrl, portal, signIn }: Props) {
  switch (code) {
    case 'reader_role_missing':
    case 'subscription_not_readable':
      return (
        <>
          <AssignReaderSteps portal={portal} accessControlUrl={portal.accessControl(tenantId, subscriptionId)} />
          <div className="grid grid-cols-1 gap-1.5">
            <p>Or with the Azure CLI, by someone who may assign roles:</p>
            <Copyable
              text={`az role assignment create --assignee-object-id ${accountObjectId} --assignee-principal-type User --role Reader --scope /subscriptions/${subscriptionId}`}
              label="command that assigns Reader"
            />
          </div>
        </>
      )
    case 'directory_not_readable':
    case 'groups_not_permitted':
    case 'admin_consent_required':
      return <ApprovalLink url={adminConsentUrl} />
    case 'mfa_required':
      return (
        <SignInButton action={signIn} options={{ useClaims: true }} variant="secondary" size="sm">
          Continue to Microsoft
        </SignInButton>
      )
    case 'wrong_tenant':
    case 'account_not_in_tenant':
    case 'subscription_moved':
    case 'account_disabled':
    case 'sign_in_revoked':
    case 'sign_in_expired':
      return (
        <SignInButton action={signIn} options={{ prompt: 'select_account' }} variant="secondary" size="sm">
          Sign in again
        </SignInButton>
      )
    default:
      return null
  }
}
