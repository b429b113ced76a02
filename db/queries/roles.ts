import { and, asc, eq, inArray, sql } from 'drizzle-orm'
import type { Actor } from '@/db/actor'
import { getDb } from '@/db/client'
import { assignments, holders, roleDefinitions } from '@/db/schema/access'
import { connections } from '@/db/schema/connections'
import { groupMembers, groupNesting, principals } from '@/db/schema/directory'
import { listIdsIn } from '@/lib/domain/condition-words'
import type { Cursor } from '@/lib/domain/views'
import type { PrincipalStatus, Privilege, RoleCount } from '@/lib/domain/vocabulary'
import { getResultCounts } from './count-result'
import { listMatchingGrants } from './grants'
import { ALL_PEOPLE, type HolderRow, listHolders } from './holders'
import type { Page } from './keyset'
import {
  inSnapshot,
  type Published,
  publishedOf,
  type Snapshot,
  strengthOfRole,
  toPrincipal,
  weakestKindOf,
} from './snapshot'

export type RoleHeld = {
  id: string
  name: string | null
  custom: boolean
  privilege: Privilege | null
  privileged: boolean
  /** A custom role that amounts to Owner. */
  ownerEquivalent: boolean
  description: string | null
  /** Who hold it, directly or through groups; `eligible` are the people who could activate it and do not hold it. */
  people: number
  others: number
  eligible: number
  eligibleOthers: number
}

/**
 * The roles someone or something holds or could activate in a snapshot, strongest first. How many do was counted when the
 * snapshot was published, so that no assignment has to be looked at.
 */
export async function listRolesHeld(actor: Actor, snapshot: Snapshot): Promise<RoleHeld[]> {
  const published = publishedOf(snapshot)
  if (!published) return []
  const counts = (await getResultCounts(actor, published))?.roleCounts ?? {}
  const ids = Object.keys(counts)
  if (ids.length === 0) return []
  const roles = await readDefinitions(actor, published, ids)
  return roles.map((role) => ({ ...role, ...(counts[role.id] ?? NOBODY) }))
}

const NOBODY: RoleCount = { people: 0, others: 0, eligible: 0, eligibleOthers: 0 }

/**
 * The definitions are those of the tenant that the snapshot was read in. The connection may have a newer one: after a
 * subscription has moved to another directory, the old result stays until the next sync.
 */
async function readDefinitions(actor: Actor, published: Published, ids: string[]) {
  const db = await getDb(actor)
  const tenant = db
    .select({ id: assignments.tenantId })
    .from(assignments)
    .where(inSnapshot(assignments, actor, published))
    .limit(1)
  return db
    .select({
      id: roleDefinitions.id,
      name: roleDefinitions.name,
      custom: roleDefinitions.custom,
      privilege: roleDefinitions.privilege,
      privileged: roleDefinitions.privileged,
      ownerEquivalent: roleDefinitions.ownerEquivalent,
      description: roleDefinitions.description,
    })
    .from(roleDefinitions)
    .where(
      and(
        eq(roleDefinitions.organisationId, actor.organisationId),
        eq(roleDefinitions.tenantId, tenant),
        inArray(roleDefinitions.id, ids),
      ),
    )
    .orderBy(asc(strengthOfRole), asc(roleDefinitions.sortName), asc(roleDefinitions.id))
}

/**
 * The names of the roles that conditions name, by their lower-case IDs, as far as their definitions were read. IDs of
 * principals, which conditions name as well, are not among them.
 */
export async function listRoleNames(
  actor: Actor,
  snapshot: Snapshot,
  conditions: readonly (string | null)[],
): Promise<ReadonlyMap<string, string>> {
  const published = publishedOf(snapshot)
  const ids = [...new Set(conditions.flatMap((condition) => listIdsIn(condition ?? '')))]
  if (!published || ids.length === 0) return new Map()
  const roles = await readDefinitions(actor, published, ids)
  return new Map(roles.flatMap(({ id, name }) => (name === null ? [] : [[id, name]])))
}

/** One of the people who hold a role, or could activate it and then only so. */
export type RoleHolder = {
  roleId: string
  personId: string
  name: string | null
  email: string | null
  status: PrincipalStatus
  guest: boolean
  /** Whether they hold it now, outright or activated, and could not only activate it. */
  held: boolean
}

/** A role that more people hold is read by going through the people in order: the first ones are soon found. */
const MANY = 1_000

/**
 * The first people, by name, who hold each of some roles in a snapshot, and the first who could only activate it, directly or
 * through groups: at most `each` of both per role. A role of few is read from its holders, a role of many from the people, so that neither reads much.
 */
export async function listRoleHolders(
  actor: Actor,
  snapshot: Snapshot,
  roleIds: readonly string[],
  each = 20,
): Promise<RoleHolder[]> {
  const published = publishedOf(snapshot)
  if (!published || roleIds.length === 0) return []
  const roles = (await listRolesHeld(actor, published)).filter(({ id }) => roleIds.includes(id))
  const isHeldByMany = ({ people, eligible }: RoleHeld) => people + eligible > MANY
  const few = roles.filter((role) => !isHeldByMany(role)).map(({ id }) => id)
  const many = roles.filter(isHeldByMany)
  return [
    ...(await readFromHolders(actor, published, few, each)),
    ...(await readFromPeople(actor, published, many, each)),
  ]
}

