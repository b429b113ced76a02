import { and, sql } from 'drizzle-orm'
import type { Actor } from '@/db/actor'
import { getDb } from '@/db/client'
import { holders, principals } from '@/db/schema'
import { publishedOf, type Snapshot } from './access-rows'
import { narrowsGrants } from './grant-filter'
import { type HolderFilter, holderMatches, toHolder } from './holder-filter'
import { inSnapshot } from './in-snapshot'
import { matchingHolders } from './matching-holders'

/** How many a filter leaves of those who have access in a snapshot. */
export async function countHolders(actor: Actor, snapshot: Snapshot, filter: HolderFilter): Promise<number> {
  const published = publishedOf(snapshot)
  if (!published) return 0
  const db = await getDb()
  let query = db.select({ holders: sql<number>`count(*)::int` }).from(holders).$dynamic()
  if (filter.search.trim() !== '') query = query.leftJoin(principals, toHolder)
  if (narrowsGrants(filter))
    query = query.innerJoin(
      sql`(${matchingHolders(actor, published, filter)}) as matching`,
      sql`matching.principal_id = ${holders.principalId}`,
    )
  const [counted] = await query.where(and(inSnapshot(holders, actor, published), holderMatches(filter)))
  return counted?.holders ?? 0
}
