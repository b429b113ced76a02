import { listed } from './listed'
import type { Target } from './targets-of'

/** `read and list blobs and write blob tags`, each once, in the order of the condition. */
export function wordsOfTargets(targets: readonly Target[]): string {
  const verbs = new Map<string, Set<string>>()
  for (const { verb, thing } of targets) verbs.set(thing, (verbs.get(thing) ?? new Set()).add(verb))
  return listed(
    [...verbs].map(([thing, ofThing]) => `${listed([...ofThing], 'and')} ${thing}`),
    'and',
  )
}
