import { isObjectId } from './join-groups'

/** Whom an invitation is for: an object ID, or a user principal name. */
export type Invited = { objectId: string; username: null } | { objectId: null; username: string }

/** The longest user principal name is 113 characters; those of guests in other tenants are longer, and cannot be invited by them. */
const USERNAME = /^[^\s@"<>]{1,64}@[^\s@"<>]{1,255}$/

/** Reads whom an owner wants to invite, in lower case, as Entra ID compares names; null when it is neither an ID nor a user name. */
export function parseInvited(typed: string): Invited | null {
  const name = typed.trim().toLowerCase()
  if (isObjectId(name)) return { objectId: name, username: null }
  return USERNAME.test(name) && !name.includes('#ext#') ? { objectId: null, username: name } : null
}
