import Link from 'next/link'
import type { ReactNode } from 'react'
import { keepMoment } from '@/lib/domain/as-of'
import type { Unread } from '@/lib/domain/coverage'
import { spellControls } from '@/lib/domain/words'

type Props = {
  /** Subscriptions that were read whole and in which the person has no role. */
  none: { id: string; label: string }[]
  /** Subscriptions of which that cannot be said, and why. */
  unread: Unread[]
  /** Subscriptions of which nothing is known as of the moment that is shown, and what follows *because*. */
  hidden: { id: string | null; label: string; why: string }[]
  /** The moment that is shown, as an address has it; empty for now. */
  at: string
}

/** The connected subscriptions in which no role of a person was found: where there is none, and where that is not known. */
export function OtherSubscriptions({ none, unread, hidden, at }: Props) {
  if (none.length + unread.length + hidden.length === 0) return null
  return (
    <section className="mt-8 max-w-3xl">
      <h2 className="mb-2 text-lg font-semibold">Other connected subscriptions</h2>
      <ul className="grid gap-1 text-sm">
        {hidden.map((one) => (
          <Subscription key={`${one.id} ${one.label}`} of={one} at={at}>
            <span className="text-warn">not known then,</span> because {one.why}.
          </Subscription>
        ))}
        {unread.map((one) => (
          <Subscription key={one.id} of={one} at={at}>
            <span className="text-warn">not known.</span> {one.why}.
          </Subscription>
        ))}
        {none.map((one) => (
          <Subscription key={one.id} of={one} at={at}>
            <span className="text-ink-soft">{at ? 'held no role there then.' : 'holds no role there.'}</span>
          </Subscription>
        ))}
      </ul>
    </section>
  )
}

type SubscriptionProps = { of: { id: string | null; label: string }; at: string; children: ReactNode }

/** A subscription with what is said of it; without a link where it is deleted. */
function Subscription({ of: { id, label }, at, children }: SubscriptionProps) {
  const name = <bdi>{spellControls(label)}</bdi>
  return (
    <li className="wrap-anywhere">
      {id ? (
        <Link href={keepMoment(`/integrations/azure/${id}`, at)} prefetch={false} className="link">
          {name}
        </Link>
      ) : (
        name
      )}
      : {children}
    </li>
  )
}
