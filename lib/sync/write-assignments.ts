import { sql } from 'drizzle-orm'
import { z } from 'zod'
import type { Transaction } from '@/db/database'
import type { HeldAssignment } from '@/lib/domain/access'
import type { ClaimedRun } from './claim-run'
import { writeIntervals } from './write-intervals'

const Counted = z.object({ gained: z.coerce.number(), lost: z.coerce.number() })

/**
 * Brings the stored assignments to what was read, by differences.
 *
 * @returns how many (principal, role, scope, kind) appeared and disappeared, one whose condition changed being neither; and the rows written
 */
export async function writeAssignments(
  tx: Transaction,
  run: ClaimedRun,
  read: HeldAssignment[],
  at: Date,
): Promise<{ gained: number; lost: number; written: number }> {
  const { written } = await writeIntervals(
    tx,
    run,
    at,
    {
      table: 'assignments',
      columns: {
        key: { type: 'text', part: 'key' },
        principal_id: { type: 'text', part: 'compared' },
        principal_kind: { type: 'text', part: 'carried' },
        role_id: { type: 'text', part: 'compared' },
        scope: { type: 'text', part: 'carried' },
        scope_level: { type: 'text', part: 'carried' },
        kind: { type: 'text', part: 'compared' },
        starts_at: { type: 'timestamptz', part: 'carried' },
        ends_at: { type: 'timestamptz', part: 'compared' },
        condition: { type: 'text', part: 'compared' },
        created_on: { type: 'timestamptz', part: 'carried' },
        created_by: { type: 'text', part: 'carried' },
      },
      constants: { tenant_id: run.connection.tenantId },
      runs: true,
    },
    read.values().map((one) => ({
      key: one.key,
      principal_id: one.principalId,
      principal_kind: one.principalKind,
      role_id: one.roleId,
      scope: one.scope,
      scope_level: one.scopeLevel,
      kind: one.kind,
      starts_at: one.startsAt,
      ends_at: one.endsAt,
      condition: one.condition,
      created_on: one.createdOn,
      created_by: one.createdBy,
    })),
  )
  return { ...(written === 0 ? { gained: 0, lost: 0 } : await countDifferences(tx, run)), written }
}

async function countDifferences(tx: Transaction, { organisationId, id, connection }: ClaimedRun) {
  const own = sql`organisation_id = ${organisationId} and connection_id = ${connection.id}`
  const { rows } = await tx.execute(sql`
    with opened as (select principal_id, role_id, lower(scope) as scope, kind from assignments where ${own} and from_run_id = ${id}),
      closed as (select principal_id, role_id, lower(scope) as scope, kind from assignments where ${own} and to_run_id = ${id})
    select (select count(*) from (select * from opened except select * from closed) g) as gained,
      (select count(*) from (select * from closed except select * from opened) l) as lost`)
  return Counted.parse(rows[0])
}
