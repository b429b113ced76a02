import { Fragment, type ReactNode } from 'react'
import { ButtonLink } from '@/components/ui/button-link'
import { Copyable } from '@/components/ui/copyable'
import { Notice } from '@/components/ui/notice'
import type { OptionalScope } from '@/lib/domain/permissions'
import { explain, type ProblemCode } from '@/lib/domain/problems'
import type { AttemptProblem } from '@/lib/domain/vocabulary'
import { ApprovalLink } from './approval-link'
import { AzureSignInButton, type AzureSignInOptions } from './azure-sign-in-button'
import type { AzurePortal } from './azure-steps'

type Props = {
  problem: Pick<AttemptProblem, 'code' | 'aadsts' | 'correlationId'>
  signIn: (options: AzureSignInOptions) => Promise<void>
  /** The optional permissions asked for, and what to ask for without those that were not granted; null for nothing less. */
  optionalScopes: OptionalScope[]
  fewerScopes: OptionalScope[] | null
  adminConsentUrl: string
  startAgainHref: string
  app: AppRegistration
  portal: AzurePortal
}

/** How the sign-in ended, when not well: what happened, what to do, and the buttons that do it. */
export function SignInProblem({ problem, signIn, adminConsentUrl, startAgainHref, app, portal, ...asked }: Props) {
  const { optionalScopes, fewerScopes } = asked
  const { code, kind, title, sentence, next } = explain(problem.code)
  const ways = listSignInActions(code, fewerScopes !== null)
  const buttons = ways.map((way, index) => (
    <Fragment key={way}>{buttonFor(way, index === findFirstButton(ways))}</Fragment>
  ))

  function buttonFor(way: SignInAction, likely: boolean): ReactNode {
    const variant = likely ? 'primary' : 'secondary'
    switch (way) {
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
        <p>{sentence}</p>
        <p className="mt-1 text-ink">{next}</p>
        <ProblemCodeLine problem={problem} />
      </Notice>
      {fewerScopes && ways.includes('continue_with_fewer') && (
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
      {ways.includes('send_approval_link') && (
        <section aria-labelledby="approval" className="grid grid-cols-1 gap-2">
          <h3 id="approval" className="font-medium">
            Approval link for an administrator
          </h3>
          <ApprovalLink url={adminConsentUrl} />
        </section>
      )}
      {ways.includes('fix_app') && (
        <section aria-labelledby="app-setting" className="grid grid-cols-1 gap-2">
          <h3 id="app-setting" className="font-medium">
            What to change
          </h3>
          <AppSettings code={code} app={app} portal={portal} />
        </section>
      )}
      <div className="flex flex-wrap justify-end gap-2">{[...buttons].reverse()}</div>
    </div>
  )
}

const findFirstButton = (ways: SignInAction[]) =>
  ways.findIndex((way) => way !== 'send_approval_link' && way !== 'fix_app')

/** What a person can do about a sign-in that did not end well, in the order offered: the first is the likely one. */
export type SignInAction =
  | 'sign_in_again'
  | 'continue_with_fewer'
  | 'use_another_account'
  | 'continue_with_verification'
  | 'send_approval_link'
  | 'fix_app'
  | 'start_again'

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

/** @param fewer whether optional permissions were asked for, which can be done without */
export function listSignInActions(code: ProblemCode, fewer: boolean): SignInAction[] {
  const ways = ACTIONS[code] ?? ['sign_in_again', 'use_another_account']
  return fewer ? ways : ways.filter((way) => way !== 'continue_with_fewer')
}

type ProblemCodeLineProps = { problem: Pick<AttemptProblem, 'aadsts' | 'correlationId'> }

/** Microsoft's own numbers for what happened, small: what an administrator or Microsoft support asks for. */
export function ProblemCodeLine({ problem }: ProblemCodeLineProps) {
  if (!problem.aadsts && !problem.correlationId) return null
  return (
    <dl className="mt-3 flex flex-wrap gap-x-4 gap-y-1 text-xs text-ink-soft">
      {problem.aadsts && (
        <div className="flex gap-1.5">
          <dt className="shrink-0">Microsoft’s code</dt>
          <dd className="font-mono">AADSTS{problem.aadsts}</dd>
        </div>
      )}
      {problem.correlationId && (
        <div className="flex gap-1.5">
          <dt className="shrink-0">Correlation ID</dt>
          <dd className="font-mono break-all">{problem.correlationId}</dd>
        </div>
      )}
    </dl>
  )
}

export type AppRegistration = { clientId: string; redirectUri: string }

type AppSettingsProps = { code: ProblemCode; app: AppRegistration; portal: AzurePortal }

/** The one setting of the app registration behind a problem, with the exact value it should have. */
export function AppSettings({ code, app, portal }: AppSettingsProps) {
  return (
    <div className="grid grid-cols-1 gap-3">
      <Setting code={code} app={app} />
      <p className="text-sm text-ink-soft">
        This is set by whoever runs Rolecall, under{' '}
        <a
          href={portal.appRegistrations}
          target="_blank"
          rel="noreferrer"
          className="text-accent underline underline-offset-2"
        >
          App registrations
        </a>{' '}
        in Microsoft Entra. Every value is listed in the{' '}
        <a href="/integrations/azure#app-registration" className="text-accent underline underline-offset-2">
          set-up guide
        </a>
        .
      </p>
    </div>
  )
}

function Setting({ code, app }: Pick<AppSettingsProps, 'code' | 'app'>) {
  switch (code) {
    case 'app_redirect_wrong':
      return (
        <>
          <p>Under Authentication, platform Web, add exactly this address.</p>
          <Labelled text={app.redirectUri} label="Redirect URI" />
        </>
      )
    case 'app_secret_wrong':
    case 'app_secret_expired':
      return (
        <>
          <p>
            Open the application below and create a client secret under Certificates & secrets. Its value, not its ID,
            goes into the setting AZURE_CLIENT_SECRET.
          </p>
          <Labelled text={app.clientId} label="Application (client) ID" />
        </>
      )
    default:
      return (
        <>
          <p>The application below must exist in this cloud and allow accounts in any organisational directory.</p>
          <Labelled text={app.clientId} label="Application (client) ID" />
        </>
      )
  }
}

function Labelled({ text, label }: { text: string; label: string }) {
  return (
    <div className="grid grid-cols-1 gap-1.5">
      <p className="text-sm text-ink-soft">{label}</p>
      <Copyable text={text} label={label} />
    </div>
  )
}
