import type { RunTrigger } from './vocabulary'

/** What began a sync, in words, and the name that follows them; null where nobody in person began it. */
export type RunStart = { words: string; name: string | null }

/** What the list of syncs says of how one began: `Started by` and a name, `On schedule`. */
export function describeRunStart(trigger: RunTrigger, name: string | null): RunStart {
  switch (trigger) {
    case 'connect':
      return name ? { words: 'First sync, started by', name } : { words: 'First sync', name }
    case 'reconnect':
      return name ? { words: 'Reconnected by', name } : { words: 'After reconnecting', name }
    case 'manual':
      return name ? { words: 'Started by', name } : { words: 'Started by a member', name }
    case 'schedule':
      return { words: 'On schedule', name: null }
    case 'retry':
      return { words: 'Tried again after a failure', name: null }
  }
}
