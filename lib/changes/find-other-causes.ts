import { and, eq, isNull, sql } from 'drizzle-orm'
import type { Transaction } from '@/db/database'
import { assignments, nodes } from '@/db/schema/access'
import { arrayOf, isAnyOf } from '@/db/text-array'
import type { PrincipalKind, PrincipalStatus, Privilege } from '@/lib/domain/vocabulary'
import type { Causes } from './find-causes'
import type { Moment } from './moment'

/** Statuses that say what an account is. One that could not be looked up has not changed by that. */
const KNOWN: readonly PrincipalStatus[] = ['active', 'invited', 'disabled', 'deleted', 'not_found']

/** Statuses in which an account can sign in. Only a change between these and the others gives or takes what it holds. */
const USABLE: readonly PrincipalStatus[] = ['active', 'invited']

/**
 * Accounts that were disabled, deleted, restored or enabled. Azure leaves their assignments as they are, so that nothing is gained or
 * lost by it: what they hold is altered.
 */
export async function findPersonCauses(
  tx: Transaction,
  { organisationId, at }: Moment,
  made: ReadonlySet<string>,
): Promise<Causes> {
  if (made.size === 0) return { causes: [], rows: [] }
  const { rows: found } = await tx.execute<{
    id: string
    kind: PrincipalKind
    before: PrincipalStatus
    after: PrincipalStatus
  }>(sql`
    select distinct h.principal_id as id, h.kind, old.status as before, h.status as after
    from holders old join holders h on h.organisation_id = old.organisation_id and h.node_id = old.node_id
      and h.principal_id = old.principal_id and h.valid_from = old.valid_to
    where old.organisation_id = ${organisationId} and old.node_id = any(${arrayOf([...made])}::uuid[])
      and old.valid_to = ${at.toISOString()}::timestamptz and h.status <> old.status`)
  const all: Causes = { causes: [], rows: [] }
  for (const { id: principalId, kind: principalKind, before, after } of found) {
    if (!KNOWN.includes(before) || !KNOWN.includes(after)) continue
    const turn = USABLE.includes(after) ? 'begun' : USABLE.includes(before) ? 'ended' : 'changed'
    if (turn === 'begun' && USABLE.includes(before)) continue
    const id = crypto.randomUUID()
    all.causes.push({ id, cause: 'person', turn, principalId, principalKind, detail: { status: { before, after } } })
    all.rows.push({ changeId: id, principalId, alters: true })
  }
  return all
}

/** A role whose definition reads differently, with what it amounted to before. */
export type RoleBefore = { id: string; before: Privilege | null; after: Privilege | null }

/** Roles that can do more or less than before: whoever holds one at a node of the account is concerned. */
export async function findRoleCauses(
  tx: Transaction,
  { organisationId, accountId, at }: Moment,
  roles: RoleBefore[],
): Promise<Causes> {
  if (roles.length === 0) return { causes: [], rows: [] }
  const held = await tx
    .select({
      roleId: assignments.roleId,
      nodeId: assignments.nodeId,
      key: assignments.key,
      from: assignments.validFrom,
    })
    .from(assignments)
    .innerJoin(nodes, and(eq(nodes.organisationId, assignments.organisationId), eq(nodes.id, assignments.nodeId)))
    .where(
      and(
        eq(nodes.organisationId, organisationId),
        eq(nodes.accountId, accountId),
        isNull(assignments.validTo),
        isAnyOf(
          assignments.roleId,
          roles.map(({ id }) => id),
        ),
      ),
    )
  const all: Causes = { causes: [], rows: [] }
  const older = Map.groupBy(
    held.filter(({ from }) => from < at),
    ({ roleId }) => roleId,
  )
  for (const { id: roleId, before, after } of roles) {
    const rows = older.get(roleId)
    if (!rows) continue
    const id = crypto.randomUUID()
    all.causes.push({ id, cause: 'role', turn: 'changed', roleId, detail: { privilege: { before, after } } })
    all.rows.push(...rows.map(({ nodeId, key }) => ({ changeId: id, nodeId, key, alters: true })))
  }
  return all
}
