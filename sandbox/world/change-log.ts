/**
 * The latest change of each thing, for delta queries. It is kept from the first call of `keep` on: a client can only ask
 * for changes after that, and a world of hundreds of thousands of memberships that nobody asks about needs no log.
 */
export class ChangeLog {
  #latest: Map<string, number> | null = null

  get isKept(): boolean {
    return this.#latest !== null
  }

  /** From now on every change is kept. */
  keep(): void {
    this.#latest ??= new Map()
  }

  /** Notes that something changed at a revision, which is larger than all before. */
  add(key: string, revision: number): void {
    if (!this.#latest) return
    this.#latest.delete(key) // set again below, so that the latest change stands at the end
    this.#latest.set(key, revision)
  }

  /** What changed after a revision. */
  since(revision: number): string[] {
    const found: string[] = []
    for (const [key, at] of [...(this.#latest ?? [])].reverse()) {
      if (at <= revision) break
      found.push(key)
    }
    return found
  }
}
