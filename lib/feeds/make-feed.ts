import { and, eq } from 'drizzle-orm'
import type { SessionActor } from '@/db/actor'
import { getDb } from '@/db/client'
import { feeds } from '@/db/schema/feeds'
import { members } from '@/db/schema/organisations'
import { audit, NotFound, requireFreshSignIn } from '@/lib/actor'
import { FEEDS_PER_MEMBER, formatFeedQuery } from '@/lib/domain/feed'
import type { ChangesView } from '@/lib/domain/views'
import { createToken } from '@/lib/random-token'
import { describeFilters } from './describe-filters'

/** `full`: the member has as many feeds as one can have. `token` is told this once and never again. */
export type MadeFeed = { kind: 'made'; feedId: string; token: string } | { kind: 'full' }

/**
 * Makes a feed of the changes that a view shows, read with the rights of the member who makes it. It goes on after their session has
 * ended, so it takes a fresh sign-in: somebody with a stolen cookie makes none.
 */
export async function makeFeed(actor: SessionActor, { name, view }: { name: string; view: ChangesView }) {
  requireFreshSignIn(actor)
  const { organisationId, memberId } = actor
  const { token, tokenHash } = createToken(organisationId)
  const [filters = ''] = await describeFilters(actor, [view])
  const db = await getDb(actor)
  return db.transaction(async (tx): Promise<MadeFeed> => {
    // One at a time for a member, so that two made at once are both counted.
    const [member] = await tx
      .select({ id: members.id })
      .from(members)
      .where(and(eq(members.organisationId, organisationId), eq(members.id, memberId), eq(members.state, 'active')))
      .for('no key update')
    if (!member) throw new NotFound('There is no such member.')
    if ((await tx.$count(feeds, whereOf(actor))) >= FEEDS_PER_MEMBER) return { kind: 'full' }
    const query = formatFeedQuery(view)
    const [made] = await tx
      .insert(feeds)
      .values({ organisationId, memberId, name, query, tokenHash })
      .returning({ id: feeds.id })
    if (!made) throw new Error('The feed was not stored.')
    await audit(tx, actor, { action: 'feed.made', subject: name, details: { filters } })
    return { kind: 'made', feedId: made.id, token }
  })
}

const whereOf = ({ organisationId, memberId }: SessionActor) =>
  and(eq(feeds.organisationId, organisationId), eq(feeds.memberId, memberId))
