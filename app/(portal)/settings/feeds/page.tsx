import type { Metadata } from 'next'
import { makeFeed, revokeFeed } from '@/app/(portal)/settings/feeds/actions'
import { FeedForm } from '@/components/settings/feed-form'
import { FeedsList } from '@/components/settings/feeds-list'
import { SettingsHeader } from '@/components/settings/settings-header'
import { listFeeds } from '@/db/queries/feeds'
import { mayDo } from '@/lib/actor'
import { requireMember } from '@/lib/auth/request'
import { followView, formatFeedQuery, parseFeedQuery } from '@/lib/domain/feed'
import { parseChangesView } from '@/lib/domain/views'
import { env } from '@/lib/env'
import { describeFilters } from '@/lib/feeds/describe-filters'

export const metadata: Metadata = { title: 'Feeds' }

export default async function FeedsPage({ searchParams }: PageProps<'/settings/feeds'>) {
  const member = await requireMember()
  const wanted = followView(parseChangesView(await searchParams))
  const feeds = await listFeeds(member)
  const views = feeds.map(({ query }) => parseFeedQuery(query))
  const [wantedWords = '', ...words] = await describeFilters(member, [wanted, ...views])

  return (
    <>
      <SettingsHeader current="feeds" />
      <p className="mb-4 max-w-2xl text-ink-soft">
        A feed tells a program of new changes of access: a feed reader, a chat or a ticket system. It is read with the
        rights of the member who made it, and with a token of its own instead of a sign-in.
      </p>
      <FeedForm
        key={formatFeedQuery(wanted)}
        query={formatFeedQuery(wanted)}
        filters={wantedWords}
        portalUrl={env().portalUrl}
        feedIds={feeds.map(({ id }) => id)}
        action={makeFeed}
      />
      <FeedsList
        feeds={feeds.map((feed, index) => ({ ...feed, filters: words[index] ?? '' }))}
        selfId={member.memberId}
        ofEverybody={mayDo(member.role, 'revoke_feeds')}
        portalUrl={env().portalUrl}
        revoke={revokeFeed}
      />
    </>
  )
}
