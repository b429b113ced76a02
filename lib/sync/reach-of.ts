import type { ReadGroup } from './access'
import { nestingOf } from './nesting-of'

/** Everyone and everything but groups below a group, at any depth. A group that was not opened leads to nobody. */
export function reachOf(groups: ReadonlyMap<string, ReadGroup>, groupId: string): Set<string> {
  const found = new Set<string>()
  for (const id of nestingOf(groups, groupId).keys()) {
    for (const member of groups.get(id)?.members ?? []) if (member.kind !== 'group') found.add(member.id)
  }
  return found
}
