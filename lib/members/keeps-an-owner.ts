/** `last_owner`: refused, because the organisation would be left without anyone who can manage it. */
export type MemberChange = { kind: 'done' } | { kind: 'last_owner' }

/** The trigger that keeps an owner in every organisation (db/migrations). */
const CONSTRAINT = 'members_keep_an_owner'

/** Carries a change of members out, and tells the database's refusal to lose the last owner from other failures. */
export async function keepsAnOwner(change: () => Promise<unknown>): Promise<MemberChange> {
  try {
    await change()
    return { kind: 'done' }
  } catch (error) {
    if (refusedBy(error) === CONSTRAINT) return { kind: 'last_owner' }
    throw error
  }
}

/** The constraint that a driver's error names, on it or on what caused it. */
function refusedBy(error: unknown): string | null {
  if (!(error instanceof Error)) return null
  return 'constraint' in error && typeof error.constraint === 'string' ? error.constraint : refusedBy(error.cause)
}
