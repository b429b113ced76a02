import { and, asc, eq, inArray, type SQL, sql } from 'drizzle-orm'
import type { Actor } from '@/db/actor'
import { getDb } from '@/db/client'
import { assignments, roleDefinitions } from '@/db/schema/access'
import { connections } from '@/db/schema/connections'
import { directoryGroups, GROUP_AGES, groupMembers, principals } from '@/db/schema/directory'
import type { GroupAges, PersonAccess } from '@/lib/domain/access'
import { listOfMember } from '@/lib/domain/group-coverage'
import type { AssignmentKind, Permission } from '@/lib/domain/vocabulary'
import { isNamedBy, listDenials } from './denials'
import { GRANT } from './grants'
import { isGuid } from './input'
import {
  inSnapshot,
  isGroupOfSnapshot,
  type Published,
  publishedOf,
  type Snapshot,
  toPrincipal,
  toRole,
} from './snapshot'

/**
 * Everything needed to explain a principal's access in a published result, whatever kind of principal it is; without
 * grants when they have none. Null when nothing is published, or when the organisation does not know the id.
 */
export async function getPersonAccess(
  actor: Actor,
  connection: Snapshot,
  personId: string,
): Promise<PersonAccess | null> {
  const published = publishedOf(connection)
  if (!published || !isGuid(personId)) return null
  const id = personId.toLowerCase()
  const facts = await readConnection(actor, published.id)
  if (!facts) return null
  const [edges, person] = await Promise.all([
    readEdges(actor, published, id),
    readPerson(actor, published, facts.tenantId, id),
  ])
  if (!person) return null

  const groupIds = [...new Set(edges.map(({ groupId }) => groupId))].filter((groupId) => groupId !== id)
  const ids = [id, ...groupIds]
  const [groups, grants, denials] = await Promise.all([
    readGroups(actor, published, facts.tenantId, groupIds),
    readGrants(actor, published, facts.tenantId, ids),
    listDenials(actor, published),
  ])
  const names = listGroupsHeld(id, edges)
  const naming = denials.filter((denial) => isNamedBy(denial, names, person.kind))
  const agesOf = new Map(groups.map((group) => [group.id, group.ages]))
  const flat = new Set(groups.filter(({ state }) => state === 'flat').map((group) => group.id))
  const { subscriptionId, label, subscriptionName, managementGroups } = facts
  return {
    person,
    grants,
    groups: groups.map(({ ages, ...group }) => ({ ...group, readAt: ages.members })),
    edges: edges
      .filter(({ groupId }) => !flat.has(groupId))
      .map((edge) => {
        const list = listOfMember({ kind: edge.memberId === id ? person.kind : 'group', membership: edge.membership })
        return { ...edge, readAt: edge.readAt ?? agesOf.get(edge.groupId)?.[list] ?? null }
      }),
    flat: [...flat],
    denies: naming.map(({ principals: named, excluded: _, ...deny }) => ({
      ...deny,
      everyone: named.some(({ kind }) => kind === 'everyone'),
    })),
    managementGroups,
    subscription: { id: subscriptionId, label, name: subscriptionName },
  }
}

async function readConnection(actor: Actor, connectionId: string) {
  const db = await getDb(actor)
  const [found] = await db
    .select({
      tenantId: connections.tenantId,
      subscriptionId: connections.subscriptionId,
      subscriptionName: connections.subscriptionName,
      label: connections.label,
      managementGroups: connections.managementGroups,
    })
    .from(connections)
    .where(and(eq(connections.organisationId, actor.organisationId), eq(connections.id, connectionId)))
  return found ?? null
}

type Edge = PersonAccess['edges'][number]

/** Walks up from a principal to every group it is in. `union` takes no membership twice, so that circles of groups end. */
async function readEdges(actor: Actor, published: Published, id: string): Promise<Edge[]> {
  const db = await getDb(actor)
  const { groupId, memberId, validFrom, membership, endsAt, readAt } = groupMembers
  const select = (more: SQL) => sql`
    select ${groupId}, ${memberId}, ${validFrom}, ${membership}, ${endsAt}, ${readAt} from ${groupMembers} ${more}`
  const valid = inSnapshot(groupMembers, actor, published)
  return db
    .select({
      groupId: sql<string>`way.group_id`,
      memberId: sql<string>`way.member_id`,
      since: sql<Date>`way.since`.mapWith(validFrom),
      membership: sql<AssignmentKind>`way.membership`,
      endsAt: sql<Date | null>`way.ends_at`.mapWith(endsAt),
      readAt: sql<Date | null>`way.read_at`.mapWith(readAt),
    })
    .from(sql`(with recursive way (group_id, member_id, since, membership, ends_at, read_at) as (
      ${select(sql`where ${valid} and ${memberId} = ${id}`)}
      union
      ${select(sql`join way on ${memberId} = way.group_id where ${valid}`)}
    ) select * from way) as way`)
    .where(isGroupOfSnapshot(actor, published, sql`way.group_id`))
    .orderBy(sql`way.group_id`, sql`way.member_id`, sql`way.membership`)
}

