'use server'

import { refresh } from 'next/cache'
import { z } from 'zod'
import { askToConfirm } from '@/app/confirm/ask-to-confirm'
import type { FeedFormState } from '@/components/settings/feed-form'
import { readInput } from '@/lib/auth/input'
import { actionFor } from '@/lib/auth/refusals'
import { FEED_NAME_RULE, FEEDS_PER_MEMBER, parseFeedQuery, readFeedName } from '@/lib/domain/feed'
import { makeFeed as make } from '@/lib/feeds/make-feed'
import { revokeFeed as revoke } from '@/lib/feeds/revoke-feed'

/** Takes what the feed is called (`name`) and its filters, as the query of the Changes page (`query`). Gives its token, this once. */
export const makeFeed = actionFor(
  'viewer',
  async (member, _state: FeedFormState, form: FormData): Promise<FeedFormState> => {
    const [typed, query] = [String(form.get('name') ?? ''), String(form.get('query') ?? '')]
    const values = { name: typed }
    const name = readFeedName(typed)
    if (name === null) return { error: FEED_NAME_RULE, values }
    const made = await make(member, { name, view: parseFeedQuery(query) }).catch(askToConfirm)
    if (made.kind === 'confirm') return { confirm: true, values }
    if (made.kind === 'full')
      return {
        error: `You have ${FEEDS_PER_MEMBER} feeds, the most that one member can have. Revoke one first.`,
        values,
      }
    refresh()
    return { made: { name, feedId: made.feedId, token: made.token } }
  },
)

export const revokeFeed = actionFor('viewer', async (member, feedId: string) => {
  await revoke(member, readInput(z.guid(), feedId))
  refresh()
})
