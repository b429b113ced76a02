import { overlap } from './overlap'

export type Verb = 'read' | 'write' | 'delete' | 'action'

/**
 * The operations of a pattern that end in a verb, as patterns. Every operation of Azure ends in one of the four
 * (`{provider}/{type}/{verb}`; "Understand Azure role definitions", actions format): a `*` at the end, or in the midst of
 * the verb (`.../wr*`), can become any that fits, and a pattern that can end in none names no operation.
 *
 * Never too many to list: each of a verb's seven signs at most is either taken by a star or stands there itself.
 */
export function operationsOf(pattern: string, verb: Verb): string[] {
  return overlap(pattern, `*/${verb}`) ?? [pattern]
}
