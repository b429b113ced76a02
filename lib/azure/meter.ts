/** What a piece of work cost: HTTP requests sent (every try counts) and how many of them were repeats. */
export type Meter = { calls: number; retries: number }

export const createMeter = (): Meter => ({ calls: 0, retries: 0 })
