import { CircleCheck, CircleDashed, CircleX, TriangleAlert } from 'lucide-react'
import type { ReactNode } from 'react'
import { Copyable } from '@/components/ui/copyable'
import { Skeleton } from '@/components/ui/skeleton'
import type { Check } from '@/lib/connections/checks'
import { explain, type ProblemCode } from '@/lib/domain/problems'
import { ApprovalLink } from './approval-link'
import { AzureSignInButton, type AzureSignInOptions } from './azure-sign-in-button'
import { AssignReaderSteps, type AzurePortal } from './azure-steps'
import { ProblemCodeLine } from './problem-code-line'

const CHECK_NAMES: Record<Check['id'], string> = {
  account: 'Right tenant and account',
  subscription: 'Subscription readable and enabled',
  assignments: 'Role assignments readable',
  directory: 'Directory readable',
  groups: 'Groups readable',
}

const FOUND: Record<Check['id'], (detail: string) => string> = {
  account: (name) => `Microsoft signed ${name || 'the account'} in to the tenant that owns the subscription.`,
  subscription: (name) => `${name || 'The subscription'} can be read and is enabled.`,
  assignments: (count) =>
    count === '1'
      ? '1 role assignment can be read.'
      : `${Number(count).toLocaleString('en')} role assignments can be read.`,
  directory: () => 'User.Read.All is granted: names, emails and statuses can be read.',
  groups: (scope) => `${scope} is granted: groups will be opened.`,
}

const MARKS = {
  passed: { icon: CircleCheck, word: 'Passed', tone: 'text-good' },
  failed: { icon: CircleX, word: 'Failed', tone: 'text-bad' },
  warned: { icon: TriangleAlert, word: 'Warning', tone: 'text-warn' },
  skipped: { icon: CircleDashed, word: 'Not checked', tone: 'text-ink-soft' },
  not_asked: { icon: CircleDashed, word: 'Not asked for', tone: 'text-ink-soft' },
}

/** One check: its mark, what was found, and the fix when there is one. */
export function CheckLine({ check, fix }: { check: Check; fix?: ReactNode }) {
  const { icon: Icon, word, tone } = MARKS[check.state]
  const problem = check.code ? explain(check.code) : null

  return (
    <li className="flex gap-3 px-4 py-3">
      <Icon size={16} aria-hidden="true" className={`mt-0.5 shrink-0 ${tone}`} />
      <div className="grid grid-cols-1 min-w-0 flex-1 gap-1">
        <p className="flex flex-wrap items-baseline justify-between gap-x-3">
          <span className="font-medium">{CHECK_NAMES[check.id]}</span>
          <span className={`text-xs ${tone}`}>{word}</span>
        </p>
        {check.state === 'passed' && <p className="break-words text-ink-soft">{FOUND[check.id](check.detail ?? '')}</p>}
        {check.state === 'warned' && check.detail && <p className="break-words">{check.detail}</p>}
        {problem && check.state !== 'passed' && (
          <>
            <p className="text-ink-soft">{problem.sentence}</p>
            <p>{problem.next}</p>
            <div className="mt-2 grid grid-cols-1 gap-3 border-l-2 border-line pl-4 empty:hidden">{fix}</div>
          </>
        )}
        {check.state === 'skipped' && !problem && (
          <p className="text-ink-soft">It is checked once the ones above have passed.</p>
        )}
        {check.state === 'not_asked' && (
          <p className="text-ink-soft">
            Groups stay closed, unless the directory is small. GroupMember.Read.All can be asked for now, by signing in
            again, or later in the connection’s settings.
          </p>
        )}
        <ProblemCodeLine problem={check} />
      </div>
    </li>
  )
}

type CheckFixProps = {
  code: ProblemCode
  subscriptionId: string
  tenantId: string
  /** The object ID that the account has in the subscription's tenant. */
  account: { objectId: string; isApplication: boolean }
  adminConsentUrl: string
  portal: AzurePortal
  signIn: (options: AzureSignInOptions) => Promise<void>
}

/** What makes a failed check pass: steps, a command for this account and subscription, or a link. */
export function CheckFix({ code, subscriptionId, tenantId, account, adminConsentUrl, portal, signIn }: CheckFixProps) {
  switch (code) {
    case 'reader_role_missing':
    case 'subscription_not_readable':
      return (
        <>
          <AssignReaderSteps portal={portal} accessControlUrl={portal.accessControl(tenantId, subscriptionId)} />
          <div className="grid grid-cols-1 gap-1.5">
            <p>Or with the Azure CLI, by someone who may assign roles:</p>
            <Copyable
              text={`az role assignment create --assignee-object-id ${account.objectId} --assignee-principal-type ${account.isApplication ? 'ServicePrincipal' : 'User'} --role Reader --scope /subscriptions/${subscriptionId}`}
              label="command that assigns Reader"
            />
          </div>
        </>
      )
    case 'groups_not_permitted':
    case 'admin_consent_required':
      return <ApprovalLink url={adminConsentUrl} />
    // What is granted and refused all the same is the account's, so another account helps and an approval does not.
    case 'directory_not_readable':
    case 'granted_but_refused':
    case 'guest_account':
      return (
        <AzureSignInButton action={signIn} options={{ prompt: 'select_account' }} variant="secondary" size="sm">
          Sign in with another account
        </AzureSignInButton>
      )
    case 'mfa_required':
      return (
        <AzureSignInButton action={signIn} options={{ useClaims: true }} variant="secondary" size="sm">
          Continue to Microsoft
        </AzureSignInButton>
      )
    case 'wrong_tenant':
    case 'account_not_in_tenant':
    case 'subscription_moved':
    case 'account_disabled':
    case 'sign_in_revoked':
    case 'sign_in_expired':
      return (
        <AzureSignInButton action={signIn} options={{ prompt: 'select_account' }} variant="secondary" size="sm">
          Sign in again
        </AzureSignInButton>
      )
    default:
      return null
  }
}

/** Stands in for the line of the checks while Microsoft is asked. */
export function CheckListSkeleton() {
  return (
    <div className="grid grid-cols-1 gap-6" aria-busy="true">
      <p className="flex h-10.5 items-center gap-3 rounded-lg border border-line bg-surface px-4 text-ink-soft">
        <Skeleton className="size-4 shrink-0 rounded-full" />
        Checking with Microsoft…
      </p>
      <noscript>
        <a href="?whole" className="link">
          Show the checks without a script
        </a>
      </noscript>
      <div className="flex justify-end border-t border-line px-1 py-3">
        <Skeleton className="h-9 w-24" />
      </div>
    </div>
  )
}

/** Stands in for what Microsoft is asked for, with lines in the same places. */
export function ChecksSkeleton() {
  return (
    <div className="grid grid-cols-1 gap-6" aria-busy="true">
      <p className="sr-only">Checking with Microsoft</p>
      <ul className="divide-y divide-line rounded-lg border border-line bg-surface">
        {Object.values(CHECK_NAMES).map((name) => (
          <li key={name} className="flex gap-3 px-4 py-3">
            <Skeleton className="mt-0.5 size-4 shrink-0 rounded-full" />
            <div className="grid flex-1 gap-1">
              <p className="font-medium text-ink-soft">{name}</p>
              <Skeleton className="h-5 w-3/5" />
            </div>
          </li>
        ))}
      </ul>
      <div className="flex justify-end gap-2">
        <Skeleton className="h-9 w-28" />
        <Skeleton className="h-9 w-24" />
      </div>
    </div>
  )
}
