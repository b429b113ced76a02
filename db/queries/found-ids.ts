import { and, eq, like, or, type SQL, sql } from 'drizzle-orm'
import { principals, SORT_EMAIL_LENGTH, SORT_NAME_LENGTH } from '@/db/schema/directory'
import { escapeWildcards, isGuid } from './input'

/**
 * A select of the ids, `id`, of those whose name or address may have a text, or whose object ID it is. What lists are ordered by is stored in lower case, which is
 * compared in half the time of `ilike`; of what is longer only the beginning is stored, so that all of these are among them. An index of
 * trigrams would be no help: row-level security lets PostgreSQL use an index only for comparisons that are sure to tell nobody
 * anything of a row that they may not see, and `like` is none of them.
 */
export function selectFoundIds(organisationId: string, text: string): SQL {
  const isTheId = isGuid(text) ? sql`select ${text.toLowerCase()}::text as id union all ` : sql``
  const pattern = sql`lower(${`%${escapeWildcards(text)}%`})`
  return sql`${isTheId}select ${principals.id} as id from ${principals} where ${and(
    eq(principals.organisationId, organisationId),
    or(
      like(principals.sortName, pattern),
      like(principals.sortEmail, pattern),
      sql`octet_length(${principals.sortName}) >= ${SORT_NAME_LENGTH}`,
      sql`octet_length(${principals.sortEmail}) >= ${SORT_EMAIL_LENGTH}`,
    ),
  )}`
}
