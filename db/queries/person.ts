import { and, asc, eq, gt, isNull, lte, ne, or, sql } from 'drizzle-orm'
import { alias } from 'drizzle-orm/pg-core'
import type { Actor } from '@/db/actor'
import { getDb } from '@/db/client'
import { assignments, groupMembers, groupNesting, principals, roleDefinitions } from '@/db/schema/access'
import { connections } from '@/db/schema/connections'
import { assignmentsNow, isGuid, strengthOfRole, toRole } from './snapshot'

export type PersonFacts = NonNullable<Awaited<ReturnType<typeof getPerson>>>
export type PersonRole = PersonFacts['roles'][number]

/**
 * A person and the roles they hold or could activate over all connected subscriptions, directly or through groups, by
 * subscription, strongest role first; no roles when they have lost all of them. Null for an id the organisation does not have or that is not a person's.
 */
export async function getPerson(actor: Actor, personId: string) {
  if (!isGuid(personId)) return null
  const id = personId.toLowerCase()
  const db = await getDb()
  const [person] = await db
    .select({
      id: principals.id,
      tenantId: principals.tenantId,
      name: principals.name,
      email: principals.email,
      userPrincipalName: principals.userPrincipalName,
      guest: principals.guest,
      status: principals.status,
      lastSignInAt: principals.lastSignInAt,
    })
    .from(principals)
    .where(and(eq(principals.organisationId, actor.organisationId), eq(principals.id, id), eq(principals.kind, 'user')))
    .orderBy(asc(principals.tenantId))
    .limit(1)
  if (!person) return null

  const roles = await readRoles(actor, person)
  return { ...person, roles }
}

/** Held by themselves, or by a group that they are in at any depth: once for each who holds the assignment. */
async function readRoles(actor: Actor, person: { tenantId: string; id: string }) {
  const connectionsNow = (table: typeof groupMembers | typeof groupNesting) =>
    and(
      eq(table.organisationId, connections.organisationId),
      eq(table.connectionId, connections.id),
      lte(table.validFrom, connections.publishedAt),
      or(isNull(table.validTo), gt(table.validTo, connections.publishedAt)),
    )
  const ways = sql`(
    select ${connections.id} as connection_id, ${person.id}::text as holder_id, null as group_id
    from ${connections} where ${eq(connections.organisationId, actor.organisationId)}
    union
    select ${connections.id}, ${groupNesting.groupId}, ${groupNesting.groupId}
    from ${groupMembers}
    join ${connections} on ${connectionsNow(groupMembers)}
    join ${groupNesting} on ${and(connectionsNow(groupNesting), eq(groupNesting.innerId, groupMembers.groupId))}
    where ${and(eq(groupMembers.organisationId, actor.organisationId), eq(groupMembers.memberId, person.id))}
  ) as way`
  const groupNames = alias(principals, 'group_names')
  const db = await getDb()
  return db
    .select({
      connectionId: connections.id,
      connectionLabel: connections.label,
      subscriptionId: connections.subscriptionId,
      publishedAt: connections.publishedAt,
      key: assignments.key,
      roleId: assignments.roleId,
      roleName: roleDefinitions.name,
      privilege: roleDefinitions.privilege,
      custom: sql<boolean>`coalesce(${roleDefinitions.custom}, false)`,
      scope: assignments.scope,
      level: assignments.scopeLevel,
      kind: assignments.kind,
      startsAt: assignments.startsAt,
      endsAt: assignments.endsAt,
      /** The group that holds it; null when held directly. */
      groupId: sql<string | null>`way.group_id`,
      groupName: groupNames.name,
      condition: assignments.condition,
      assignedOn: assignments.createdOn,
      firstSeen: assignments.validFrom,
    })
    .from(assignments)
    .innerJoin(connections, assignmentsNow)
    .innerJoin(
      ways,
      sql`way.connection_id = ${assignments.connectionId} and way.holder_id = ${assignments.principalId}`,
    )
    .leftJoin(roleDefinitions, toRole)
    .leftJoin(
      groupNames,
      and(
        eq(groupNames.organisationId, assignments.organisationId),
        eq(groupNames.tenantId, assignments.tenantId),
        sql`${groupNames.id} = way.group_id`,
      ),
    )
    .where(
      and(
        eq(assignments.organisationId, actor.organisationId),
        eq(assignments.tenantId, person.tenantId),
        ne(connections.state, 'disconnected'),
      ),
    )
    .orderBy(
      asc(sql`lower(${connections.label})`),
      asc(connections.id),
      asc(strengthOfRole),
      asc(assignments.key),
      sql`way.group_id nulls first`,
    )
}
