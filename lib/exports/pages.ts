import type { Page } from '@/db/queries/keyset'
import type { Cursor } from '@/lib/domain/views'

/**
 * All rows of a list that is read page by page, as batches. A list shows its first page where nothing is left behind a cursor,
 * because its rows were deleted meanwhile: a page with none before it ends the list, so that no row comes twice.
 */
export async function* readPages<Row>(read: (cursor: Cursor | null) => Promise<Page<Row>>): AsyncGenerator<Row[]> {
  let cursor: Cursor | null = null
  do {
    const page: Page<Row> = await read(cursor)
    if (cursor && page.previous === null) return
    if (page.rows.length > 0) yield page.rows
    cursor = page.next
  } while (cursor)
}
