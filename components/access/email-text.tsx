/** A person's address, cut off where it is long and whole on hover; said to be unknown when it is. */
export function EmailText({ email }: { email: string | null }) {
  return (
    <span dir="auto" title={email ?? undefined} className="block max-w-72 truncate text-ink-soft">
      {email ?? <span className="text-ink-faint">None known</span>}
    </span>
  )
}
