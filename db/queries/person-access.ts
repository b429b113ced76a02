import { and, asc, eq, inArray, type SQL, sql } from 'drizzle-orm'
import type { Actor } from '@/db/actor'
import { getDb } from '@/db/client'
import { assignments, roleDefinitions } from '@/db/schema/access'
import { connections } from '@/db/schema/connections'
import { directoryGroups, GROUP_AGES, groupMembers, principals } from '@/db/schema/directory'
import { isAnyOf } from '@/db/text-array'
import type { GroupAges, PersonAccess } from '@/lib/domain/access'
import { listOfMember } from '@/lib/domain/group-coverage'
import type { AssignmentKind, Permission } from '@/lib/domain/vocabulary'
import { isNamedBy, listDenials } from './denials'
import { GRANT } from './grants'
import { isGuid } from './input'
import {
  ageIn,
  inSnapshot,
  isGroupOfSnapshot,
  type Published,
  publishedOf,
  type Snapshot,
  toPrincipal,
  toRole,
} from './snapshot'
import { statusInSnapshot } from './subscription-holders'

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
  const [found, person] = await Promise.all([
    readWays(actor, published, [id]),
    readPerson(actor, published, facts.tenantId, id),
  ])
  if (!person) return null
  const [access] = await collectAccess(actor, published, { facts, ...found }, [person])
  return access ?? null
}

/**
 * The same for several principals of a published result at once, in their order, in as many statements as for one: for
 * exports. `person` is what is known of each already.
 */
export async function listPersonAccess(
  actor: Actor,
  snapshot: Snapshot,
  people: PersonAccess['person'][],
): Promise<PersonAccess[]> {
  const published = publishedOf(snapshot)
  const facts = published && people.length > 0 ? await readConnection(actor, published.id) : null
  if (!published || !facts) return []
  const ids = people.map(({ id }) => id)
  return collectAccess(actor, published, { facts, ...(await readWays(actor, published, ids)) }, people)
}

/** The memberships that lead up from principals, and the denials, which may name them. */
async function readWays(actor: Actor, published: Published, ids: string[]) {
  const [edges, denials] = await Promise.all([readEdges(actor, published, ids), listDenials(actor, published)])
  return { edges, denials }
}

type Found = Awaited<ReturnType<typeof readWays>> & {
  facts: NonNullable<Awaited<ReturnType<typeof readConnection>>>
}

async function collectAccess(
  actor: Actor,
  published: Published,
  { facts, edges, denials }: Found,
  people: PersonAccess['person'][],
): Promise<PersonAccess[]> {
  const personIds = people.map(({ id }) => id)
  const groupIds = [...new Set(edges.map(({ groupId }) => groupId))]
  const [groups, grants] = await Promise.all([
    readGroups(actor, published, facts.tenantId, groupIds),
    readGrants(actor, published, facts.tenantId, [...new Set([...personIds, ...groupIds])], denials.length > 0),
  ])
  const agesOf = new Map(groups.map((group) => [group.id, group.ages]))
  const groupOf = new Map(groups.map(({ ages, ...group }) => [group.id, { ...group, readAt: ages.members }]))
  const edgesOf = Map.groupBy(edges, ({ memberId }) => memberId)
  const grantsOf = Map.groupBy(grants, ({ principalId }) => principalId)
  const { subscriptionId, label, subscriptionName, managementGroups } = facts
  return people.map((person) => {
    const own = listEdgesAbove(person.id, edgesOf)
    const ids = [...new Set(own.map(({ groupId }) => groupId))].filter((id) => id !== person.id)
    const flat = new Set(ids.filter((id) => groupOf.get(id)?.state === 'flat'))
    const names = listGroupsHeld(person.id, own)
    const naming = denials.filter((denial) => isNamedBy(denial, names, person.kind))
    return {
      person,
      grants: [person.id, ...ids]
        .flatMap((id) => grantsOf.get(id) ?? [])
        .sort(byKey)
        .map((grant) => ({ ...grant, readAt: ageIn(published, grant.readAt) })),
      groups: ids.flatMap((id) => groupOf.get(id) ?? []),
      edges: own
        .filter(({ groupId }) => !flat.has(groupId))
        .map((edge) => {
          const list = listOfMember({
            kind: edge.memberId === person.id ? person.kind : 'group',
            membership: edge.membership,
          })
          return { ...edge, readAt: ageIn(published, edge.readAt) ?? agesOf.get(edge.groupId)?.[list] ?? null }
        }),
      flat: [...flat],
      denies: naming.map(({ principals: named, excluded: _, ...deny }) => ({
        ...deny,
        everyone: named.some(({ kind }) => kind === 'everyone'),
      })),
      managementGroups,
      subscription: { id: subscriptionId, label, name: subscriptionName },
    }
  })
}

const byKey = (one: { key: string }, other: { key: string }) => (one.key < other.key ? -1 : 1)

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

/** Walks up from principals to every group they are in. `union` takes no membership twice, so that circles of groups end. */
async function readEdges(actor: Actor, published: Published, ids: string[]): Promise<Edge[]> {
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
      ${select(sql`where ${valid} and ${isAnyOf(memberId, ids)}`)}
      union
      ${select(sql`join way on ${memberId} = way.group_id where ${valid}`)}
    ) select * from way) as way`)
    .where(isGroupOfSnapshot(actor, published, sql`way.group_id`))
    .orderBy(sql`way.group_id`, sql`way.member_id`, sql`way.membership`)
}

/** The memberships of one principal, and those of the groups that it is in, of the memberships of several. */
function listEdgesAbove(id: string, edgesOf: ReadonlyMap<string, Edge[]>): Edge[] {
  const reached = new Set([id])
  // Iterating over a set also visits what is added to it meanwhile.
  for (const one of reached) for (const { groupId } of edgesOf.get(one) ?? []) reached.add(groupId)
  return [...reached].flatMap((one) => edgesOf.get(one) ?? [])
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
      status: statusInSnapshot(actor, published, id),
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
  withPermissions: boolean,
): Promise<PersonAccess['grants']> {
  const db = await getDb(actor)
  return db
    .select({
      ...GRANT,
      principalId: assignments.principalId,
      principalKind: assignments.principalKind,
      privileged: sql<boolean>`coalesce(${roleDefinitions.privileged}, false)`,
      // What a role allows is long, and is only held against denials.
      permissions: withPermissions
        ? sql<Permission[]>`coalesce(${roleDefinitions.permissions}, '[]'::jsonb)`
        : sql<Permission[]>`'[]'::jsonb`,
    })
    .from(assignments)
    .leftJoin(roleDefinitions, toRole(assignments, assignments.roleId))
    .where(
      and(
        inSnapshot(assignments, actor, published),
        eq(assignments.tenantId, tenantId),
        isAnyOf(assignments.principalId, holderIds),
      ),
    )
    .orderBy(asc(assignments.key))
}
