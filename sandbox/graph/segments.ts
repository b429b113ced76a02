import segments from './graph-segments.json'

/**
 * The segments that an address of v1.0 can begin with, and those that can follow an object of the sets whose properties,
 * relationships, functions and actions are all known. Sources: the sets are those of Microsoft's SDK for Python,
 * `msgraph/generated/base_graph_service_client.py` @05b87d40; properties and relationships those of the package
 * `@microsoft/microsoft-graph-types` 2.43.1; functions and actions are recalled.
 */
const ROOT: ReadonlySet<string> = new Set([...segments.root.map((one) => one.toLowerCase()), '$batch', '$metadata'])
const BELOW: ReadonlyMap<string, ReadonlySet<string>> = new Map(
  Object.entries(segments.below).map(([set, names]) => [
    set.toLowerCase(),
    new Set(names.map((one) => one.toLowerCase())),
  ]),
)

/**
 * The first segment of a path that Graph does not know; null when it knows them all as far as the sandbox can tell.
 * Casts and `$count`, `$ref` and `$value` may stand anywhere.
 *
 * @param path the path below the version, beginning with a slash, decoded
 */
export function findUnknownSegment(path: string): string | null {
  const [first = '', ...rest] = path.split('/').slice(1)
  const [, name = '', key] = /^([^(]*)(\(.*\))?$/.exec(first) ?? []
  const set = name.toLowerCase()
  if (!ROOT.has(set)) return first
  // After a set the next segment is the key of an object; `me` and `users('…')` name one themselves.
  const following = set === 'me' || key !== undefined ? rest[0] : rest[1]
  const known = BELOW.get(set === 'me' ? 'users' : set)
  if (!known || following === undefined || /^\$|^(?:microsoft\.)?graph\./i.test(following)) return null
  return known.has(following.replace(/\(.*$/, '').toLowerCase()) ? null : following
}
