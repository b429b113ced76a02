/** What Azure says of a subscription that is not enabled, as part of a sentence. */
const WORDS: Record<string, string> = { Disabled: 'disabled', Warned: 'under a warning', PastDue: 'past due' }

/** Whether role assignments can be read in a subscription of this state. Nothing is known of a deleted one, which Azure removes. */
export const isReadable = (state: string): boolean => state !== 'Deleted'

/**
 * What to know before all subscriptions of these states are chosen at once: how many are not enabled, and that a deleted one is
 * not chosen. Null when all are enabled.
 */
export function describeStates(states: readonly string[]): string | null {
  const odd = states.filter((state) => state !== 'Enabled' && isReadable(state))
  const deleted = states.filter((state) => !isReadable(state)).length
  const sentences: string[] = []
  if (odd.length > 0) {
    const kinds = new Set(odd.map((state) => WORDS[state] ?? 'not enabled'))
    const [word] = kinds
    const said = kinds.size === 1 ? word : 'not enabled'
    sentences.push(
      `${areOf(odd.length)} ${said} at Microsoft: ${odd.length === 1 ? 'its' : 'their'} access can still be read.`,
    )
  }
  if (deleted > 0) sentences.push(`${areOf(deleted)} deleted at Microsoft and not chosen with the others.`)
  return sentences.length > 0 ? sentences.join(' ') : null
}

const areOf = (count: number): string => `${count.toLocaleString('en')} of them ${count === 1 ? 'is' : 'are'}`
