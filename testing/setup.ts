import { afterEach, beforeEach, expect } from 'vitest'

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
