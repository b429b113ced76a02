const MINUTE_MS = 60_000

/**
 * Counts what anybody can make happen, so that nobody fills the log with it: the first is told at once, and what follows
 * within a minute is told together, with the first after it. `tell` gets how often each kind happened.
 */
export class MinuteCount {
  #counts: Record<string, number> = {}
  #toldAt = Number.NEGATIVE_INFINITY

  constructor(
    private readonly tell: (counts: Record<string, number>) => void,
    private readonly now = () => performance.now(),
  ) {}

  /** Counts one of a kind. Kinds come from a closed list, never from a client. */
  add(kind: string): void {
    this.#counts[kind] = (this.#counts[kind] ?? 0) + 1
    if (this.now() - this.#toldAt < MINUTE_MS) return
    this.tell(this.#counts)
    this.#counts = {}
    this.#toldAt = this.now()
  }
}
