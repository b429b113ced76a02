import { and, asc, eq, inArray, sql } from 'drizzle-orm'
import type { Actor } from '@/db/actor'
import { getDb } from '@/db/client'
import { assignments, groupMembers, groupNesting, holders, principals, roleDefinitions } from '@/db/schema/access'
import { connections } from '@/db/schema/connections'
import { syncRuns } from '@/db/schema/runs'
import type { Cursor } from '@/lib/domain/views'
import type { PrincipalStatus, Privilege, RoleCount } from '@/lib/domain/vocabulary'
import { listMatchingGrants } from './grants'
import { ALL_PEOPLE, type HolderRow, listHolders } from './holders'
import type { Page } from './keyset'
import { inSnapshot, type Published, publishedOf, runOf, type Snapshot, strengthOfRole, toPrincipal } from './snapshot'

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
}

/**
 * The roles someone or something holds or could activate in a snapshot, strongest first. How many do was counted when the
 * snapshot was published; of one from before such counts, those that assignments name themselves are counted.
 */
export async function listRolesHeld(actor: Actor, snapshot: Snapshot): Promise<RoleHeld[]> {
  const published = publishedOf(snapshot)
  if (!published) return []
  const counts = await readCounts(actor, published)
  const ids = Object.keys(counts)
  const counted = ids.length > 0 ? await readCounted(actor, published, ids) : []
  // All of them are there, unless the subscription has moved to another directory since.
  if (counted.length === ids.length && ids.length > 0)
    return counted.map((role) => ({ ...role, ...(counts[role.id] ?? NOBODY) }))
  const roles = await readRoles(actor, published)
  return roles.map(({ named, ...role }) => ({ ...role, ...(ids.length > 0 ? (counts[role.id] ?? NOBODY) : named) }))
}

const NOBODY: RoleCount = { people: 0, others: 0, eligible: 0 }

/** The definitions of roles that were counted at the publish: no assignment has to be looked at. */
async function readCounted(actor: Actor, published: Published, ids: string[]) {
  const db = await getDb()
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
    .innerJoin(
      connections,
      and(
        eq(connections.organisationId, actor.organisationId),
        eq(connections.id, published.id),
        eq(connections.tenantId, roleDefinitions.tenantId),
      ),
    )
    .where(and(eq(roleDefinitions.organisationId, actor.organisationId), inArray(roleDefinitions.id, ids)))
    .orderBy(asc(strengthOfRole), asc(roleDefinitions.sortName), asc(roleDefinitions.id))
}

async function readCounts(actor: Actor, published: Published): Promise<Record<string, RoleCount>> {
  const db = await getDb()
  const [run] = await db.select({ counts: syncRuns.roleCounts }).from(syncRuns).where(runOf(actor, published)).limit(1)
  return run?.counts ?? {}
}

const heldByPeople = eq(assignments.principalKind, 'user')

async function readRoles(actor: Actor, published: Published) {
  const db = await getDb()
  const held = db
    .select({
      tenantId: assignments.tenantId,
      roleId: assignments.roleId,
      people:
        sql<number>`count(distinct ${assignments.principalId}) filter (where ${heldByPeople} and ${assignments.kind} <> 'eligible')::int`.as(
          'people',
        ),
      others: sql<number>`count(distinct ${assignments.principalId}) filter (where not ${heldByPeople})::int`.as(
        'others',
      ),
      eligible:
        sql<number>`count(distinct ${assignments.principalId}) filter (where ${heldByPeople} and ${assignments.kind} = 'eligible')::int`.as(
          'eligible',
        ),
    })
    .from(assignments)
    .where(inSnapshot(assignments, actor, published))
    .groupBy(assignments.tenantId, assignments.roleId)
    .as('held')
  return db
    .select({
      id: held.roleId,
      name: roleDefinitions.name,
      custom: sql<boolean>`coalesce(${roleDefinitions.custom}, false)`,
      privilege: roleDefinitions.privilege,
      privileged: sql<boolean>`coalesce(${roleDefinitions.privileged}, false)`,
      ownerEquivalent: sql<boolean>`coalesce(${roleDefinitions.ownerEquivalent}, false)`,
      description: roleDefinitions.description,
      named: {
        people: sql<number>`${held.people}`,
        others: sql<number>`${held.others}`,
        eligible: sql<number>`${held.eligible}`,
      },
    })
    .from(held)
    .leftJoin(
      roleDefinitions,
      and(
        eq(roleDefinitions.organisationId, actor.organisationId),
        eq(roleDefinitions.tenantId, held.tenantId),
        eq(roleDefinitions.id, held.roleId),
      ),
    )
    .orderBy(asc(strengthOfRole), asc(sql`coalesce(${roleDefinitions.sortName}, ${held.roleId})`), asc(held.roleId))
}

