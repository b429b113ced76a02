import type { JoinDoubt } from './vocabulary'

/** How many groups and app roles an owner can name. */
export const MOST_NAMED = 50

const OBJECT_ID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

/**
 * The value of an app role: up to 120 characters of these, without a space, and no point at the start. Source: Microsoft Graph's
 * reference of the resource type appRole, `value`.
 */
const APP_ROLE = /^(?!\.)[\w:!#$%&'()*+,\-./;<=>?@[\]^`{|}~]{1,120}$/

/** Whether a text has the form of an object ID of Entra ID. What else an owner names is the value of an app role. */
export const isObjectId = (name: string): boolean => OBJECT_ID.test(name)

/** IDs are compared in lower case, and values of app roles exactly, as Entra ID compares them. */
const normalise = (name: string) => (isObjectId(name) ? name.toLowerCase() : name)

export type ParsedNames =
  | { kind: 'named'; named: string[] }
  | { kind: 'none' }
  | { kind: 'too_many' }
  /** `line` is neither the ID of a group nor the value of an app role. */
  | { kind: 'unclear'; line: string }

/** Reads what an owner typed: on each line the object ID of a group, or the value of an app role. */
export function parseNames(typed: string): ParsedNames {
  const lines = typed
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
  const unclear = lines.find((line) => !isObjectId(line) && !APP_ROLE.test(line))
  if (unclear !== undefined) return { kind: 'unclear', line: unclear }
  const named = [...new Set(lines.map(normalise))]
  if (named.length === 0) return { kind: 'none' }
  return named.length > MOST_NAMED ? { kind: 'too_many' } : { kind: 'named', named }
}

/** What the ID token of a sign-in says of a person's app roles and groups. */
export type ToldMembership = {
  roles: string[]
  /** Object IDs, in lower case. */
  groups: string[]
  /** Whether these are all groups that the application's registration asks for. */
  groupsTold: boolean
}

/**
 * Whether a person is in any of the groups or holds any of the app roles that are named; otherwise why not. Of app roles a token always tells
 * all, so that only a group can be in doubt.
 */
export function judgeMembership(named: readonly string[], told: ToldMembership): 'named' | JoinDoubt {
  // Where the registration emits groups as roles, their IDs are among the roles.
  const held = new Set([...told.groups, ...told.roles.map(normalise)])
  if (named.some((name) => held.has(name))) return 'named'
  return named.some(isObjectId) && !told.groupsTold ? 'groups_not_told' : 'in_none_named'
}
