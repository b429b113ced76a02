import type { World } from './world'

/** What is done for each type of change of one subject. What it gives back is replied to whoever asked. */
export type ChangeHandlers<C extends { type: string }> = {
  [T in C['type']]: (world: World, change: Extract<C, { type: T }>) => unknown
}
