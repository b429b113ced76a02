import { and } from 'drizzle-orm'
import type { Actor } from '@/db/actor'
import { getDb } from '@/db/client'
import { connectionGroups, principals } from '@/db/schema'
import { type Published, publishedOf, type Snapshot } from './access-rows'
import { type GroupFacts, groupsOf, selectGroups, sortNameOfGroup } from './group-facts'
import { type Cursor, keyset, type Page } from './keyset'
import { searchText } from './search-text'

export type GroupQuery = {
  /** Part of a name; empty for all. */
  search: string
  cursor: Cursor | null
}

export type GroupRow = GroupFacts

/** A page of the groups that a connection's access runs through, by name. A cursor beyond the list gives its first page. */
export async function listGroups(
  actor: Actor,
  snapshot: Snapshot,
  query: GroupQuery,
  limit = 50,
): Promise<Page<GroupRow>> {
  const published = publishedOf(snapshot)
  if (!published) return { rows: [], previous: null, next: null }
  const page = await readGroups(actor, published, query, limit)
  return page.rows.length === 0 && query.cursor ? readGroups(actor, published, { ...query, cursor: null }, limit) : page
}

async function readGroups(
  actor: Actor,
  published: Published,
  { search, cursor }: GroupQuery,
  limit: number,
): Promise<Page<GroupRow>> {
  const { beyond, order, fetch, page } = keyset([sortNameOfGroup, connectionGroups.groupId], 'asc', cursor, limit)
  const found = await selectGroups(await getDb(), actor, published)
    .where(and(groupsOf(actor, published), searchText(search, [principals.name]), beyond))
    .orderBy(...order)
    .limit(fetch)
  return page(found)
}
