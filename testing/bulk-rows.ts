import { sql } from 'drizzle-orm'
import type { Database } from '@/db/database'

/** Adds as many current memberships of an invented group to a connection, so that deleting it takes a while. */
export async function addMemberships(
  db: Database,
  { organisationId, connectionId, count }: { organisationId: string; connectionId: string; count: number },
): Promise<void> {
  await db.execute(sql`
    insert into group_members (organisation_id, connection_id, group_id, member_id, member_kind, valid_from)
    select ${organisationId}, ${connectionId}, 'bulk', 'member-' || n, 'user', now() from generate_series(1, ${count}::int) n`)
}
