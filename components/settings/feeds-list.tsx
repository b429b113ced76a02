import { ChevronRight } from 'lucide-react'
import Link from 'next/link'
import { Name } from '@/components/ui/name'
import { SubmitButton } from '@/components/ui/submit-button'
import { RelativeTime } from '@/components/ui/time'
import { FeedAddresses } from './feed-addresses'

type Feed = {
  id: string
  name: string
  /** Its filters, as the query of the Changes page, and in words. */
  query: string
  filters: string
  memberId: string
  memberName: string
  createdAt: Date
  lastUsedAt: Date | null
}

type Props = {
  feeds: Feed[]
  selfId: string
  /** Whether these are the feeds of all members, and not only those of the one who asks. */
  ofEverybody: boolean
  portalUrl: string
  revoke: (feedId: string) => Promise<void>
}

/** The feeds that there are, each with what it tells of, who made it, when it was read last, and the button that revokes it. */
export function FeedsList({ feeds, selfId, ofEverybody, portalUrl, revoke }: Props) {
  return (
    <section aria-labelledby="feeds" className="mt-8 max-w-3xl">
      <h2 id="feeds" className="text-lg font-semibold">
        {ofEverybody ? 'Feeds of all members' : 'Your feeds'}
      </h2>
      <p className="mt-1 mb-4 text-ink-soft">
        {feeds.length === 0 ? 'There is none.' : 'A feed that is revoked can be read no more, from that moment on.'}
      </p>
      {feeds.length === 0 ? null : (
        <ul className="divide-y divide-line rounded-lg border border-line bg-surface">
          {feeds.map((feed) => (
            <li key={feed.id} data-row className="grid grid-cols-1 gap-2 p-4">
              <div className="flex flex-wrap items-start justify-between gap-x-6 gap-y-3">
                <div className="min-w-0 flex-1 basis-72">
                  <h3 className="font-medium wrap-anywhere">
                    <Name of={feed.name} />
                  </h3>
                  <p className="wrap-anywhere">
                    <Link href={`/changes${feed.query}`} prefetch={false} className="link">
                      {feed.filters}
                    </Link>
                  </p>
                  <p className="text-sm wrap-anywhere text-ink-soft">
                    Made by {feed.memberId === selfId ? 'you' : <Name of={feed.memberName} />},{' '}
                    <RelativeTime at={feed.createdAt} />.{' '}
                    {feed.lastUsedAt ? (
                      <>
                        Last read <RelativeTime at={feed.lastUsedAt} />.
                      </>
                    ) : (
                      'Not read yet.'
                    )}
                  </p>
                </div>
                <form action={revoke.bind(null, feed.id)}>
                  <SubmitButton size="sm" pendingLabel="Revoking…" aria-label={`Revoke the feed ${feed.name}`}>
                    Revoke
                  </SubmitButton>
                </form>
              </div>
              <details className="group text-sm text-ink-soft">
                <summary className="-mx-1 inline-flex items-center gap-1 rounded-md px-1 hover:text-ink">
                  <ChevronRight aria-hidden className="size-4 shrink-0 transition-transform group-open:rotate-90" />
                  Addresses<span className="sr-only"> of the feed {feed.name}</span>
                </summary>
                <div className="mt-2 grid grid-cols-1 gap-3">
                  <FeedAddresses feedId={feed.id} portalUrl={portalUrl} />
                </div>
              </details>
            </li>
          ))}
        </ul>
      )}
    </section>
  )
}
