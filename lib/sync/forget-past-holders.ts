import { sql } from 'drizzle-orm'
import type { Transaction } from '@/db/database'
import { arrayOf } from '@/db/text-array'
import type { NodesWrite } from './write-nodes'

/** How long past rows of holders are kept at least: longer than any page or export that reads an earlier result. */
const HOLDERS_KEPT_HOURS = 6

/**
 * Deletes past rows of the holders of nodes that the result of no connection shows any more. They are derived, so that nothing is
 * lost by it that could not be made again from assignments and memberships, whose past is kept.
 */
export async function forgetPastHolders(
  tx: Transaction,
  { organisationId, at }: NodesWrite,
  nodeIds: string[],
): Promise<void> {
  if (nodeIds.length === 0) return
  await tx.execute(sql`
    delete from holders h
    where h.organisation_id = ${organisationId} and h.node_id = any(${arrayOf(nodeIds)}::uuid[])
      and h.valid_to < ${at.toISOString()}::timestamptz - make_interval(hours => ${HOLDERS_KEPT_HOURS})
      and not exists (select from connection_nodes n
        join connections c on c.organisation_id = n.organisation_id and c.id = n.connection_id
        where n.organisation_id = h.organisation_id and n.node_id = h.node_id
          and h.valid_from <= c.published_at and h.valid_to > c.published_at)`)
}
