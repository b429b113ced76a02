import { and, asc, eq, inArray, sql } from 'drizzle-orm'
import type { Actor } from '@/db/actor'
import { getDb } from '@/db/client'
import { assignments, groupMembers, groupNesting, holders, principals } from '@/db/schema'
import type { PersonStatus } from '@/lib/domain/vocabulary'
import { assignmentsOf, type Published, publishedOf, type Snapshot } from './access-rows'
import { ALL_PEOPLE } from './all-people'
import { toHolder } from './holder-filter'
import { inSnapshot } from './in-snapshot'
import type { Cursor, Page } from './keyset'
import { type HolderRow, listHolders } from './list-holders'
import { listMatchingGrants } from './list-matching-grants'
import { listRolesHeld } from './list-roles-held'

/** One of the people who hold a role, or could activate it and then only so. */
export type RoleHolder = {
  roleId: string
  personId: string
  name: string | null
  email: string | null
  status: PersonStatus
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
  const granted = and(assignmentsOf(actor, published), inArray(assignments.roleId, roleIds))
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
    .leftJoin(principals, toHolder)
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
