import { FreshSignInNeeded } from '@/lib/actor'

/**
 * Turns the refusal of a sign-in that is too old into a value, so that the form can show `ConfirmIdentity` and keep what was typed.
 * Any other error is thrown again.
 */
export function askToConfirm(error: unknown): { kind: 'confirm' } {
  if (error instanceof FreshSignInNeeded) return { kind: 'confirm' }
  throw error
}
