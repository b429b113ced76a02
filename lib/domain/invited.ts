import { isObjectId } from './join-groups'

/** Whom an invitation is for: an object ID, or a user principal name. */
export type Invited = { objectId: string; username: null } | { objectId: null; username: string }

/**
 * What Entra ID allows in a user principal name. The longest is 113 characters; those of guests in other tenants are longer, and cannot be
 * invited by them. Source: "Prepare for directory synchronization to Microsoft 365", invalid characters.
 */
const USERNAME = /^[a-z0-9.!#^~_'-]{1,64}@[a-z0-9.-]{1,255}$/

/** Reads whom an owner wants to invite, in lower case, as Entra ID compares names; null when it is neither an ID nor a user name. */
export function parseInvited(typed: string): Invited | null {
  const text = typed.trim()
  // Other letters can become a letter of these when they are lowered.
  const name = /^[\x21-\x7e]+$/.test(text) ? text.toLowerCase() : ''
  if (isObjectId(name)) return { objectId: name, username: null }
  return USERNAME.test(name) && !name.includes('#ext#') ? { objectId: null, username: name } : null
}
