import { and, asc, eq, ne, sql } from 'drizzle-orm'
import type { Actor } from '@/db/actor'
import { getDb } from '@/db/client'
import { assignments, connections, principals, roleDefinitions } from '@/db/schema'
import { assignmentsNow, strengthOfRole, toRole } from './access-rows'
import { isGuid } from './is-guid'

export type PersonFacts = NonNullable<Awaited<ReturnType<typeof getPerson>>>
export type PersonRole = PersonFacts['roles'][number]

/**
 * A person and the roles they hold over all connected subscriptions, by subscription, strongest role first; no roles
 * when they have lost all of them. Null for an id the organisation does not have or that is not a person's.
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
    })
    .from(principals)
    .where(and(eq(principals.organisationId, actor.organisationId), eq(principals.id, id), eq(principals.kind, 'user')))
    .orderBy(asc(principals.tenantId))
    .limit(1)
  if (!person) return null

  const roles = await db
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
      condition: assignments.condition,
      assignedOn: assignments.createdOn,
      firstSeen: assignments.validFrom,
    })
    .from(assignments)
    .innerJoin(connections, assignmentsNow)
    .leftJoin(roleDefinitions, toRole)
    .where(
      and(
        eq(assignments.organisationId, actor.organisationId),
        eq(assignments.tenantId, person.tenantId),
        eq(assignments.principalId, person.id),
        ne(connections.state, 'disconnected'),
      ),
    )
    .orderBy(asc(sql`lower(${connections.label})`), asc(connections.id), asc(strengthOfRole), asc(assignments.key))
  return { ...person, roles }
}
