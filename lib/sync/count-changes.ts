import { type SQL, sql } from 'drizzle-orm'
import { z } from 'zod'
import type { Transaction } from '@/db/database'
import type { Published } from '@/db/queries/snapshot'
import { arrayOf } from '@/db/text-array'

type Compared = { organisationId: string; published: Published; before: Date | null }

const Changes = z.object({ gained: z.coerce.number(), lost: z.coerce.number() })

/**
 * How many recorded changes gave access, and how many took it, since the connection's last result, whichever run wrote them: as many as
 * the list of changes shows for that time. Of a first result everything is counted that its assignments grant.
 *
 * @param compared `before` is when the last result was published, if there is one
 */
export async function countChanges(tx: Transaction, compared: Compared): Promise<{ gained: number; lost: number }> {
  const { rows } = await tx.execute(compared.before ? countEffects(compared, compared.before) : countGranted(compared))
  return Changes.parse(rows[0])
}

/** The effects at the nodes that the connection had before and has now, and those of its subscription having been moved. */
const countEffects = ({ organisationId, published }: Compared, before: Date): SQL => {
  const count = (effect: string) => sql`count(distinct e.change_id) filter (where e.effect = ${effect})`
  return sql`
    select ${count('gained')} as gained, ${count('lost')} as lost
    from change_effects e join changes c on c.organisation_id = e.organisation_id and c.id = e.change_id
    where e.organisation_id = ${organisationId} and e.at > ${before.toISOString()}::timestamptz
      and e.at <= ${published.publishedAt.toISOString()}::timestamptz and (c.connection_id = ${published.id}
        or (c.connection_id is null and e.node_id = any(${arrayOf(published.nodeIds)}::uuid[]) and exists (
          select from connection_nodes n where n.organisation_id = e.organisation_id and n.connection_id = ${published.id}
            and n.node_id = e.node_id and n.valid_from < e.at and n.valid_to is null)))`
}

const countGranted = ({ organisationId, published }: Compared): SQL => sql`
  select count(distinct (principal_id, role_id, lower(scope), kind)) as gained, 0 as lost from assignments
  where organisation_id = ${organisationId} and node_id = any(${arrayOf(published.nodeIds)}::uuid[]) and valid_to is null`
