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
    this.touch()
    return super.set(id, item)
  }

  override delete(id: string): boolean {
    this.touch()
    return super.delete(id)
  }

  override clear(): void {
    this.touch()
    super.clear()
  }

  /** To be called when an item was changed in place. */
  touch(): void {
    this.revision++
    this.#list = null
  }

  /** Everything, in order; the same array until something changes. */
  list(): readonly T[] {
    this.#list ??= [...this.values()]
    return this.#list
  }

  /** The items by another key, in lower case; the first one of a key counts. `name` tells one kind of key from another. */
  by(name: string, key: (item: T) => string | null): ReadonlyMap<string, T> {
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
