import type { Hop } from './memberships-above'

/**
 * Every way up from one node to another that passes no node twice, a shortest one first. Nesting may be circular. A step
 * is taken only where the end can still be reached, so that each step belongs to a path: those asked for are found in time
 * that grows with their number, not with the number of dead ends.
 */
export function* simplePaths(above: ReadonlyMap<string, Hop[]>, from: string, to: string): Generator<Hop[]> {
  yield* onward(above, below(above), from, to, new Set([from]))
}

type Below = ReadonlyMap<string, string[]>

function* onward(
  above: ReadonlyMap<string, Hop[]>,
  under: Below,
  at: string,
  to: string,
  passed: Set<string>,
): Generator<Hop[]> {
  if (at === to) {
    yield []
    return
  }
  const left = distances(under, to, passed)
  const next = (above.get(at) ?? []).filter(({ id }) => left.has(id))
  for (const hop of next.sort((a, b) => (left.get(a.id) ?? 0) - (left.get(b.id) ?? 0))) {
    passed.add(hop.id)
    for (const rest of onward(above, under, hop.id, to, passed)) yield [hop, ...rest]
    passed.delete(hop.id)
  }
}

/** Steps from each node to the end, by ways that avoid what was passed. */
function distances(under: Below, to: string, passed: ReadonlySet<string>): Map<string, number> {
  if (passed.has(to)) return new Map()
  const steps = new Map([[to, 0]])
  for (const [id, far] of steps)
    for (const lower of under.get(id) ?? []) if (!passed.has(lower) && !steps.has(lower)) steps.set(lower, far + 1)
  return steps
}

function below(above: ReadonlyMap<string, Hop[]>): Below {
  const under = new Map<string, string[]>()
  for (const [memberId, hops] of above)
    for (const { id } of hops) {
      const members = under.get(id)
      if (members) members.push(memberId)
      else under.set(id, [memberId])
    }
  return under
}
