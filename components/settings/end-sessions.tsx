import type { ReactNode } from 'react'
import { SubmitButton } from '@/components/ui/submit-button'

type Props = {
  /** Whether there is any session besides the one in use. */
  others: boolean
  endOtherSessions: () => Promise<void>
  signOutEverywhere: () => Promise<void>
}

/** Ends many sessions of the member who asks at once: for a computer that is lost, or was left signed in. */
export function EndSessions({ others, endOtherSessions, signOutEverywhere }: Props) {
  return (
    <div className="mt-6 max-w-3xl divide-y divide-line rounded-lg border border-line bg-surface">
      {others ? (
        <Choice title="All other sessions" says="Signs you out in every browser but this one.">
          <form action={endOtherSessions}>
            <SubmitButton pendingLabel="Ending…">End all other sessions</SubmitButton>
          </form>
        </Choice>
      ) : null}
      <Choice title="All sessions" says="Signs you out in every browser at once, this one included.">
        <form action={signOutEverywhere}>
          <SubmitButton pendingLabel="Signing out…">Sign out everywhere</SubmitButton>
        </form>
      </Choice>
    </div>
  )
}

function Choice({ title, says, children }: { title: string; says: string; children: ReactNode }) {
  return (
    <section className="flex flex-wrap items-center justify-between gap-x-6 gap-y-3 p-4">
      <div>
        <h2 className="font-medium">{title}</h2>
        <p className="text-ink-soft">{says}</p>
      </div>
      {children}
    </section>
  )
}
