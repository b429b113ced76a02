const NONE: ReadonlySet<string> = new Set()

/** Who is a direct member of which group, looked up from either side. Members may be anything, groups included, cycles too. */
export class Memberships {
  /** Grows with every change; what was computed for an older one is thrown away. */
  revision = 0
  /** How many there are. */
  size = 0
  readonly #members = new Map<string, Set<string>>()
  readonly #groups = new Map<string, Set<string>>()
  readonly #lists = new Map<string, { revision: number; ids: readonly string[] }>()

  add(groupId: string, memberId: string): void {
    this.revision++
    const members = this.#members.get(groupId)
    if (members?.has(memberId)) return
    this.size++
    if (members) members.add(memberId)
    else this.#members.set(groupId, new Set([memberId]))
    const groups = this.#groups.get(memberId)
    if (groups) groups.add(groupId)
    else this.#groups.set(memberId, new Set([groupId]))
  }

  remove(groupId: string, memberId: string): boolean {
    this.revision++
    this.#groups.get(memberId)?.delete(groupId)
    const removed = this.#members.get(groupId)?.delete(memberId) ?? false
    if (removed) this.size--
    return removed
  }

  /** Takes someone, or a group with all that was in it, out of everything. */
  forget(id: string): void {
    for (const groupId of [...(this.#groups.get(id) ?? NONE)]) this.remove(groupId, id)
    for (const memberId of [...(this.#members.get(id) ?? NONE)]) this.remove(id, memberId)
  }

  /** The direct members of a group, in the order they came. */
  membersOf(groupId: string): ReadonlySet<string> {
    return this.#members.get(groupId) ?? NONE
  }

  /** The same as a list, kept until something changes: pages of a large group are asked for one after another. */
  memberList(groupId: string): readonly string[] {
    const known = this.#lists.get(groupId)
    if (known?.revision === this.revision) return known.ids
    if (this.#lists.size > 50) this.#lists.clear()
    const ids = [...this.membersOf(groupId)]
    this.#lists.set(groupId, { revision: this.revision, ids })
    return ids
  }

  /** The groups someone is in directly. */
  groupsOf(memberId: string): ReadonlySet<string> {
    return this.#groups.get(memberId) ?? NONE
  }

  /** Everything a group holds, directly or through groups, nearest first; never the group itself, though a cycle lead back. Of groups that `hides` names, those beyond them are left out. */
  transitiveMembersOf(groupId: string, hides: (id: string) => boolean = () => false): string[] {
    return reach(groupId, (id) => (hides(id) ? NONE : this.membersOf(id)))
  }

  /** Every group that holds someone (or a group), directly or through groups, nearest first; not those that `hides` names, nor what they alone lead to. */
  transitiveGroupsOf(memberId: string, hides?: (id: string) => boolean): string[] {
    return reach(memberId, (id) => (hides ? [...this.groupsOf(id)].filter((one) => !hides(one)) : this.groupsOf(id)))
  }
}

/** Breadth first, each once, the start left out. */
function reach(start: string, next: (id: string) => Iterable<string>): string[] {
  const found = new Set([start])
  // A set is walked in the order it grows, which is nearest first.
  for (const id of found) for (const one of next(id)) found.add(one)
  found.delete(start)
  return [...found]
}
