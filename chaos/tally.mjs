/** Counts what schedules did on one engine, and tells it. */
export class Tally {
  violations = 0
  #engine
  #schedules = 0
  #readings = 0
  #ms = 0
  #slowest = 0
  #fired = new Map()
  #seeds = []

  constructor(engine) {
    this.#engine = engine
  }

  add({ seed, fired, violations, readings, ms }) {
    this.#schedules += 1
    this.#readings += readings
    this.#ms += ms
    this.#slowest = Math.max(this.#slowest, ms)
    for (const name of fired) this.#fired.set(name, (this.#fired.get(name) ?? 0) + 1)
    this.violations += violations.length
    if (violations.length > 0) this.#seeds.push(seed)
  }

  /** One schedule with its steps and what was wrong. */
  describe({ seed, steps, violations, ms }) {
    const lines = [`seed ${seed} on ${this.#engine} (${ms} ms): ${violations.length} violations`]
    for (const [place, step] of steps.entries()) lines.push(`  ${place + 1}. ${step}`)
    for (const violation of violations) lines.push(`  !! ${violation}`)
    return lines.join('\n')
  }

  /** `possible`: the names of all faults that schedules on this engine can have; those that never fired are told. */
  summary(possible) {
    const never = possible.filter((name) => !this.#fired.has(name))
    const fired = [...this.#fired].sort(([one], [other]) => one.localeCompare(other))
    return [
      `${this.#engine}: ${this.#schedules} schedules and kills, ${this.#readings} readings, ${Math.round(this.#ms / Math.max(1, this.#schedules))} ms each (slowest ${this.#slowest} ms)`,
      ...fired.map(([name, count]) => `  ${String(count).padStart(6)}  ${name}`),
      ...(never.length > 0 ? [`  never fired: ${never.join(', ')}`] : []),
      `  violations: ${this.violations}${this.#seeds.length > 0 ? `, in the schedules of the seeds ${this.#seeds.join(', ')}` : ''}`,
    ].join('\n')
  }
}
