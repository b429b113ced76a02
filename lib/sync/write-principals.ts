import { sql } from 'drizzle-orm'
import type { Transaction } from '@/db/database'
import type { Access } from '@/lib/domain/access'
import type { ClaimedRun } from './claim-run'
import { jsonChunks } from './json-chunks'

/** Characters that lists are ordered by: an index row has room for some 2,700 bytes, and a cursor should stay short. */
const SORTED_BY = 200

/**
 * Stores what is known of everyone who has access and of the groups it runs through; rows that say the same already are
 * left alone. A name once read is kept when it cannot be read any more: a deleted person is still somebody.
 */
export async function writePrincipals(
  tx: Transaction,
  run: ClaimedRun,
  { principals }: Pick<Access, 'principals'>,
): Promise<void> {
  const rows = principals.values().map((one) => ({
    id: one.id,
    kind: one.kind,
    name: one.name,
    email: one.email,
    upn: one.userPrincipalName,
    guest: one.guest,
    status: one.status,
    variety: one.variety,
    signed_in: one.lastSignInAt,
  }))
  for (const chunk of jsonChunks(rows)) await writeSome(tx, run, chunk)
}

async function writeSome(tx: Transaction, { organisationId, connection }: ClaimedRun, rows: string): Promise<void> {
  await tx.execute(sql`
    insert into principals as known (organisation_id, tenant_id, id, kind, name, email, user_principal_name, guest, status, variety, last_sign_in_at, sort_name)
    select ${organisationId}, ${connection.tenantId}, id, kind, name, email, upn, coalesce(guest, false), status, variety, signed_in,
      left(lower(coalesce(name, email, id)), ${SORTED_BY})
    from jsonb_to_recordset(${rows}::jsonb)
      as read(id text, kind text, name text, email text, upn text, guest boolean, status text, variety text, signed_in timestamptz)
    on conflict (organisation_id, tenant_id, id) do update set
      kind = excluded.kind,
      name = coalesce(excluded.name, known.name),
      email = coalesce(excluded.email, known.email),
      user_principal_name = coalesce(excluded.user_principal_name, known.user_principal_name),
      guest = case when excluded.email is null then known.guest else excluded.guest end,
      status = excluded.status,
      variety = coalesce(excluded.variety, known.variety),
      last_sign_in_at = coalesce(excluded.last_sign_in_at, known.last_sign_in_at),
      sort_name = left(lower(coalesce(excluded.name, known.name, excluded.email, known.email, excluded.id)), ${SORTED_BY})
    where (known.kind, known.name, known.email, known.user_principal_name, known.guest, known.status, known.variety, known.last_sign_in_at)
      is distinct from
      (excluded.kind, coalesce(excluded.name, known.name), coalesce(excluded.email, known.email),
       coalesce(excluded.user_principal_name, known.user_principal_name),
       case when excluded.email is null then known.guest else excluded.guest end, excluded.status,
       coalesce(excluded.variety, known.variety), coalesce(excluded.last_sign_in_at, known.last_sign_in_at))`)
}
