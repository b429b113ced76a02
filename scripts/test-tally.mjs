import { CommandFailed } from './child-processes.mjs'

/** Runs the steps of `npm test`, says how each went, and adds up what passed and failed. */
export class TestTally {
  passed = 0
  failed = 0
  skipped = 0

  /**
   * One step: `work` throws when it fails, and may return counts of its own tests, with the titles of those `left` out.
   * A step without counts is one test.
   * Returns whether it went well.
   */
  async step(name, work, countsOfFailure = () => null) {
    const began = Date.now()
    let error = null
    let counts = null
    try {
      counts = await work()
    } catch (thrown) {
      error = thrown
      counts = countsOfFailure()
    }
    this.#add(counts, error)
    const detail = counts ? `, ${counts.passed} passed${counts.failed ? `, ${counts.failed} failed` : ''}` : ''
    process.stdout.write(`${error ? '✗' : '✓'} ${name} (${Math.round((Date.now() - began) / 1000)} s${detail})\n`)
    for (const title of counts?.left ?? []) process.stdout.write(`  skipped: ${title}\n`)
    if (error) process.stdout.write(`${error instanceof CommandFailed ? error.output : error.stack}\n`)
    return !error
  }

  /** The last line of a test run. */
  line() {
    return `${this.passed} passed, ${this.failed} failed${this.skipped ? `, ${this.skipped} skipped` : ''}`
  }

  #add(counts, error) {
    this.passed += counts?.passed ?? (error ? 0 : 1)
    this.skipped += counts?.skipped ?? 0
    // A runner that ends badly has failed once, even when each of its tests passed or none was reached.
    this.failed += error ? Math.max(counts?.failed ?? 0, 1) : 0
  }
}
