import { AsyncLocalStorage } from 'node:async_hooks'
import { type DatabaseFault, type Fault, nameOf, type RequestFault } from './faults'

/** Thrown in place of what would have happened, had the process not been killed. */
export class Killed extends Error {
  override name = 'Killed'
  constructor() {
    super('This work was killed.')
  }
}

/**
 * One piece of work that faults happen to: it counts its own statements and its own requests to Microsoft, however many
 * others go on at the same time, because the count follows the asynchronous context of the work.
 */
export class ArmedWork {
  readonly fired: string[] = []
  readonly #stopping = new AbortController()
  #statements = 0
  #requests = 0
  #killed = false

  constructor(readonly faults: readonly Fault[]) {}

  /** Aborts when this work is told to end, as SIGTERM does. */
  get stopping(): AbortSignal {
    return this.#stopping.signal
  }

  /** The fault that the next statement meets, or null. Counts the statement. */
  nextStatement(): DatabaseFault | null {
    this.#statements += 1
    const fault = this.faults.find((one) => one.on === 'statement')
    if (this.#killed) throw new Killed()
    if (!fault || this.#statements < fault.at || this.#statements >= fault.at + fault.lasts) return null
    this.#note(fault)
    if (fault.kind === 'killed') this.#kill()
    return fault
  }

  /** The fault that the next request to Microsoft meets, or null. Counts the request. */
  nextRequest(): RequestFault | null {
    this.#requests += 1
    const fault = this.faults.find((one) => one.on === 'request')
    if (this.#killed) throw new Killed()
    if (!fault || this.#requests !== fault.at) return null
    this.#note(fault)
    if (fault.kind === 'stopped') this.#stopping.abort(new Error('The process is ending.'))
    if (fault.kind === 'killed') this.#kill()
    return fault
  }

  #kill(): never {
    this.#killed = true
    throw new Killed()
  }

  #note(fault: Fault): void {
    const name = nameOf(fault)
    if (!this.fired.includes(name)) this.fired.push(name)
  }

  run<T>(work: () => Promise<T>): Promise<T> {
    return current.run(this, work)
  }
}

const current = new AsyncLocalStorage<ArmedWork>()

/** The armed work that the caller belongs to, if any. */
export const armedWork = (): ArmedWork | undefined => current.getStore()

/** Does something that no fault may happen to, such as looking at the outcome. */
export const outsideOfWork = <T>(work: () => T): T => current.exit(work)
