import { and, asc, eq, sql } from 'drizzle-orm'
import { alias } from 'drizzle-orm/pg-core'
import type { Actor } from '@/db/actor'
import { getDb } from '@/db/client'
import { assignments, connectionNodes, nodes, roleDefinitions } from '@/db/schema/access'
import { connections } from '@/db/schema/connections'
import { groupMembers, groupNesting, principals } from '@/db/schema/directory'
import { databaseNow } from './clock'
import { GRANT } from './grants'
import { isGuid } from './input'
import { connectionsShown, guestShown, type Results, statusShown } from './results-shown'
import {
  atNodeShown,
  inDirectoryShown,
  nodesShown,
  strengthOfRole,
  toPrincipal,
  toRole,
  weakestKindOf,
} from './snapshot'

export type PersonRole = Awaited<ReturnType<typeof readRoles>>[number]

/**
 * A person and the roles they hold or could activate over all connected subscriptions, directly or through groups, by
 * subscription, strongest role first: in the results that readers see now, or in those of a moment. No roles when they have none in
 * any of them. Null for an id the organisation does not have or that is not a person's.
 */
export async function getPerson(actor: Actor, results: Results, personId: string) {
  if (!isGuid(personId)) return null
  const id = personId.toLowerCase()
  const db = await getDb(actor)
  const [person] = await db
    .select({
      id: principals.id,
      tenantId: principals.tenantId,
      name: principals.name,
      email: principals.email,
      emailSource: principals.emailSource,
      userPrincipalName: principals.userPrincipalName,
      guest: guestShown(results),
      status: statusShown(results),
      lastSignInAt: principals.lastSignInAt,
    })
    .from(principals)
    .where(and(eq(principals.organisationId, actor.organisationId), eq(principals.id, id), eq(principals.kind, 'user')))
    .orderBy(asc(principals.tenantId))
    .limit(1)
  if (!person) return null

  const roles = await readRoles(actor, results, person)
  return { ...person, roles }
}

/** What anybody or anything that the organisation knows is called: its name, its email or only its id. Null for an id that it does not have. */
export async function getPrincipalName(actor: Actor, principalId: string): Promise<string | null> {
  if (!isGuid(principalId)) return null
  const db = await getDb(actor)
  const [known] = await db
    .select({ name: sql<string>`coalesce(${principals.name}, ${principals.email}, ${principals.id})` })
    .from(principals)
    .where(and(eq(principals.organisationId, actor.organisationId), eq(principals.id, principalId.toLowerCase())))
    .orderBy(asc(principals.tenantId))
    .limit(1)
  return known?.name ?? null
}

/** Held by themselves, or by a group that they are in at any depth: once for each who holds the assignment. */
async function readRoles(actor: Actor, results: Results, person: { tenantId: string; id: string }) {
  const shown = connectionsShown(actor, results)
  const ways = sql`(
    select ${connections.id} as connection_id, ${person.id}::text as holder_id, null as group_id, 'active' as membership
    from ${shown}
    union
    select ${connections.id}, ${groupNesting.groupId}, ${groupNesting.groupId},
      ${weakestKindOf(groupNesting.membership, groupMembers.membership)}
    from ${shown} join (
      select distinct ${connectionNodes.connectionId}, ${nodes.accountId} from ${shown}
      join ${connectionNodes} on ${nodesShown}
      join ${nodes} on ${and(eq(nodes.organisationId, connectionNodes.organisationId), eq(nodes.id, connectionNodes.nodeId))}
    ) as reader on reader.connection_id = ${connections.id}
    join ${groupMembers} on ${inDirectoryShown(groupMembers, sql`reader.account_id`)}
    join ${groupNesting} on ${and(inDirectoryShown(groupNesting, sql`reader.account_id`), eq(groupNesting.innerId, groupMembers.groupId))}
    where ${and(eq(groupMembers.organisationId, actor.organisationId), eq(groupMembers.memberId, person.id))}
  ) as way`
  const groupNames = alias(principals, 'group_names')
  const db = await getDb(actor)
  return db
    .select({
      ...GRANT,
      kind: weakestKindOf(assignments.kind, sql`way.membership`),
      now: databaseNow,
      connectionId: connections.id,
      connectionLabel: connections.label,
      subscriptionId: connections.subscriptionId,
      subscriptionName: connections.subscriptionName,
      managementGroups: connections.managementGroups,
      publishedAt: connections.publishedAt,
      /** The group that holds it; null when held directly. */
      groupId: sql<string | null>`way.group_id`,
      groupName: groupNames.name,
    })
    .from(shown)
    .innerJoin(connectionNodes, nodesShown)
    .innerJoin(assignments, atNodeShown(assignments))
    .innerJoin(ways, sql`way.connection_id = ${connections.id} and way.holder_id = ${assignments.principalId}`)
    .leftJoin(roleDefinitions, toRole(assignments, assignments.roleId))
    .leftJoin(groupNames, toPrincipal(assignments, sql`way.group_id`, groupNames))
    .where(and(eq(assignments.organisationId, actor.organisationId), eq(assignments.tenantId, person.tenantId)))
    .orderBy(
      asc(sql`lower(${connections.label})`),
      asc(connections.id),
      asc(strengthOfRole),
      asc(assignments.key),
      sql`way.group_id nulls first`,
    )
}
