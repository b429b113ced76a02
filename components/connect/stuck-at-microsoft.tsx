import { explain } from '@/lib/domain/problems'
import { STUCK_AT_MICROSOFT } from '@/lib/domain/stuck-at-microsoft'
import { AzureSignInButton, type AzureSignInOptions } from './azure-sign-in-button'
import { FoldedSteps } from './azure-steps'

type Props = {
  signIn: (options: AzureSignInOptions) => Promise<void>
  /** Set for whoever was at Microsoft already and has come back without an answer. */
  open: boolean
}

/** What to do about the pages of Microsoft's that lead nowhere, for people who have come back from one, or read ahead. */
export function StuckAtMicrosoft({ signIn, open }: Props) {
  return (
    <FoldedSteps title="Stuck on Microsoft’s page?" open={open}>
      <div className="grid grid-cols-1 gap-4">
        <dl className="grid grid-cols-1 gap-3">
          {STUCK_AT_MICROSOFT.map(({ shows, aadsts, problem }) => {
            const { sentence, next } = explain(problem)
            return (
              <div key={aadsts}>
                <dt className="font-medium">
                  “{shows}” <span className="font-mono text-sm font-normal text-ink-soft">AADSTS{aadsts}</span>
                </dt>
                <dd className="text-ink-soft">
                  {sentence} {next}
                </dd>
              </div>
            )
          })}
        </dl>
        <p className="text-ink-soft">
          Your browser’s Back leads here again. Microsoft may sign the same account in by itself, so choose another one
          with this:
        </p>
        <AzureSignInButton action={signIn} options={{ prompt: 'select_account' }} variant="secondary" size="sm">
          Sign in with another account
        </AzureSignInButton>
      </div>
    </FoldedSteps>
  )
}
