import type { AssignmentKind } from './vocabulary'

/** What is asked about: an operation, whoever holds a role, or else whoever can act at a scope. */
export type AskedAbout = 'operation' | 'role' | 'scope'

/** A way to what is asked: a grant as somebody has it, and the names of the denials that take it away. */
type Way = { kind: AssignmentKind; denials: readonly string[] }

const AFTERWARDS = 'after activating a role'
const CUT_OFF = 'cut off'

const CAN: Record<AskedAbout, string> = { operation: 'can do it', role: 'holds it', scope: 'can act' }

/** What one way is worth: it counts now, after activating a role, or not at all. */
export function wayWords({ kind, denials }: Way): string {
  if (denials.length > 0) return CUT_OFF
  return kind === 'eligible' ? AFTERWARDS : 'now'
}

/** What all ways of somebody come to: the best of them counts. Cut off is whom denials leave no way at all. */
export function answerWords(asked: AskedAbout, ways: readonly Way[]): string {
  const words = ways.map(wayWords)
  if (words.includes('now')) return CAN[asked]
  return words.includes(AFTERWARDS) ? `could ${AFTERWARDS}` : CUT_OFF
}

/** Says of how many roles it is not known whether they allow what is asked. */
export const unreadRolesWords = (roles: number): string =>
  roles === 1
    ? 'The definition of 1 more role could not be read: whether it allows it is not known.'
    : `The definitions of ${roles.toLocaleString('en')} more roles could not be read: whether they allow it is not known.`
