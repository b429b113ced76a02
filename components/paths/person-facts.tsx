import Link from 'next/link'
import { PersonStatus } from '@/components/access/person-status'
import { ShortId } from '@/components/ui/short-id'
import type { PersonAccess } from '@/db/queries/person-access'

/** Who it is: name, address, state of the account, when it was last used. */
export function PersonFacts({ person }: { person: PersonAccess['person'] }) {
  const { id, name, email, userPrincipalName, status, guest, lastSignInAt } = person
  const address = email ?? userPrincipalName
  return (
    <header className="mb-5">
      <h2
        dir="auto"
        className={`text-left text-xl font-semibold tracking-tight break-words ${status === 'deleted' ? 'line-through' : ''}`}
      >
        {name ?? address ?? id}
      </h2>
      <div className="mt-1 flex flex-wrap items-baseline gap-x-4 gap-y-1 text-ink-soft">
        <span dir="auto" className="min-w-0 break-all">
          {address ?? 'No email known'}
        </span>
        <span>
          <PersonStatus status={status} guest={guest} lastSignInAt={lastSignInAt} />
        </span>
        <ShortId id={id} label="object ID" />
        {person.kind === 'user' ? (
          <Link href={`/people/${id}`} prefetch={false} className="link">
            In all subscriptions
          </Link>
        ) : null}
      </div>
    </header>
  )
}
