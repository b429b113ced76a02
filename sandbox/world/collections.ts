import { managementGroupIdIn, subscriptionIdIn } from './scopes'

/** Things by id, in the order they came, with what a world of hundreds of thousands needs: a list to page through, look-ups by other keys. */
export class Registry<T extends { id: string }> extends Map<string, T> {
  /** Grows with every change; what was computed for an older one is thrown away. */
  revision = 0
  #list: readonly T[] | null = null
  readonly #looks = new Map<string, { revision: number; found: ReadonlyMap<string, T> }>()

  add(item: T): T {
    this.set(item.id, item)
    return item
  }

  override set(id: string, item: T): this {
    this.markChanged()
    return super.set(id, item)
  }

  override delete(id: string): boolean {
    this.markChanged()
    return super.delete(id)
  }

  override clear(): void {
    this.markChanged()
    super.clear()
  }

  /** To be called when an item was changed in place. */
  markChanged(): void {
    this.revision++
    this.#list = null
  }

  /** Everything, in order; the same array until something changes. */
  list(): readonly T[] {
    this.#list ??= [...this.values()]
    return this.#list
  }

  /** The items by another key, in lower case; the first one of a key counts. `name` tells one kind of key from another. */
  indexBy(name: string, key: (item: T) => string | null): ReadonlyMap<string, T> {
    const known = this.#looks.get(name)
    if (known?.revision === this.revision) return known.found
    const found = new Map<string, T>()
    for (const item of this.values()) {
      const value = key(item)?.toLowerCase()
      if (value !== undefined && !found.has(value)) found.set(value, item)
    }
    this.#looks.set(name, { revision: this.revision, found })
    return found
  }
}

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
    for (const groupId of [...(this.#groups.get(id) ?? NO_IDS)]) this.remove(groupId, id)
    for (const memberId of [...(this.#members.get(id) ?? NO_IDS)]) this.remove(id, memberId)
  }

  /** The direct members of a group, in the order they came. */
  membersOf(groupId: string): ReadonlySet<string> {
    return this.#members.get(groupId) ?? NO_IDS
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
    return this.#groups.get(memberId) ?? NO_IDS
  }

  /** Everything a group holds, directly or through groups, nearest first; never the group itself, though a cycle lead back. Of groups that `hides` names, those beyond them are left out. */
  transitiveMembersOf(groupId: string, hides: (id: string) => boolean = () => false): string[] {
    return walkBreadthFirst(groupId, (id) => (hides(id) ? NO_IDS : this.membersOf(id)))
  }

  /** Every group that holds someone (or a group), directly or through groups, nearest first; not those that `hides` names, nor what they alone lead to. */
  transitiveGroupsOf(memberId: string, hides?: (id: string) => boolean): string[] {
    return walkBreadthFirst(memberId, (id) =>
      hides ? [...this.groupsOf(id)].filter((one) => !hides(one)) : this.groupsOf(id),
    )
  }
}

const NO_IDS: ReadonlySet<string> = new Set()

/** Breadth first, each once, the start left out. */
function walkBreadthFirst(start: string, next: (id: string) => Iterable<string>): string[] {
  const found = new Set([start])
  // A set is walked in the order it grows, which is nearest first.
  for (const id of found) for (const one of next(id)) found.add(one)
  found.delete(start)
  return [...found]
}

/** What principals hold at scopes (assignments, eligibilities), found by id, by place and by holder, millions of them. */
export class ScopedIndex<T extends Held> {
  /** Grows with every change; what was computed for an older one is thrown away. */
  revision = 0
  readonly #byId = new Map<string, T>()
  readonly #byPlace = new Map<string, T[]>()
  readonly #byPrincipal = new Map<string, T[]>()

  get size(): number {
    return this.#byId.size
  }

  add(item: T): T {
    if (this.#byId.has(item.id)) throw new Error(`${item.id} exists already.`)
    this.revision++
    this.#byId.set(item.id, item)
    append(this.#byPlace, placeOf(item.scope), item)
    append(this.#byPrincipal, item.principalId, item)
    return item
  }

  delete(id: string): boolean {
    const item = this.#byId.get(id)
    if (!item) return false
    this.revision++
    this.#byId.delete(id)
    remove(this.#byPlace, placeOf(item.scope), item)
    remove(this.#byPrincipal, item.principalId, item)
    return true
  }

  get(id: string): T | undefined {
    return this.#byId.get(id)
  }

  values(): IterableIterator<T> {
    return this.#byId.values()
  }

  /** At a subscription and everywhere below it. */
  inSubscription(id: string): readonly T[] {
    return this.#byPlace.get(id.toLowerCase()) ?? NO_ITEMS
  }

  /** At a management group itself, not below it. */
  atManagementGroup(id: string): readonly T[] {
    return this.#byPlace.get(id.toLowerCase()) ?? NO_ITEMS
  }

  /** At `/`. */
  atRoot(): readonly T[] {
    return this.#byPlace.get('/') ?? NO_ITEMS
  }

  /** Held by a principal itself, not through groups. */
  ofPrincipal(principalId: string): readonly T[] {
    return this.#byPrincipal.get(principalId) ?? NO_ITEMS
  }
}

type Held = { id: string; principalId: string; scope: string }

const NO_ITEMS: readonly never[] = []

/** The subscription, the management group, or the root a scope belongs to. */
function placeOf(scope: string): string {
  const subscription = subscriptionIdIn(scope)
  if (subscription !== null) return subscription
  return managementGroupIdIn(scope)?.toLowerCase() ?? '/'
}

function append<T>(lists: Map<string, T[]>, key: string, item: T): void {
  const list = lists.get(key)
  if (list) list.push(item)
  else lists.set(key, [item])
}

function remove<T>(lists: Map<string, T[]>, key: string, item: T): void {
  const list = lists.get(key)
  const index = list?.indexOf(item) ?? -1
  if (!list || index < 0) return
  if (list.length === 1) lists.delete(key)
  else list.splice(index, 1)
}
