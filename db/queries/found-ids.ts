import { and, eq, like, or, type SQL, sql } from 'drizzle-orm'
import type { Actor } from '@/db/actor'
import { getDb } from '@/db/client'
import { principals, SORT_EMAIL_LENGTH, SORT_NAME_LENGTH } from '@/db/schema/directory'
import { escapeWildcards, isGuid } from './input'

/** Searches that are being answered, by what they ask. */
const underWay = new Map<string, Promise<string[] | null>>()

/**
 * The ids of those whose name or address may have a text, or whose object ID it is; null where these are more than `most`. All names of the
 * organisation are compared for it, so a page that is read and counted at once has that done once.
 *
 * @param text without what surrounds it, and not empty
 */
export async function findIds(
  { organisationId }: Pick<Actor, 'organisationId'>,
  text: string,
  most: number,
): Promise<string[] | null> {
  const asked = JSON.stringify([organisationId, most, text])
  const answering = underWay.get(asked) ?? compareAll(organisationId, text, most).finally(() => underWay.delete(asked))
  underWay.set(asked, answering)
  return answering
}

async function compareAll(organisationId: string, text: string, most: number): Promise<string[] | null> {
  const db = await getDb({ organisationId })
  const { rows } = await db.execute<{ id: string }>(sql`${selectFoundIds(organisationId, text)} limit ${most + 1}`)
  return rows.length > most ? null : [...new Set(rows.map(({ id }) => id))]
}

/**
 * A select of these ids, `id`. What lists are ordered by is stored in lower case, which is
 * compared in half the time of `ilike`; of what is longer only the beginning is stored, so that all of these are among them. An index of
 * trigrams would be no help: row-level security lets PostgreSQL use an index only for comparisons that are sure to tell nobody
 * anything of a row that they may not see, and `like` is none of them.
 */
function selectFoundIds(organisationId: string, text: string): SQL {
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
