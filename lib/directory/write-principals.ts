import { sql } from 'drizzle-orm'
import type { Transaction } from '@/db/database'
import { jsonChunks, listColumns, listInSql, type RecordColumn, type RecordOf, selectRecords } from '@/db/json-records'
import { principals, SORT_EMAIL_LENGTH, SORT_NAME_LENGTH } from '@/db/schema/directory'
import { arrayOf } from '@/db/text-array'
import type { PrincipalFacts } from '@/lib/domain/access'

/** Columns that are not read from Azure: whose row it is, what lists order it by, and when it was read. */
const NOT_READ = ['organisationId', 'tenantId', 'sortName', 'sortEmail', 'readAt'] as const

type PrincipalRecord = RecordOf<typeof principals, (typeof NOT_READ)[number]>

/**
 * Stores what is known of everyone who has access and of the groups it runs through. Rows that say the same already are
 * left alone, and so are those that a reading has changed which began later. What was read once is kept when it cannot be read any
 * more: a deleted person still has a name.
 *
 * @param readAt when the reading began that tells this
 * @returns the rows written
 */
export async function writePrincipals(
  tx: Transaction,
  { organisationId, tenantId }: { organisationId: string; tenantId: string },
  read: Iterable<PrincipalFacts>,
  readAt: Date,
): Promise<number> {
  const columns = listColumns(principals, NOT_READ)
  const newest = ({ name, nullable }: RecordColumn) => {
    // Without an email nothing was read of the person, so whether they are a guest is not known either.
    if (name === 'guest') return 'case when excluded.email is null then known.guest else excluded.guest end'
    // The source belongs to the email that is kept, and somebody who is known again is not missing any more.
    if (name === 'email_source')
      return 'case when excluded.email is null then known.email_source else excluded.email_source end'
    if (name === 'missing_since')
      return `case when excluded.status = 'not_readable' then known.missing_since else excluded.missing_since end`
    return nullable ? `coalesce(excluded."${name}", known."${name}")` : `excluded."${name}"`
  }
  const records = Iterator.from(read).map((one): PrincipalRecord => ({ ...one, guest: one.guest ?? false }))
  let written = 0
  for (const chunk of jsonChunks(records)) {
    const { rows } = await tx.execute<{ rows: number }>(sql`
      with written as (
      insert into principals as known (organisation_id, tenant_id, sort_name, sort_email, read_at, ${listInSql(columns, quoteName)})
      select ${organisationId}, ${tenantId}, left(lower(coalesce(name, email, id)), ${SORT_NAME_LENGTH}),
        left(lower(coalesce(email, '')), ${SORT_EMAIL_LENGTH}),
        ${readAt.toISOString()}::timestamptz, ${listInSql(columns, quoteName)}
      from (${selectRecords(columns, chunk)}) as read
      on conflict (organisation_id, tenant_id, id) do update set
        ${listInSql(columns, (column) => `${quoteName(column)} = ${newest(column)}`)}, read_at = excluded.read_at,
        sort_name = left(lower(coalesce(excluded.name, known.name, excluded.email, known.email, excluded.id)), ${SORT_NAME_LENGTH}),
        sort_email = left(lower(coalesce(excluded.email, known.email, '')), ${SORT_EMAIL_LENGTH})
      where (${listInSql(columns, ({ name }) => `known."${name}"`)}) is distinct from (${listInSql(columns, newest)})
        and (known.read_at is null or known.read_at <= excluded.read_at)
        -- What another tenant says of a principal never takes the place of what our own directory knows of it.
        and (excluded.kind <> 'delegate' or known.kind = 'delegate')
      returning 1)
      select count(*)::int as rows from written`)
    written += rows[0]?.rows ?? 0
  }
  return written
}

/** Principals that one statement looks up, so that the embedded engine is soon free for somebody else. */
const LOOKED_UP_AT_ONCE = 10_000

/** The ids of those of whom nothing is stored. */
export async function listMissingPrincipals(
  tx: Transaction,
  { organisationId, tenantId }: { organisationId: string; tenantId: string },
  read: readonly { id: string }[],
): Promise<string[]> {
  const missing: string[] = []
  for (let first = 0; first < read.length; first += LOOKED_UP_AT_ONCE) {
    const ids = arrayOf(read.slice(first, first + LOOKED_UP_AT_ONCE).map(({ id }) => id))
    const { rows } = await tx.execute<{ id: string }>(sql`
      select wanted.id from unnest(${ids}) as wanted (id)
      where not exists (select from principals p
        where p.organisation_id = ${organisationId} and p.tenant_id = ${tenantId} and p.id = wanted.id)`)
    missing.push(...rows.map(({ id }) => id))
  }
  return missing
}

const quoteName = ({ name }: RecordColumn) => `"${name}"`
