import { and, eq, isNull, lt, or, sql } from 'drizzle-orm'
import type { Actor, Visitor } from '@/db/actor'
import { getDb, getDbOfEveryOrganisation } from '@/db/client'
import { isGuid } from '@/db/queries/input'
import { feeds } from '@/db/schema/feeds'
import { members, organisations } from '@/db/schema/organisations'
import { mayTenantSignIn } from '@/lib/auth/sessions'
import { readOrganisationOfToken } from '@/lib/random-token'
import { isToken } from './tokens'

export type FoundFeed = { id: string; name: string; query: string; createdAt: Date }

/** `last_used_at` is written at most this often, so that readers that ask every few minutes do not write a row each. */
const USED_EVERY_HOURS = 1

/**
 * The feed that a token reads, and the member for whom it is read. Null, whatever the reason is: there is no such feed, the token is
 * another one, the feed was revoked, its member was removed, or the people of its tenant may no longer sign in.
 */
export async function findFeed(
  feedId: string,
  token: string,
  visitor: Visitor,
): Promise<{ feed: FoundFeed; actor: Actor } | null> {
  const row = isGuid(feedId) ? await readFeed(feedId, token) : undefined
  if (!isToken(token, row?.tokenHash ?? null) || !row || !mayTenantSignIn(row.tenantId)) return null
  const { id, name, query, createdAt, organisationId, memberId, role, memberName } = row
  const actor = { organisationId, memberId, role, name: memberName, visitor }
  await noteUse(actor, id)
  return { feed: { id, name, query, createdAt }, actor }
}

async function readFeed(feedId: string, token: string) {
  const organisationId = readOrganisationOfToken(token) ?? (await findOrganisation(feedId))
  if (organisationId === null) return undefined
  const db = await getDb({ organisationId })
  const [found] = await db
    .select({
      id: feeds.id,
      name: feeds.name,
      query: feeds.query,
      createdAt: feeds.createdAt,
      tokenHash: feeds.tokenHash,
      organisationId: feeds.organisationId,
      memberId: members.id,
      role: members.role,
      memberName: members.name,
      tenantId: organisations.tenantId,
    })
    .from(feeds)
    .innerJoin(members, and(eq(members.organisationId, feeds.organisationId), eq(members.id, feeds.memberId)))
    .innerJoin(organisations, eq(organisations.id, feeds.organisationId))
    .where(and(eq(feeds.organisationId, organisationId), eq(feeds.id, feedId), eq(members.state, 'active')))
  return found
}

/** The organisation of a feed whose token does not name it: an earlier version gave it out, and a program goes on with it. */
async function findOrganisation(feedId: string): Promise<string | null> {
  const db = await getDbOfEveryOrganisation()
  const [found] = await db.select({ organisationId: feeds.organisationId }).from(feeds).where(eq(feeds.id, feedId))
  return found?.organisationId ?? null
}

async function noteUse(actor: Actor, feedId: string): Promise<void> {
  const db = await getDb(actor)
  await db
    .update(feeds)
    .set({ lastUsedAt: sql`now()` })
    .where(
      and(
        eq(feeds.organisationId, actor.organisationId),
        eq(feeds.id, feedId),
        or(isNull(feeds.lastUsedAt), lt(feeds.lastUsedAt, sql`now() - make_interval(hours => ${USED_EVERY_HOURS})`)),
      ),
    )
}
