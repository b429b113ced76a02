import { type SQL, sql } from 'drizzle-orm'
import { z } from 'zod'
import type { Transaction } from '@/db/database'
import type { Published } from '@/db/queries/snapshot'

type Compared = { organisationId: string; published: Published; before: Date | null }

const Changes = z.object({ gained: z.coerce.number(), lost: z.coerce.number() })

/**
 * How many (principal, role, scope, kind) a result has that the connection's last one had not, and the reverse, whichever run
 * wrote them. A changed condition counts as neither.
 *
 * @param compared `before` is when the last result was published, if there is one
 */
export async function countChanges(tx: Transaction, compared: Compared): Promise<{ gained: number; lost: number }> {
  const { published, before } = compared
  const now = held(compared, published.publishedAt)
  const then = before ? held(compared, before) : sql`select * from (${now}) as nothing where false`
  const { rows } = await tx.execute(sql`
    select (select count(*) from (${now} except ${then}) as gained) as gained,
      (select count(*) from (${then} except ${now}) as lost) as lost`)
  return Changes.parse(rows[0])
}

/** What is held at the nodes that a connection had at a moment, as it was then. */
const held = ({ organisationId, published }: Compared, at: Date): SQL => {
  const moment = sql`${at.toISOString()}::timestamptz`
  return sql`
    select a.principal_id, a.role_id, lower(a.scope) as scope, a.kind from assignments a
    join connection_nodes n on n.organisation_id = a.organisation_id and n.node_id = a.node_id
    where a.organisation_id = ${organisationId} and n.connection_id = ${published.id}
      and n.valid_from <= ${moment} and (n.valid_to is null or n.valid_to > ${moment})
      and a.valid_from <= ${moment} and (a.valid_to is null or a.valid_to > ${moment})`
}
