import { SubmitButton } from '@/components/ui/submit-button'

type Props = {
  follows: boolean
  /** Subscriptions that the account can read and that are not connected now. */
  unconnected: number
  /** Follows or ceases to; the form says as `keepOut` whether what is not connected now is left alone. */
  action: (follows: boolean, form: FormData) => Promise<void>
}

/** Whether subscriptions that an account can read newly connect themselves, with what that means. */
export function FollowForm({ follows, unconnected, action }: Props) {
  return (
    <section aria-labelledby="follow" className="rounded-lg border border-line bg-surface p-4">
      <h2 id="follow" className="font-medium">
        {follows ? 'This account follows its tenant' : 'Follow the tenant'}
      </h2>
      <p className="mt-0.5 text-ink-soft">
        {follows
          ? 'Subscriptions that it can read newly connect themselves within six hours. What you disconnect stays out, whether its data is kept or deleted.'
          : 'Subscriptions that this account can read newly connect themselves within six hours, each as its own tile. What it can no longer read says so and is never deleted.'}
      </p>
      <form
        action={action.bind(null, !follows)}
        className="mt-3 flex flex-wrap items-center justify-between gap-x-4 gap-y-3"
      >
        {!follows && unconnected > 0 ? (
          <label className="flex min-w-0 flex-1 basis-64 items-start gap-2">
            <input type="checkbox" name="keepOut" defaultChecked className="mt-0.5 size-4 shrink-0 accent-accent" />
            <span>
              Leave out the {unconnected.toLocaleString('en')} that {unconnected === 1 ? 'is' : 'are'} not connected now
            </span>
          </label>
        ) : (
          <span />
        )}
        <SubmitButton pendingLabel={follows ? 'Ending…' : 'Beginning…'}>
          {follows ? 'Stop following' : 'Follow'}
        </SubmitButton>
      </form>
    </section>
  )
}
