import { ChangeLog } from './change-log'
import { isProviderScope, managementGroupIdIn, subscriptionIdIn } from './scopes'

/** Objects by id, in the order they were added, with what a world of hundreds of thousands needs: a list to page through and look-ups by other keys. */
export class Registry<T extends { id: string }> extends Map<string, T> {
  /** Grows with every change, so that results computed for an older revision can be dropped. */
  revision = 0
  readonly changes = new ChangeLog()
  #list: readonly T[] | null = null
  readonly #indexes = new Map<string, { revision: number; found: ReadonlyMap<string, T> }>()

  add(item: T): T {
    this.set(item.id, item)
    return item
  }

  override set(id: string, item: T): this {
    this.markChanged(id)
    return super.set(id, item)
  }

  override delete(id: string): boolean {
    this.markChanged(id)
    return super.delete(id)
  }

  override clear(): void {
    this.markChanged()
    super.clear()
  }

  /** Must be called after an item was changed in place; without its id, every item counts as changed. */
  markChanged(id?: string): void {
    this.revision++
    this.#list = null
    if (!this.changes.isKept) return
    for (const one of id === undefined ? this.keys() : [id]) this.changes.add(one, this.revision)
  }

  /** All items in order; the same array until something changes. */
  list(): readonly T[] {
    this.#list ??= [...this.values()]
    return this.#list
  }

  /** The items by another key, in lower case; for equal keys the first item counts. The index is kept under `name`. */
  indexBy(name: string, key: (item: T) => string | null): ReadonlyMap<string, T> {
    const known = this.#indexes.get(name)
    if (known?.revision === this.revision) return known.found
    const found = new Map<string, T>()
    for (const item of this.values()) {
      const value = key(item)?.toLowerCase()
      if (value !== undefined && !found.has(value)) found.set(value, item)
    }
    this.#indexes.set(name, { revision: this.revision, found })
    return found
  }
}

/** Who is a direct member of which group, or who owns which, to be looked up from either side. Members may be groups, even in cycles. */
export class Memberships {
  /** Grows with every change, so that results computed for an older revision can be dropped. */
  revision = 0
  /** The number of memberships. */
  size = 0
  /** The memberships that began or ended, as group id and member id with a space between. */
  readonly changes = new ChangeLog()
  readonly #members = new Map<string, Set<string>>()
  readonly #groups = new Map<string, Set<string>>()
  readonly #lists = new Map<string, { revision: number; ids: readonly string[] }>()
  /** The groups of objects in the recycle bin. */
  readonly #suspended = new Map<string, string[]>()
  /** Those that last for a time only, see `settle`. */
  readonly #temporary = new Set<string>()

