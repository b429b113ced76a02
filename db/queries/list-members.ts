import { asc, eq, sql } from 'drizzle-orm'
import type { Actor } from '@/db/actor'
import { getDb } from '@/db/client'
import { members } from '@/db/schema'

export type MemberRow = Awaited<ReturnType<typeof listMembers>>[number]

/** The members of the organisation, in name order. */
export async function listMembers(actor: Actor) {
  const db = await getDb()
  return db
    .select({
      id: members.id,
      name: members.name,
      email: members.email,
      role: members.role,
      createdAt: members.createdAt,
      lastSeenAt: members.lastSeenAt,
    })
    .from(members)
    .where(eq(members.organisationId, actor.organisationId))
    .orderBy(asc(sql`lower(${members.name})`), asc(members.id))
}
