const CLAUSE =
  /\s*(?:(\w+)\s*\(\s*(?:'((?:[^']|'')*)')?\s*\)|(\w+)\s+eq\s+(?:'((?:[^']|'')*)'|([^\s']+)))\s*(?:$|and\s+)/iy

/** What a `$filter` asks for: names of functions and properties in lower case, with their value ('' for none). */
export type Filter = ReadonlyMap<string, string>

/**
 * Reads `name()`, `name('value')` and `name eq 'value'` joined by `and`. Null when it is something else, or names what
 * is not among `known`.
 */
export function readFilter(url: URL, known: readonly string[]): Filter | null {
  const text = (url.searchParams.get('$filter') ?? '').trim()
  const filter = new Map<string, string>()
  const allowed = new Set(known.map((name) => name.toLowerCase()))
  CLAUSE.lastIndex = 0
  while (CLAUSE.lastIndex < text.length) {
    const match = CLAUSE.exec(text)
    if (!match) return null
    const [, call, argument, property, quoted, bare] = match
    const name = (call ?? property ?? '').toLowerCase()
    if (!allowed.has(name)) return null
    filter.set(name, (argument ?? quoted ?? bare ?? '').replaceAll("''", "'"))
  }
  return filter
}
