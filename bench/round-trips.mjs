/** How many calls of a log were made one after another: the most of them of which no two were under way at once. */
export function roundTrips(log) {
  const spans = log.map(({ at, ms }) => ({ began: Date.parse(at), ended: Date.parse(at) + ms }))
  let count = 0
  let free = 0
  for (const { began, ended } of spans.sort((one, other) => one.ended - other.ended)) {
    if (began < free) continue
    count += 1
    free = ended
  }
  return count
}
