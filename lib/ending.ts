import { channel } from 'node:diagnostics_channel'

/** How those who have something to finish are reached, wherever they were loaded: Next bundles its own copy of every module. */
const ending = channel('rolecall:ending')

type Ending = { waitFor: (work: Promise<void>) => void }

/** Has work done when the process is about to end; {@link announceEnding} waits for it. */
export function whenEnding(finish: () => Promise<void>): void {
  ending.subscribe((message) => (message as Ending).waitFor(finish()))
}

/** Tells that the process is about to end, and waits until all that have something to finish have finished it. */
export async function announceEnding(): Promise<void> {
  const work: Promise<void>[] = []
  const message: Ending = { waitFor: (promise) => work.push(promise) }
  ending.publish(message)
  await Promise.all(work)
}