  add(groupId: string, memberId: string): void {
    if (this.#temporary.size > 0) this.#temporary.delete(pairOf(groupId, memberId))
    this.revision++
    const members = this.#members.get(groupId)
    if (members?.has(memberId)) return
    this.size++
    this.changes.add(`${groupId} ${memberId}`, this.revision)
    if (members) members.add(memberId)
    else this.#members.set(groupId, new Set([memberId]))
    const groups = this.#groups.get(memberId)
    if (groups) groups.add(groupId)
    else this.#groups.set(memberId, new Set([groupId]))
  }

  remove(groupId: string, memberId: string): boolean {
    if (this.#temporary.size > 0) this.#temporary.delete(pairOf(groupId, memberId))
    this.revision++
    this.#groups.get(memberId)?.delete(groupId)
    const removed = this.#members.get(groupId)?.delete(memberId) ?? false
    if (removed) this.size--
    if (removed) this.changes.add(`${groupId} ${memberId}`, this.revision)
    return removed
  }

  /** Removes every membership of an object, and every membership in it when it is a group. */
  forget(id: string): void {
    for (const groupId of [...(this.#groups.get(id) ?? NO_IDS)]) this.remove(groupId, id)
    for (const memberId of [...(this.#members.get(id) ?? NO_IDS)]) this.remove(id, memberId)
  }

  /**
   * Takes an object out of its groups while it is in the recycle bin. Delta queries of groups do not tell it, neither that it went
   * nor that it is back ({@link resume}): a deleted user keeps the memberships (microsoft-graph-docs#14708).
   */
  suspend(id: string): void {
    const groups = [...(this.#groups.get(id) ?? NO_IDS)]
    this.#suspended.set(id, groups)
    this.revision++
    for (const groupId of groups) this.#members.get(groupId)?.delete(id)
    this.size -= groups.length
    this.#groups.delete(id)
  }

  /** Puts an object that was restored back into the groups that are still there. */
  resume(id: string, isThere: (groupId: string) => boolean): void {
    const groups = (this.#suspended.get(id) ?? []).filter(isThere)
    this.#suspended.delete(id)
    this.revision++
    for (const groupId of groups) {
      const members = this.#members.get(groupId)
      if (members) members.add(id)
      else this.#members.set(groupId, new Set([id]))
    }
    this.size += groups.length
    this.#groups.set(id, new Set(groups))
  }

  /** Makes these pairs of group and member the only ones that last for a time. A pair that is there for good stays so. */
  settle(wanted: readonly (readonly [groupId: string, memberId: string])[]): void {
    const kept = new Set(wanted.map(([groupId, memberId]) => pairOf(groupId, memberId)))
    for (const pair of [...this.#temporary]) {
      if (kept.has(pair)) continue
      const [groupId = '', memberId = ''] = pair.split(' ')
      this.remove(groupId, memberId)
    }
    for (const [groupId, memberId] of wanted) {
      if (this.membersOf(groupId).has(memberId)) continue
      this.add(groupId, memberId)
      this.#temporary.add(pairOf(groupId, memberId))
    }
  }

  /** Whether a member is there for a time only. */
  isTemporary(groupId: string, memberId: string): boolean {
    return this.#temporary.has(pairOf(groupId, memberId))
  }

  /** The direct members of a group, in the order they were added. */
  membersOf(groupId: string): ReadonlySet<string> {
    return this.#members.get(groupId) ?? NO_IDS
  }

  /** The direct members as a list. Kept until something changes, because pages of a large group are requested one after another. */
  memberList(groupId: string): readonly string[] {
    const known = this.#lists.get(groupId)
    if (known?.revision === this.revision) return known.ids
    if (this.#lists.size > 50) this.#lists.clear()
    const ids = [...this.membersOf(groupId)]
    this.#lists.set(groupId, { revision: this.revision, ids })
    return ids
  }

  /** The groups that contain an object directly. */
  groupsOf(memberId: string): ReadonlySet<string> {
    return this.#groups.get(memberId) ?? NO_IDS
  }

  /** All members of a group, direct ones and through groups, nearest first, without the group itself. Members of groups for which `hides` is true are left out. */
  transitiveMembersOf(groupId: string, hides: (id: string) => boolean = () => false): string[] {
    return walkBreadthFirst(groupId, (id) => (hides(id) ? NO_IDS : this.membersOf(id)))
  }

  /** All groups that contain an object, directly or through groups, nearest first. Groups for which `hides` is true are left out, and what only they lead to. */
  transitiveGroupsOf(memberId: string, hides?: (id: string) => boolean): string[] {
    return walkBreadthFirst(memberId, (id) =>
      hides ? [...this.groupsOf(id)].filter((one) => !hides(one)) : this.groupsOf(id),
    )
  }
}

const NO_IDS: ReadonlySet<string> = new Set()
const pairOf = (groupId: string, memberId: string) => `${groupId} ${memberId}`

/** Every id that can be reached from the start, each once, nearest first, without the start. */
function walkBreadthFirst(start: string, next: (id: string) => Iterable<string>): string[] {
  const found = new Set([start])
  // A loop over a set also visits what is added during the loop, in the order it was added.
  for (const id of found) for (const one of next(id)) found.add(one)
  found.delete(start)
  return [...found]
}

/** Assignments or eligibilities, by id, by place and by holder; made for millions of them. */
export class ScopedIndex<T extends Held> {
  /** Grows with every change, so that results computed for an older revision can be dropped. */
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

/** The key under which a scope is indexed: its subscription, its management group, the root, or a provider of the tenant. */
function placeOf(scope: string): string {
  const subscription = subscriptionIdIn(scope)
  if (subscription !== null) return subscription
  if (isProviderScope(scope)) return scope.toLowerCase()
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
