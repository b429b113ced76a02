import { sql } from 'drizzle-orm'
import type { Transaction } from '@/db/database'
import type { Holder } from '@/lib/domain/holders'
import type { ClaimedRun } from './claim-run'
import { writeIntervals } from './write-intervals'

/** How long closed rows are kept: longer than any page or export that reads an earlier result. */
const KEPT_HOURS = 6

/** Brings the stored holders to what was summed up, by differences, and lets go of those that nobody reads any more. Gives the rows written. */
export async function writeHolders(tx: Transaction, run: ClaimedRun, holders: Holder[], at: Date): Promise<number> {
  const { organisationId, connection } = run
  await tx.execute(sql`
    delete from holders where organisation_id = ${organisationId} and connection_id = ${connection.id}
      and valid_to < ${at.toISOString()}::timestamptz - make_interval(hours => ${KEPT_HOURS})`)
  const { written } = await writeIntervals(
    tx,
    run,
    at,
    {
      table: 'holders',
      columns: {
        principal_id: { type: 'text', part: 'key' },
        kind: { type: 'text', part: 'compared' },
        status: { type: 'text', part: 'compared' },
        guest: { type: 'boolean', part: 'compared' },
        sort_name: { type: 'text', part: 'compared' },
        strongest: { type: 'integer', part: 'compared' },
        role_id: { type: 'text', part: 'compared' },
        scope: { type: 'text', part: 'compared' },
        scope_level: { type: 'text', part: 'carried' },
        assignment_kind: { type: 'text', part: 'compared' },
        group_id: { type: 'text', part: 'compared' },
        eligible_role_id: { type: 'text', part: 'compared' },
        eligible_strongest: { type: 'integer', part: 'compared' },
        grants: { type: 'integer', part: 'compared' },
        direct: { type: 'integer', part: 'compared' },
        eligible: { type: 'integer', part: 'compared' },
        groups: { type: 'integer', part: 'compared' },
        signals: { type: 'integer', part: 'compared' },
      },
      constants: { tenant_id: connection.tenantId },
      // The name they are ordered by may be one that was read earlier, and so may be whether they are a guest.
      complete: sql`update incoming i set sort_name = p.sort_name, guest = coalesce(i.guest, p.guest)
        from principals p where p.organisation_id = ${organisationId} and p.tenant_id = ${connection.tenantId} and p.id = i.principal_id`,
    },
    holders.values().map(({ principalId, kind, status, guest, signals, summary }) => ({
      principal_id: principalId,
      kind,
      status,
      guest,
      sort_name: null,
      strongest: summary.shown.strength,
      role_id: summary.shown.roleId,
      scope: summary.shown.scope,
      scope_level: summary.shown.level,
      assignment_kind: summary.shown.kind,
      group_id: summary.groupId,
      eligible_role_id: summary.eligibleBetter?.roleId ?? null,
      eligible_strongest: summary.eligibleBetter?.strength ?? null,
      grants: summary.grants,
      direct: summary.direct,
      eligible: summary.eligible,
      groups: summary.groups,
      signals,
    })),
  )
  return written
}
