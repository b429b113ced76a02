const RealDate = Date
let offsetMs = 0

class ShiftedDate extends RealDate {
  constructor(...words: [] | [string | number | Date]) {
    if (words.length === 0) super(RealDate.now() + offsetMs)
    else super(...(words as [string]))
  }

  static override now(): number {
    return RealDate.now() + offsetMs
  }

  /** Dates that were made while the clock was right are dates too. */
  static override [Symbol.hasInstance](value: unknown): boolean {
    return value instanceof RealDate
  }
}

/** The time without any shift, in milliseconds: Microsoft's clock. */
export const trueNow = (): number => RealDate.now()

/**
 * Sets this process's clock off by some milliseconds; 0 sets it right. Timers go on as before. A PostgreSQL server keeps
 * its own clock, and the embedded one has that of this process.
 */
export function shiftClock(ms: number): void {
  offsetMs = ms
  globalThis.Date = ms === 0 ? RealDate : (ShiftedDate as DateConstructor)
}
