/**
 * Sets a field in every n-th row of a list. `path` leads to the field, such as `properties.principalType`; a number in it
 * chooses an item of an array. The field becomes `value`, or is deleted with `remove`. Rows in which the way to the field
 * does not exist stay as they are.
 */
export type SetField = { path: string; value?: unknown; remove?: boolean; everyNth?: number }

type Fields = Record<string, unknown>

const isObject = (value: unknown): value is Fields => typeof value === 'object' && value !== null

/**
 * The rows with the field set in those whose turn it is; null when none of them changed.
 *
 * @param before the number of rows on the earlier pages of the list: rows are counted through all pages
 */
export function setFieldInRows(rows: readonly unknown[], fault: SetField, before: number): unknown[] | null {
  const { everyNth = 1 } = fault
  let changed = false
  const written = rows.map((row, index) => {
    if ((before + index + 1) % everyNth !== 0) return row
    const set = setField(row, fault)
    if (set === null) return row
    changed = true
    return set
  })
  return changed ? written : null
}

/** A copy of a row with the field set; null when the way to the field does not exist, or there is nothing to delete. */
function setField(row: unknown, { path, value = null, remove = false }: SetField): unknown {
  const copy = structuredClone(row)
  const steps = path.split('.')
  const last = steps.pop() ?? ''
  let holder: unknown = copy
  for (const step of steps) holder = isObject(holder) && Object.hasOwn(holder, step) ? holder[step] : undefined
  if (!isObject(holder) || (remove && !Object.hasOwn(holder, last))) return null
  if (remove) delete holder[last]
  else holder[last] = value
  return copy
}
