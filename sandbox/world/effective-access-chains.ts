import { memoized } from './memoized'
import type { Tenant } from './types'

type Chains = {
  /** By group: every chain of groups that leads to it, the start first and itself last, shortest chains first. */
  to: Map<string, string[][]>
  /** Groups some chains to which were left out. */
  cut: Set<string>
}

/** Everything below a group that misses chains may miss some too. */
function markBelow(groupsIn: (id: string) => string[], cut: Set<string>): void {
  const waiting = [...cut]
  for (let group = waiting.pop(); group !== undefined; group = waiting.pop()) {
    for (const inner of groupsIn(group)) {
      if (cut.has(inner)) continue
      cut.add(inner)
      waiting.push(inner)
    }
  }
}

/** The chains of groups in groups below one, no group twice in a chain, at most `most` to each group. */
export function groupChains(tenant: Tenant, start: string, most: number): Chains {
  const groupsIn = memoized((id: string) =>
    [...tenant.memberships.membersOf(id)].filter((one) => tenant.groups.has(one)),
  )
  const to = new Map([[start, [[start]]]])
  const cut = new Set<string>()
  let chains = [[start]]
  while (chains.length > 0) {
    const longer: string[][] = []
    for (const chain of chains) {
      for (const inner of groupsIn(chain[chain.length - 1] ?? start)) {
        if (chain.includes(inner)) continue
        const known = to.get(inner) ?? []
        if (known.length >= most) {
          cut.add(inner)
          continue
        }
        const found = [...chain, inner]
        to.set(inner, [...known, found])
        longer.push(found)
      }
    }
    chains = longer
  }
  markBelow(groupsIn, cut)
  cut.delete(start)
  return { to, cut }
}
