import type { LogItem } from './log-entry'

/** How the bytes of an answer go out. */
export type Delivery = {
  drop?: boolean
  truncate?: number
  cutBody?: number
  trickle?: { bytes: number; everyMs: number }
}

/** What became of a request besides its answer: for the log, and for the one who sends the bytes. */
export type Outcome = {
  /** The fault rule that spoiled it. */
  fault: string | null
  delivery: Delivery
  /** The item of a batch must not appear in the answer. */
  leftOut: boolean
  items: LogItem[]
}

export function createOutcome(): Outcome {
  return { fault: null, delivery: {}, leftOut: false, items: [] }
}
