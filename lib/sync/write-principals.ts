import { sql } from 'drizzle-orm'
import type { Transaction } from '@/db/client'
import type { ClaimedRun } from './claim-run'
import { type Access, statusOf } from './read-access'

/** Characters that lists are ordered by: an index row has room for some 2,700 bytes, and a cursor should stay short. */
const SORTED_BY = 200

/**
 * Stores what is known of everyone an assignment names; rows that say the same already are left alone. A name once read
 * is kept when it cannot be read any more: a deleted person is still somebody.
 */
export async function writePrincipals(
  tx: Transaction,
  { organisationId, connection }: ClaimedRun,
  { assignments, people }: Access,
): Promise<void> {
  const kinds = new Map(assignments.map(({ principalId, principalKind }) => [principalId, principalKind]))
  const rows = [...kinds].map(([id, kind]) => {
    const person = people.get(id)
    return {
      id,
      kind,
      name: person?.name,
      email: person?.email,
      upn: person?.userPrincipalName,
      guest: person?.guest,
      status: statusOf(person),
    }
  })
  await tx.execute(sql`
    insert into principals as known (organisation_id, tenant_id, id, kind, name, email, user_principal_name, guest, status, sort_name)
    select ${organisationId}, ${connection.tenantId}, id, kind, name, email, upn, coalesce(guest, false), status, left(lower(coalesce(name, email, id)), ${SORTED_BY})
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb)
      as read(id text, kind text, name text, email text, upn text, guest boolean, status text)
    on conflict (organisation_id, tenant_id, id) do update set
      kind = excluded.kind,
      name = coalesce(excluded.name, known.name),
      email = coalesce(excluded.email, known.email),
      user_principal_name = coalesce(excluded.user_principal_name, known.user_principal_name),
      guest = case when excluded.email is null then known.guest else excluded.guest end,
      status = excluded.status,
      sort_name = left(lower(coalesce(excluded.name, known.name, excluded.email, known.email, excluded.id)), ${SORTED_BY})
    where (known.kind, known.name, known.email, known.user_principal_name, known.guest, known.status) is distinct from
      (excluded.kind, coalesce(excluded.name, known.name), coalesce(excluded.email, known.email),
       coalesce(excluded.user_principal_name, known.user_principal_name),
       case when excluded.email is null then known.guest else excluded.guest end, excluded.status)`)
}