/** A principal and the groups that it is in now, not only able to join: whom a denial names. */
function listGroupsHeld(id: string, edges: Edge[]): Set<string> {
  const held = edges.filter(({ membership }) => membership !== 'eligible')
  const found = new Set([id])
  // Iterating over a set also visits what is added to it meanwhile.
  for (const one of found) for (const { memberId, groupId } of held) if (memberId === one) found.add(groupId)
  return found
}

/** What is known of a principal: from the directory, or else only that an assignment or a group names it. */
async function readPerson(
  actor: Actor,
  published: Published,
  tenantId: string,
  id: string,
): Promise<PersonAccess['person'] | null> {
  const db = await getDb(actor)
  const [known] = await db
    .select({
      id: principals.id,
      tenantId: principals.tenantId,
      kind: principals.kind,
      name: principals.name,
      email: principals.email,
      emailSource: principals.emailSource,
      userPrincipalName: principals.userPrincipalName,
      guest: principals.guest,
      status: principals.status,
      variety: principals.variety,
      organisation: principals.organisation,
      lastSignInAt: principals.lastSignInAt,
    })
    .from(principals)
    .where(toPrincipal({ organisationId: actor.organisationId, tenantId }, id))
  if (known) return known

  const [held] = await db
    .select({ kind: assignments.principalKind })
    .from(assignments)
    .where(and(inSnapshot(assignments, actor, published), eq(assignments.principalId, id)))
    .limit(1)
  const [member] = held
    ? [held]
    : await db
        .select({ kind: groupMembers.memberKind })
        .from(groupMembers)
        .where(and(inSnapshot(groupMembers, actor, published), eq(groupMembers.memberId, id)))
        .limit(1)
  if (!member) return null
  const unread = {
    ...{ name: null, email: null, emailSource: null, userPrincipalName: null },
    ...{ variety: null, organisation: null, lastSignInAt: null },
  }
  return { id, tenantId, kind: member.kind, ...unread, guest: false, status: 'not_readable' }
}

async function readGroups(
  actor: Actor,
  published: Published,
  tenantId: string,
  groupIds: string[],
): Promise<(Omit<PersonAccess['groups'][number], 'readAt'> & { ages: GroupAges })[]> {
  if (groupIds.length === 0) return []
  const db = await getDb(actor)
  return db
    .select({
      id: directoryGroups.groupId,
      name: principals.name,
      state: directoryGroups.state,
      directMembers: directoryGroups.directMembers,
      members: directoryGroups.members,
      ages: GROUP_AGES,
    })
    .from(directoryGroups)
    .leftJoin(principals, toPrincipal({ organisationId: actor.organisationId, tenantId }, directoryGroups.groupId))
    .where(and(inSnapshot(directoryGroups, actor, published), inArray(directoryGroups.groupId, groupIds)))
    .orderBy(asc(directoryGroups.groupId))
}

async function readGrants(
  actor: Actor,
  published: Published,
  tenantId: string,
  holderIds: string[],
): Promise<PersonAccess['grants']> {
  const db = await getDb(actor)
  return db
    .select({
      ...GRANT,
      principalId: assignments.principalId,
      principalKind: assignments.principalKind,
      privileged: sql<boolean>`coalesce(${roleDefinitions.privileged}, false)`,
      permissions: sql<Permission[]>`coalesce(${roleDefinitions.permissions}, '[]'::jsonb)`,
    })
    .from(assignments)
    .leftJoin(roleDefinitions, toRole(assignments, assignments.roleId))
    .where(
      and(
        inSnapshot(assignments, actor, published),
        eq(assignments.tenantId, tenantId),
        inArray(assignments.principalId, holderIds),
      ),
    )
    .orderBy(asc(assignments.key))
}
