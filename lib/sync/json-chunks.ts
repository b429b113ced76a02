/** Rows sent in one statement: enough for few round trips, little enough to be written and parsed in a megabyte or so. */
const ROWS_AT_ONCE = 4_000

/** The rows as JSON lists of bounded length; made as they are taken, so that never all of them are in memory as text. */
export function* jsonChunks(rows: Iterable<unknown>): Generator<string> {
  let chunk: unknown[] = []
  for (const row of rows) {
    chunk.push(row)
    if (chunk.length < ROWS_AT_ONCE) continue
    yield JSON.stringify(chunk)
    chunk = []
  }
  if (chunk.length > 0) yield JSON.stringify(chunk)
}
