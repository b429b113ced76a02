import { SubmitButton } from '@/components/ui/submit-button'

/** Ends all sessions of the member who asks, this one included: for a lost laptop. */
export function SignOutEverywhere({ action }: { action: () => Promise<void> }) {
  return (
    <section
      aria-labelledby="sessions-title"
      className="mt-10 flex flex-wrap items-center justify-between gap-x-6 gap-y-3 rounded-lg border border-line p-4"
    >
      <div>
        <h2 id="sessions-title" className="font-medium">
          Your sessions
        </h2>
        <p className="text-ink-soft">Ends your sessions in every browser at once, this one included.</p>
      </div>
      <form action={action}>
        <SubmitButton pendingLabel="Signing out…">Sign out everywhere</SubmitButton>
      </form>
    </section>
  )
}