/** One of the people who hold a role, or could activate it and then only so. */
export type RoleHolder = {
  roleId: string
  personId: string
  name: string | null
  email: string | null
  status: PrincipalStatus
  guest: boolean
}

/** A role that more people hold is read by going through the people in order: the first ones are soon found. */
const MANY = 1_000

/**
 * The first people, by name, who hold each role of a snapshot or could activate it, directly or through groups: at most
 * `each` per role. A role of few is read from its holders, a role of many from the people, so that neither reads much.
 */
export async function listRoleHolders(actor: Actor, snapshot: Snapshot, each = 20): Promise<RoleHolder[]> {
  const published = publishedOf(snapshot)
  if (!published) return []
  const roles = await listRolesHeld(actor, published)
  const isHeldByMany = ({ people, eligible }: (typeof roles)[number]) => people + eligible > MANY
  const few = roles.filter((role) => !isHeldByMany(role)).map(({ id }) => id)
  const found = await readFew(actor, published, few, each)
  const many = roles.filter(isHeldByMany).map(({ id }) => id)
  return many.length > 0 ? [...found, ...(await readFirst(actor, published, many, each))] : found
}

/** People looked at together; and the most of them, so that a role whose holders all come late in the order costs no more. */
const AT_ONCE = 200
const MOST_LOOKED_AT = 4_000

const FACTS = {
  personId: holders.principalId,
  name: principals.name,
  email: principals.email,
  status: holders.status,
  guest: holders.guest,
}

async function readFew(actor: Actor, published: Published, roleIds: string[], each: number): Promise<RoleHolder[]> {
  if (roleIds.length === 0) return []
  const granted = and(inSnapshot(assignments, actor, published), inArray(assignments.roleId, roleIds))
  const held = sql`(
    select ${assignments.roleId} as role_id, ${assignments.principalId} as person_id from ${assignments} where ${granted}
    union
    select ${assignments.roleId}, ${groupMembers.memberId}
    from ${assignments}
    join ${groupNesting} on ${and(inSnapshot(groupNesting, actor, published), eq(groupNesting.groupId, assignments.principalId))}
    join ${groupMembers} on ${and(inSnapshot(groupMembers, actor, published), eq(groupMembers.groupId, groupNesting.innerId))}
    where ${granted}
  ) as held`
  const db = await getDb()
  const ranked = db
    .select({
      roleId: sql<string>`held.role_id`.as('held_role_id'),
      personId: sql<string>`held.person_id`.as('held_person_id'),
      place:
        sql<number>`row_number() over (partition by held.role_id order by ${holders.sortName}, ${holders.principalId})`.as(
          'place',
        ),
    })
    .from(held)
    .innerJoin(
      holders,
      and(inSnapshot(holders, actor, published), people, sql`${holders.principalId} = held.person_id`),
    )
    .as('ranked')
  return db
    .select({ roleId: ranked.roleId, ...FACTS })
    .from(ranked)
    .innerJoin(holders, and(inSnapshot(holders, actor, published), eq(holders.principalId, ranked.personId)))
    .leftJoin(principals, toPrincipal(holders, holders.principalId))
    .where(sql`${ranked.place} <= ${each}`)
    .orderBy(asc(ranked.roleId), asc(ranked.place))
}

/** Goes through the people by name, some at a time, until every role has its first holders or enough were looked at. */
async function readFirst(actor: Actor, published: Published, roleIds: string[], each: number): Promise<RoleHolder[]> {
  const found = new Map<string, RoleHolder[]>(roleIds.map((id) => [id, []]))
  let cursor: Cursor | null = null
  for (let looked = 0; looked < MOST_LOOKED_AT; looked += AT_ONCE) {
    const page: Page<HolderRow> = await listHolders(actor, published, { ...ALL_PEOPLE, cursor }, AT_ONCE)
    const byId = new Map(page.rows.map((row) => [row.principalId, row]))
    const lacking = [...found].filter(([, holding]) => holding.length < each).map(([id]) => id)
    const grants = await listMatchingGrants(actor, published, [...byId.keys()], { roleIds: lacking })
    const has = new Set(grants.map(({ roleId, principalId }) => `${roleId} ${principalId}`))
    for (const { principalId: personId, name, email, status, guest } of page.rows) {
      for (const roleId of lacking) {
        const holding = found.get(roleId)
        if (holding && holding.length < each && has.has(`${roleId} ${personId}`))
          holding.push({ roleId, personId, name, email, status, guest })
      }
    }
    cursor = page.next
    if (!cursor || [...found.values()].every((holding) => holding.length >= each)) break
  }
  return [...found.values()].flat()
}

const people = eq(holders.kind, 'user')
