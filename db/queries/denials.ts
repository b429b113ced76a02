import { and, asc, eq, inArray, ne } from 'drizzle-orm'
import type { Actor } from '@/db/actor'
import { getDb } from '@/db/client'
import { denyAssignments } from '@/db/schema/access'
import { groupMembers, groupNesting } from '@/db/schema/directory'
import type { NamedDeny } from '@/lib/domain/access'
import type { DenyPrincipal, PrincipalKind } from '@/lib/domain/vocabulary'
import { inSnapshot, type Published, publishedOf, type Snapshot } from './snapshot'

/** A deny assignment with whom it names. */
type DenyRow = NamedDeny & { principals: DenyPrincipal[]; excluded: DenyPrincipal[] }

/** The deny assignments of a snapshot. Azure makes them for deployments that lock what they made: they are few. */
export async function listDenials(actor: Actor, snapshot: Snapshot): Promise<DenyRow[]> {
  const published = publishedOf(snapshot)
  if (!published) return []
  const db = await getDb(actor)
  return db
    .select({
      key: denyAssignments.key,
      name: denyAssignments.name,
      description: denyAssignments.description,
      scope: denyAssignments.scope,
      level: denyAssignments.scopeLevel,
      permissions: denyAssignments.permissions,
      principals: denyAssignments.principals,
      excluded: denyAssignments.excluded,
      sparesChildren: denyAssignments.sparesChildren,
      systemProtected: denyAssignments.systemProtected,
    })
    .from(denyAssignments)
    .where(inSnapshot(denyAssignments, actor, published))
    .orderBy(asc(denyAssignments.key))
}

/**
 * The deny assignments of a snapshot that name each of these principals, in the order of {@link listDenials}; no entry for
 * one that none names. Two statements, however many principals are asked about.
 */
export async function listDenialsByPrincipal(
  actor: Actor,
  snapshot: Snapshot,
  principals: readonly { principalId: string; kind: PrincipalKind }[],
): Promise<Map<string, DenyRow[]>> {
  const published = publishedOf(snapshot)
  const denials = await listDenials(actor, snapshot)
  if (!published || denials.length === 0) return new Map()
  const named = denials.flatMap(({ principals, excluded }) => [...principals, ...excluded])
  const groupIds = named.filter(({ kind }) => kind === 'group').map(({ id }) => id)
  const principalIds = principals.map(({ principalId }) => principalId)
  const memberships = await readMemberships(actor, published, principalIds, groupIds)
  const groupsOf = Map.groupBy(memberships, ({ principalId }) => principalId)
  const found = new Map<string, DenyRow[]>()
  for (const { principalId: id, kind } of principals) {
    const ids = new Set([id, ...(groupsOf.get(id) ?? []).map(({ groupId }) => groupId)])
    const naming = denials.filter((denial) => isNamedBy(denial, ids, kind))
    if (naming.length > 0) found.set(id, naming)
  }
  return found
}

/**
 * Whether a deny assignment names somebody, who goes by their own id and those of the groups they are in at any depth: it
 * names one of these or everyone, and excludes none of them. Everyone is everyone of the directory (Azure RBAC: deny
 * assignments, "All Principals"), and a delegate belongs to another one.
 */
export function isNamedBy(
  { principals, excluded }: DenyRow,
  ids: ReadonlySet<string>,
  principalKind: PrincipalKind,
): boolean {
  const isAmong = ({ id, kind }: DenyPrincipal) => (kind === 'everyone' ? principalKind !== 'delegate' : ids.has(id))
  return principals.some(isAmong) && !excluded.some(isAmong)
}

/**
 * Which of some groups hold which of these principals, at any depth. Only for groups that hold an assignment or that a
 * denial names or excludes: a publish stores the nesting of no others.
 */
async function readMemberships(actor: Actor, published: Published, principalIds: string[], groupIds: string[]) {
  if (principalIds.length === 0 || groupIds.length === 0) return []
  const db = await getDb(actor)
  return db
    .selectDistinct({ principalId: groupMembers.memberId, groupId: groupNesting.groupId })
    .from(groupMembers)
    .innerJoin(
      groupNesting,
      and(inSnapshot(groupNesting, actor, published), eq(groupNesting.innerId, groupMembers.groupId)),
    )
    .where(
      and(
        inSnapshot(groupMembers, actor, published),
        inArray(groupMembers.memberId, principalIds),
        inArray(groupNesting.groupId, groupIds),
        // Whoever can only become a member is not named by a denial of the group until then.
        ne(groupMembers.membership, 'eligible'),
        ne(groupNesting.membership, 'eligible'),
      ),
    )
}
