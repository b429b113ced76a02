import { sql } from 'drizzle-orm'
import type { Transaction } from '@/db/database'
import type { Access } from '@/lib/domain/access'
import type { ClaimedRun } from './claim-run'

/** Stores the definitions of the roles that are held here; rows that say the same already are left alone. */
export async function writeRoles(
  tx: Transaction,
  { organisationId, connection }: ClaimedRun,
  { assignments, roles }: Pick<Access, 'assignments' | 'roles'>,
): Promise<void> {
  const read = new Map(roles.map((role) => [role.id, role]))
  const held = [...new Set(assignments.map(({ roleId }) => roleId))]
  const rows = held.map((id) => {
    const role = read.get(id)
    return role ? { ...role, owner_equivalent: role.ownerEquivalent } : { id }
  })
  await tx.execute(sql`
    insert into role_definitions as known
      (organisation_id, tenant_id, id, name, custom, description, privilege, privileged, owner_equivalent, permissions, sort_name)
    select ${organisationId}, ${connection.tenantId}, id, name, coalesce(custom, false), description, privilege,
      coalesce(privileged, false), coalesce(owner_equivalent, false), coalesce(permissions, '[]'), left(lower(coalesce(name, id)), 200)
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as read(id text, name text, custom boolean, description text,
      privilege text, privileged boolean, owner_equivalent boolean, permissions jsonb)
    on conflict (organisation_id, tenant_id, id) do update set
      name = excluded.name, custom = excluded.custom, description = excluded.description, privilege = excluded.privilege,
      privileged = excluded.privileged, owner_equivalent = excluded.owner_equivalent, permissions = excluded.permissions,
      sort_name = excluded.sort_name
    where excluded.name is not null
      and (known.name, known.custom, known.description, known.privilege, known.privileged, known.owner_equivalent, known.permissions)
        is distinct from (excluded.name, excluded.custom, excluded.description, excluded.privilege, excluded.privileged,
          excluded.owner_equivalent, excluded.permissions)`)
}