async function readFromHolders(
  actor: Actor,
  published: Published,
  roleIds: string[],
  each: number,
): Promise<RoleHolder[]> {
  if (roleIds.length === 0) return []
  const granted = and(inSnapshot(assignments, actor, published), inArray(assignments.roleId, roleIds))
  const held = sql`(
    select role_id, person_id, bool_or(kind <> 'eligible') as is_held from (
    select ${assignments.roleId} as role_id, ${assignments.principalId} as person_id, ${assignments.kind} as kind
    from ${assignments} where ${granted}
    union
    select ${assignments.roleId}, ${groupMembers.memberId},
      ${weakestKindOf(assignments.kind, weakestKindOf(groupNesting.membership, groupMembers.membership))}
    from ${assignments}
    join ${groupNesting} on ${and(inSnapshot(groupNesting, actor, published), eq(groupNesting.groupId, assignments.principalId))}
    join ${groupMembers} on ${and(inSnapshot(groupMembers, actor, published), eq(groupMembers.groupId, groupNesting.innerId))}
    where ${granted}) ways group by role_id, person_id
  ) as held`
  const db = await getDb(actor)
  // A person has a row at each node that reaches them, with the same name.
  const people = db
    .selectDistinct({
      id: holders.principalId,
      sortName: holders.sortName,
      status: holders.status,
      guest: holders.guest,
    })
    .from(holders)
    .where(and(inSnapshot(holders, actor, published), eq(holders.kind, 'user')))
    .as('people')
  const ranked = db
    .select({
      roleId: sql<string>`held.role_id`.as('held_role_id'),
      personId: people.id,
      status: people.status,
      guest: people.guest,
      held: sql<boolean>`held.is_held`.as('is_held'),
      place:
        sql<number>`row_number() over (partition by held.role_id, held.is_held order by ${people.sortName}, ${people.id})`.as(
          'place',
        ),
    })
    .from(held)
    .innerJoin(people, sql`${people.id} = held.person_id`)
    .as('ranked')
  return db
    .select({
      roleId: ranked.roleId,
      personId: ranked.personId,
      name: principals.name,
      email: principals.email,
      status: ranked.status,
      guest: ranked.guest,
      held: ranked.held,
    })
    .from(ranked)
    .leftJoin(connections, and(eq(connections.organisationId, actor.organisationId), eq(connections.id, published.id)))
    .leftJoin(principals, toPrincipal(connections, ranked.personId))
    .where(sql`${ranked.place} <= ${each}`)
    .orderBy(asc(ranked.roleId), asc(ranked.place))
}

/** The first holders of a role that are looked for: of those who hold it, or of those who could only activate it. */
type FirstHolders = { roleId: string; held: boolean; wanted: number; found: RoleHolder[] }
const isShort = ({ found, wanted }: FirstHolders) => found.length < wanted

const AT_ONCE = 200 // people looked at together
const MOST_LOOKED_AT = 4_000 // people, so that a role whose holders all come late in the order costs no more

/** Goes through the people by name, some at a time, until every role has its first holders or enough were looked at. */
async function readFromPeople(
  actor: Actor,
  published: Published,
  roles: RoleHeld[],
  each: number,
): Promise<RoleHolder[]> {
  if (roles.length === 0) return []
  const lists = roles.flatMap(({ id: roleId, people, eligible }): FirstHolders[] => [
    { roleId, held: true, wanted: Math.min(each, people), found: [] },
    { roleId, held: false, wanted: Math.min(each, eligible), found: [] },
  ])
  let cursor: Cursor | null = null
  for (let looked = 0; looked < MOST_LOOKED_AT; looked += AT_ONCE) {
    const page: Page<HolderRow> = await listHolders(actor, published, { ...ALL_PEOPLE, cursor }, AT_ONCE)
    const ids = page.rows.map(({ principalId }) => principalId)
    const lacking = lists.filter(isShort)
    const grants = await listMatchingGrants(actor, published, ids, {
      roleIds: [...new Set(lacking.map(({ roleId }) => roleId))],
    })
    const kinds = Map.groupBy(grants, ({ roleId, principalId }) => `${roleId} ${principalId}`)
    for (const { principalId: personId, name, email, status, guest } of page.rows) {
      for (const list of lacking) {
        const { roleId, held } = list
        const ways = kinds.get(`${roleId} ${personId}`)
        if (ways && ways.some(({ kind }) => kind !== 'eligible') === held && isShort(list))
          list.found.push({ roleId, personId, name, email, status, guest, held })
      }
    }
    cursor = page.next
    if (!cursor || !lists.some(isShort)) break
  }
  return lists.flatMap(({ found }) => found)
}
