import { SIGNALS, type Signal } from './vocabulary'

/**
 * How the rows that somebody has at several nodes become what they have in a subscription. `db/queries/subscription-holders.ts`
 * makes SQL of the same rules.
 *
 * * The grant that is shown is the one with the least rank (`rankOfGrant`).
 * * Grants are counted together, since no two nodes have the same scope.
 * * A signal shows if it shows at any node, but for those below.
 */

/** The bits of some signals in a mask. */
export const bitOf = (...signals: Signal[]): number =>
  signals.reduce((mask, signal) => mask | (1 << SIGNALS.indexOf(signal)), 0)

/** Signals that say less than another one, which hides them. */
export const HIDING: readonly { signal: Signal; hides: Signal[] }[] = [
  { signal: 'can_grant', hides: ['can_grant_below', 'could_grant'] },
  { signal: 'can_grant_below', hides: ['could_grant'] },
]

/** Whether one node is enough to know that a signal shows: no other signal hides it, and it does not depend on what could be read. */
export const showsAnywhere = (signal: Signal): boolean =>
  ![...HIDING.flatMap(({ hides }) => hides), ...OF_THE_READING].includes(signal)

/** Signals that depend on what could be read of the subscription. */
const OF_THE_READING: readonly Signal[] = ['standing_privileged', 'not_read']

/**
 * The signals that somebody shows in a subscription, as a mask.
 *
 * @param masks what is stored of them at each node that reaches them; at least one
 * @param eligibleRead whether it is known which roles are only eligible: without that nobody's role can be called permanent
 */
export function combineSignals(masks: readonly number[], eligibleRead: boolean): number {
  const notRead = bitOf('not_read')
  // If nothing of somebody could be read now, that is all that is said of them.
  if (masks.every((mask) => mask & notRead)) return notRead
  let shown = masks.reduce((all, mask) => all | mask, 0) & ~notRead
  if (!eligibleRead) shown &= ~bitOf('standing_privileged')
  for (const { signal, hides } of HIDING) if (shown & bitOf(signal)) shown &= ~bitOf(...hides)
  return shown
}
