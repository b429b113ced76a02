import type { User } from './types'

/** A person's state, the gravest first. */
export function statusOf(user: User): 'active' | 'disabled' | 'invited' | 'deleted' {
  if (user.deletedDateTime !== null) return 'deleted'
  if (!user.accountEnabled) return 'disabled'
  return user.externalUserState === 'PendingAcceptance' ? 'invited' : 'active'
}
