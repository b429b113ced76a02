import { and, eq, sql } from 'drizzle-orm'
import type { Actor } from '@/db/actor'
import { getDb } from '@/db/client'
import { holders, roleDefinitions } from '@/db/schema/access'
import { connectionsShown, isHolderAtShownNode, type Results, selectShownNodes } from './results-shown'

/** A role that people hold or could activate in any connected subscription, with how many do. */
export type RoleAnywhere = { id: string; name: string | null; people: number }

/** The roles that people hold or could activate in any connected subscription, those of most people first. */
export async function listRolesAnywhere(actor: Actor, results: Results): Promise<RoleAnywhere[]> {
  const db = await getDb(actor)
  const held = sql`(
    select named.id as role_id, ${holders.tenantId}, count(distinct ${holders.principalId})::int as people
    from ${selectShownNodes(connectionsShown(actor, results))} join ${holders} on ${isHolderAtShownNode}
    cross join unnest(${holders.heldRoleIds} || ${holders.eligibleRoleIds}) as named (id)
    where ${and(eq(holders.organisationId, actor.organisationId), eq(holders.kind, 'user'))}
    group by named.id, ${holders.tenantId}) as held`
  // Roles that Azure has built in have one ID in all tenants, and nobody is of two tenants.
  return db
    .select({
      id: sql<string>`held.role_id`,
      name: sql<string | null>`max(${roleDefinitions.name})`,
      people: sql<number>`sum(held.people)::int`,
    })
    .from(held)
    .leftJoin(
      roleDefinitions,
      and(
        eq(roleDefinitions.organisationId, actor.organisationId),
        sql`${roleDefinitions.tenantId} = held.tenant_id`,
        sql`${roleDefinitions.id} = held.role_id`,
      ),
    )
    .groupBy(sql`held.role_id`)
    .orderBy(sql`sum(held.people) desc`, sql`held.role_id`)
}
