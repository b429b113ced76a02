import { setTimeout as pause } from 'node:timers/promises'
import { Refusal } from './refusal.mjs'

const DEADLINE_MS = 60_000
const POLL_MS = 100

/** Waits until an address answers 200 and returns the answer; gives up when the child that should answer has ended. */
export async function waitForAnswer(name, url, child) {
  const deadline = Date.now() + DEADLINE_MS
  let last = 'no answer'
  while (Date.now() < deadline) {
    if (child.exitCode !== null || child.signalCode !== null)
      throw new Refusal(`The ${name} ended while it was starting; its own words are above.`)
    try {
      const response = await fetch(url, { signal: AbortSignal.timeout(5_000) })
      if (response.ok) return response
      last = `status ${response.status}`
    } catch (error) {
      last = error.cause?.code ?? error.name
    }
    await pause(POLL_MS)
  }
  throw new Refusal(`The ${name} did not become ready within ${DEADLINE_MS / 1000} seconds (${last}).`)
}
