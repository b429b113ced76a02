import Link from 'next/link'
import type { Unread } from '@/lib/domain/coverage'
import { spellControls } from '@/lib/domain/words'

type Props = {
  /** Subscriptions that were read whole and in which the person has no role. */
  none: { id: string; label: string }[]
  /** Subscriptions of which that cannot be said, and why. */
  unread: Unread[]
}

/** The connected subscriptions in which no role of a person was found: where there is none, and where that is not known. */
export function OtherSubscriptions({ none, unread }: Props) {
  if (none.length + unread.length === 0) return null
  return (
    <section className="mt-8 max-w-3xl">
      <h2 className="mb-2 text-lg font-semibold">Other connected subscriptions</h2>
      <ul className="grid gap-1 text-sm">
        {unread.map(({ id, label, why }) => (
          <li key={id}>
            <SubscriptionLink id={id} label={label} />: <span className="text-warn">not known.</span> {why}.
          </li>
        ))}
        {none.map(({ id, label }) => (
          <li key={id}>
            <SubscriptionLink id={id} label={label} />: <span className="text-ink-soft">holds no role there.</span>
          </li>
        ))}
      </ul>
    </section>
  )
}

const SubscriptionLink = ({ id, label }: { id: string; label: string }) => (
  <Link href={`/integrations/azure/${id}`} prefetch={false} className="link">
    <bdi>{spellControls(label)}</bdi>
  </Link>
)
