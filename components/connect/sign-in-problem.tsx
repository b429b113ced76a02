import { Fragment, type ReactNode } from 'react'
import { ButtonLink } from '@/components/ui/button-link'
import { Notice } from '@/components/ui/notice'
import { describeWrongClock } from '@/lib/domain/clock-words'
import type { OptionalScope } from '@/lib/domain/permissions'
import { explain, type ProblemCode } from '@/lib/domain/problems'
import type { AttemptProblem } from '@/lib/domain/vocabulary'
import { type AppRegistration, AppSettingFix } from './app-registration'
import { ApprovalLink } from './approval-link'
import { AzureSignInButton, type AzureSignInOptions } from './azure-sign-in-button'
import type { AzurePortal } from './azure-steps'
import { ProblemCodeLine } from './problem-code-line'
import { StepActions } from './step-actions'

type Props = {
  problem: Pick<AttemptProblem, 'code' | 'aadsts' | 'correlationId' | 'clockAheadMinutes'>
  signIn: (options: AzureSignInOptions) => Promise<void>
  /** The optional permissions asked for, and those left without the ones that were refused; null when none was refused. */
  optionalScopes: OptionalScope[]
  fewerScopes: OptionalScope[] | null
  adminConsentUrl: string
  startAgainHref: string
  backHref: string
  app: AppRegistration
  portal: AzurePortal
}

/** A sign-in that did not end well: what happened, what to do, and the buttons that do it. */
export function SignInProblem(props: Props) {
  const { problem, signIn, adminConsentUrl, startAgainHref, backHref, app, portal, optionalScopes, fewerScopes } = props
  const { code, kind, title, sentence, next } = explain(problem.code)
  const actions = listSignInActions(code, fewerScopes !== null)
  const likely = actions.find((action) => action !== 'send_approval_link' && action !== 'fix_app')

  function renderButton(action: SignInAction): ReactNode {
    const variant = action === likely ? 'primary' : 'secondary'
    switch (action) {
      case 'sign_in_again':
        return (
          <AzureSignInButton
            action={signIn}
            options={code === 'declined' ? { prompt: 'consent' } : {}}
            variant={variant}
          >
            Sign in again
          </AzureSignInButton>
        )
      case 'continue_with_fewer':
        return (
          <AzureSignInButton action={signIn} options={{ optional: 'fewer' }} variant={variant}>
            {fewerScopes?.length ? 'Continue with the permissions it has' : 'Continue without the optional permissions'}
          </AzureSignInButton>
        )
      case 'use_another_account':
        return (
          <AzureSignInButton action={signIn} options={{ prompt: 'select_account' }} variant={variant}>
            Use another account
          </AzureSignInButton>
        )
      case 'continue_with_verification':
        return (
          <AzureSignInButton action={signIn} options={{ useClaims: true }} variant={variant}>
            Continue to Microsoft
          </AzureSignInButton>
        )
      case 'start_again':
        return (
          <ButtonLink href={startAgainHref} variant={variant}>
            Start again
          </ButtonLink>
        )
      default:
        return null
    }
  }

  return (
    <div className="grid grid-cols-1 gap-6">
      <Notice tone={kind === 'ours' ? 'bad' : 'warn'} title={title} role="alert">
        <p>{problem.clockAheadMinutes ? describeWrongClock(problem.clockAheadMinutes) : sentence}</p>
        <p className="mt-1 text-ink">{next}</p>
        <ProblemCodeLine problem={problem} />
      </Notice>
      {fewerScopes && actions.includes('continue_with_fewer') && (
        <p className="text-ink-soft">
          Optional permissions were asked for:{' '}
          {optionalScopes
            .filter((scope) => !fewerScopes.includes(scope))
            .map((scope, index) => (
              <Fragment key={scope}>
                {index > 0 && ', '}
                <code className="font-mono text-sm break-all text-ink">{scope}</code>
              </Fragment>
            ))}
          . Rolecall works without, and can ask again later.
        </p>
      )}
      {actions.includes('send_approval_link') && (
        <section aria-labelledby="approval" className="grid grid-cols-1 gap-2">
          <h3 id="approval" className="font-medium">
            Approval link for an administrator
          </h3>
          <ApprovalLink url={adminConsentUrl} />
        </section>
      )}
      {actions.includes('fix_app') && (
        <section aria-labelledby="app-setting" className="grid grid-cols-1 gap-2">
          <h3 id="app-setting" className="font-medium">
            What to change
          </h3>
          <AppSettingFix code={code} app={app} portal={portal} />
        </section>
      )}
      {/* From right to left, so that the likely one is last. */}
      <StepActions backHref={backHref}>
        {actions.toReversed().map((action) => (
          <Fragment key={action}>{renderButton(action)}</Fragment>
        ))}
      </StepActions>
    </div>
  )
}

/** What a person can do about a sign-in that did not end well. */
type SignInAction =
  | 'sign_in_again'
  | 'continue_with_fewer'
  | 'use_another_account'
  | 'continue_with_verification'
  | 'send_approval_link'
  | 'fix_app'
  | 'start_again'

/** The actions that help with each problem, the likely one first. */
const ACTIONS: Partial<Record<ProblemCode, SignInAction[]>> = {
  declined: ['sign_in_again', 'continue_with_fewer', 'send_approval_link'],
  admin_consent_required: ['send_approval_link', 'sign_in_again', 'continue_with_fewer'],
  account_not_in_tenant: ['use_another_account'],
  wrong_tenant: ['use_another_account'],
  blocked_by_policy: ['use_another_account'],
  mfa_required: ['continue_with_verification', 'use_another_account'],
  not_assigned_to_app: ['sign_in_again', 'use_another_account'],
  account_disabled: ['use_another_account'],
  attempt_expired: ['sign_in_again', 'start_again'],
  attempt_used: ['sign_in_again', 'start_again'],
  state_mismatch: ['sign_in_again', 'start_again'],
  app_redirect_wrong: ['fix_app', 'sign_in_again'],
  app_secret_wrong: ['fix_app', 'sign_in_again'],
  app_secret_expired: ['fix_app', 'sign_in_again'],
  app_not_in_tenant: ['fix_app', 'sign_in_again'],
}

/** `fewer` tells whether optional permissions were asked for that a connection can do without. */
function listSignInActions(code: ProblemCode, fewer: boolean): SignInAction[] {
  const actions = ACTIONS[code] ?? ['sign_in_again', 'use_another_account']
  return fewer ? actions : actions.filter((action) => action !== 'continue_with_fewer')
}
