import { managementGroupOf, subscriptionOf } from './scopes'

type Held = { id: string; principalId: string; scope: string }

const NONE: readonly never[] = []

/** The subscription, the management group, or the root a scope belongs to. */
function placeOf(scope: string): string {
  const subscription = subscriptionOf(scope)
  if (subscription !== null) return subscription
  return managementGroupOf(scope)?.toLowerCase() ?? '/'
}

function remove<T>(lists: Map<string, T[]>, key: string, item: T): void {
  const list = lists.get(key)
  const index = list?.indexOf(item) ?? -1
  if (!list || index < 0) return
  if (list.length === 1) lists.delete(key)
  else list.splice(index, 1)
}

function append<T>(lists: Map<string, T[]>, key: string, item: T): void {
  const list = lists.get(key)
  if (list) list.push(item)
  else lists.set(key, [item])
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
    return this.#byPlace.get(id.toLowerCase()) ?? NONE
  }

  /** At a management group itself, not below it. */
  atManagementGroup(id: string): readonly T[] {
    return this.#byPlace.get(id.toLowerCase()) ?? NONE
  }

  /** At `/`. */
  atRoot(): readonly T[] {
    return this.#byPlace.get('/') ?? NONE
  }

  /** Held by a principal itself, not through groups. */
  ofPrincipal(principalId: string): readonly T[] {
    return this.#byPrincipal.get(principalId) ?? NONE
  }
}
