import { Fragment, type ReactNode } from 'react'
import { ButtonLink } from '@/components/ui/button-link'
import { Notice } from '@/components/ui/notice'
import type { OptionalScope } from '@/lib/domain/permissions'
import { explain } from '@/lib/domain/problems'
import type { AttemptProblem } from '@/lib/domain/vocabulary'
import { type AppRegistration, AppSettings } from './app-settings'
import { ApprovalLink } from './approval-link'
import type { AzurePortal } from './azure-portal'
import { ProblemCodeLine } from './problem-code-line'
import { SignInButton, type SignInOptions } from './sign-in-button'
import { type WayOn, waysOn } from './ways-on'

type Props = {
  problem: Pick<AttemptProblem, 'code' | 'aadsts' | 'correlationId'>
  signIn: (options: SignInOptions) => Promise<void>
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
  const ways = waysOn(code, fewerScopes !== null)
  const buttons = ways.map((way, index) => <Fragment key={way}>{buttonFor(way, index === firstButton(ways))}</Fragment>)

  function buttonFor(way: WayOn, likely: boolean): ReactNode {
    const variant = likely ? 'primary' : 'secondary'
    switch (way) {
      case 'sign_in_again':
        return (
          <SignInButton action={signIn} options={code === 'declined' ? { prompt: 'consent' } : {}} variant={variant}>
            Sign in again
          </SignInButton>
        )
      case 'continue_with_fewer':
        return (
          <SignInButton action={signIn} options={{ optional: 'fewer' }} variant={variant}>
            {fewerScopes?.length ? 'Continue with the permissions it has' : 'Continue without the optional permissions'}
          </SignInButton>
        )
      case 'use_another_account':
        return (
          <SignInButton action={signIn} options={{ prompt: 'select_account' }} variant={variant}>
            Use another account
          </SignInButton>
        )
      case 'continue_with_verification':
        return (
          <SignInButton action={signIn} options={{ useClaims: true }} variant={variant}>
            Continue to Microsoft
          </SignInButton>
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

const firstButton = (ways: WayOn[]) => ways.findIndex((way) => way !== 'send_approval_link' && way !== 'fix_app')
