import type { ReadGroup } from './access'

/**
 * The groups inside a group, itself included, each with how many groups lie between: walked level by level, so that the
 * first way found is a shortest one. Rings end, since a group is entered once.
 */
export function nestingOf(groups: ReadonlyMap<string, ReadGroup>, groupId: string): Map<string, number> {
  const found = new Map([[groupId, 0]])
  // A map is walked on through what is added on the way.
  for (const [id, depth] of found) {
    for (const member of groups.get(id)?.members ?? [])
      if (member.kind === 'group' && !found.has(member.id)) found.set(member.id, depth + 1)
  }
  return found
}
