import { sql } from 'drizzle-orm'
import type { Database } from '@/db/database'

/** Adds as many current memberships of an invented group to the directory of a connection's account, so that deleting it takes a while. */
export async function addMemberships(
  db: Database,
  { organisationId, connectionId, count }: { organisationId: string; connectionId: string; count: number },
): Promise<void> {
  await db.execute(sql`
    insert into group_members (organisation_id, account_id, group_id, member_id, member_kind, valid_from)
    select c.organisation_id, c.account_id, 'bulk', 'member-' || n, 'user', now()
    from connections c, generate_series(1, ${count}::int) n
    where c.organisation_id = ${organisationId} and c.id = ${connectionId}`)
}
