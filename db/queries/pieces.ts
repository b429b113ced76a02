/** Ids in one statement: PostgreSQL takes at most 65,535 parameters. */
const MOST_IDS = 10_000

/** Reads rows by any number of ids, as many at a time as one statement takes. */
export async function inPieces<Row>(ids: string[], read: (some: string[]) => Promise<Row[]>): Promise<Row[]> {
  const found: Row[] = []
  for (let from = 0; from < ids.length; from += MOST_IDS) found.push(...(await read(ids.slice(from, from + MOST_IDS))))
  return found
}
