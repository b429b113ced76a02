import { afterEach, beforeEach, expect } from 'vitest'

// The log would stand among the results. A test of the log sets its own level.
process.env.LOG_LEVEL ??= 'silent'

/** What was said to `console.error` in the running test. A test that expects something there replaces `console.error` itself. */
const said: unknown[][] = []

console.error = (...words: unknown[]) => {
  said.push(words)
}

beforeEach(() => {
  said.length = 0
})

afterEach(() => {
  expect(said, 'an unexpected console.error').toEqual([])
})
