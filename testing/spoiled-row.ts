import fc from 'fast-check'

type Path = (string | number)[]

/** What may stand where something else was expected. `undefined` leaves the field out. */
const WRONG = [undefined, null, 7, -1.5, true, '', 'x', '\u0000', [], {}, [null], [[7]], { x: 1 }, 'y'.repeat(2000)]

/** A row of Microsoft's with something wrong in any one place of it, at any depth, or something else in place of the row. */
export const spoiled = (row: unknown): fc.Arbitrary<unknown> =>
  fc
    .tuple(fc.constantFrom(...pathsIn(row)), fc.constantFrom(...WRONG))
    .map(([path, wrong]) => replaceAt(row, path, path.length === 0 && wrong === undefined ? null : wrong))

function pathsIn(value: unknown): Path[] {
  if (typeof value !== 'object' || value === null) return [[]]
  return [[], ...Object.entries(value).flatMap(([key, inner]) => pathsIn(inner).map((path) => [key, ...path]))]
}

function replaceAt(value: unknown, [key, ...path]: Path, wrong: unknown): unknown {
  if (key === undefined) return wrong
  const copy = structuredClone(value) as Record<string | number, unknown>
  copy[key] = replaceAt(copy[key], path, wrong)
  return copy
}

/** By which name a row that cannot be understood should be known: its `id`, else its `name`, where they are texts. */
export function nameOfOdd(row: unknown): string | null {
  const { id, name } = Object(row) as { id?: unknown; name?: unknown }
  return [id, name].map(asText).find((text) => text !== null) ?? null
}

function asText(value: unknown): string | null {
  const text = typeof value === 'string' ? value.replaceAll('\u0000', '') : ''
  return text.length > 1000 ? `${text.slice(0, 999)}…` : text || null
}
