import { Name } from '@/components/ui/name'
import { SubmitButton } from '@/components/ui/submit-button'

type Props = {
  /** Accounts with which one can go on without a sign-in. */
  accounts: { id: string; name: string; connections: number }[]
  goOnWithAccount: (accountId: string) => Promise<void>
}

/** The accounts that read the tenant already, each with a button that goes on with it. */
export function KnownAccounts({ accounts, goOnWithAccount }: Props) {
  return (
    <section aria-labelledby="known-accounts" className="grid grid-cols-1 gap-2">
      <h3 id="known-accounts" className="font-medium">
        Without another sign-in
      </h3>
      <p className="text-ink-soft">
        Rolecall reads this tenant already. Go on with one of these accounts, and the next step tells whether it can
        read this subscription too. The audit log will say that you did.
      </p>
      <ul className="divide-y divide-line rounded-lg border border-line bg-surface">
        {accounts.map(({ id, name, connections }) => (
          <li key={id} className="flex flex-wrap items-center justify-between gap-x-4 gap-y-2 px-4 py-3">
            <p className="min-w-0 flex-1 basis-56">
              <Name of={name} className="break-all" />
              <span className="block text-sm text-ink-soft">
                Used for {connections.toLocaleString('en')} {connections === 1 ? 'subscription' : 'subscriptions'}
              </span>
            </p>
            <form action={goOnWithAccount.bind(null, id)}>
              <SubmitButton className="relative" pendingLabel="Going on…">
                Go on <span className="sr-only">with {name}</span>
              </SubmitButton>
            </form>
          </li>
        ))}
      </ul>
    </section>
  )
}
