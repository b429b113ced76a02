import { sql } from 'drizzle-orm'
import { z } from 'zod'
import type { Transaction } from '@/db/client'
import type { RoleAssignment } from '@/lib/azure/role-assignments'
import type { ClaimedRun } from './claim-run'

const Counted = z.object({ gained: z.coerce.number(), lost: z.coerce.number() })

/**
 * Brings the stored assignments to what was read, by differences: closes the intervals of those that are gone or read
 * differently now, opens one for each that is new. An unchanged read writes no row.
 *
 * @returns how many (person or other principal, role, scope) appeared and disappeared; one whose condition changed is neither
 */
export async function writeAssignments(
  tx: Transaction,
  run: ClaimedRun,
  read: RoleAssignment[],
  at: Date,
): Promise<{ gained: number; lost: number }> {
  const { organisationId, connection } = run
  const time = at.toISOString()
  const rows = JSON.stringify(
    read.map(({ key, principalId, principalKind, roleId, scope, scopeLevel, condition, createdOn, createdBy }) => ({
      key,
      principal_id: principalId,
      principal_kind: principalKind,
      role_id: roleId,
      scope,
      scope_level: scopeLevel,
      condition,
      created_on: createdOn,
      created_by: createdBy,
    })),
  )
  const incoming = sql`jsonb_to_recordset(${rows}::jsonb) as incoming(key text, principal_id text, principal_kind text,
    role_id text, scope text, scope_level text, condition text, created_on timestamptz, created_by text)`

  await tx.execute(sql`
    update assignments a set valid_to = ${time}, to_run_id = ${run.id}
    where a.organisation_id = ${organisationId} and a.connection_id = ${connection.id} and a.valid_to is null
      and not exists (select from ${incoming} where incoming.key = a.key and incoming.principal_id = a.principal_id
        and incoming.role_id = a.role_id and incoming.condition is not distinct from a.condition)`)
  await tx.execute(sql`
    insert into assignments (organisation_id, connection_id, key, tenant_id, principal_id, principal_kind, role_id, scope,
      scope_level, condition, created_on, created_by, valid_from, from_run_id)
    select ${organisationId}, ${connection.id}, key, ${connection.tenantId}, principal_id, principal_kind, role_id, scope,
      scope_level, condition, created_on, created_by, ${time}, ${run.id}
    from ${incoming}
    where not exists (select from assignments a where a.organisation_id = ${organisationId}
      and a.connection_id = ${connection.id} and a.key = incoming.key and a.valid_to is null)`)
  const { rows: counted } = await tx.execute(sql`
    with opened as (select principal_id, role_id, lower(scope) as scope from assignments
        where organisation_id = ${organisationId} and connection_id = ${connection.id} and from_run_id = ${run.id}),
      closed as (select principal_id, role_id, lower(scope) as scope from assignments
        where organisation_id = ${organisationId} and connection_id = ${connection.id} and to_run_id = ${run.id})
    select (select count(*) from (select * from opened except select * from closed) g) as gained,
      (select count(*) from (select * from closed except select * from opened) l) as lost`)
  return Counted.parse(counted[0])
}
