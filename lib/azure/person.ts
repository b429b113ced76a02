import { z } from 'zod'
import { cleanText } from './clean-text'
import { PER_PAGE } from './graph-limits'

export type Person = {
  id: string
  name: string | null
  /** `mail`, else the user principal name. */
  email: string | null
  userPrincipalName: string | null
  guest: boolean
  /** `deleted`: in the recycle bin. `not_found`: not even there. */
  status: 'active' | 'disabled' | 'invited' | 'deleted' | 'not_found'
}

/** The properties asked for; most are given only when selected. */
export const PERSON_SELECT = 'id,displayName,userPrincipalName,mail,userType,accountEnabled,externalUserState'

/** The first page of a whole directory. */
export const USERS_PAGE = `/users?$select=${PERSON_SELECT}&$top=${PER_PAGE}`

const text = z.string().nullish().transform(cleanText)

const UserRow = z.object({
  id: z.guid().toLowerCase(),
  displayName: text,
  userPrincipalName: text,
  mail: text,
  userType: z.string().nullish(),
  accountEnabled: z.boolean().nullish(),
  externalUserState: z.string().nullish(),
})

/** A Graph user as a person. A disabled account stays disabled even while its invitation is open. */
export const UserPerson = UserRow.transform((user): Person => ({ ...common(user), status: statusOf(user) }))

/** The same for the recycle bin, where Graph puts the id in front of the user principal name. */
export const DeletedPerson = UserRow.transform((user): Person => {
  const prefix = user.id.replaceAll('-', '')
  const upn = user.userPrincipalName
  const userPrincipalName = upn?.toLowerCase().startsWith(prefix) ? upn.slice(prefix.length) || null : upn
  return { ...common({ ...user, userPrincipalName }), status: 'deleted' }
})

/** What can be said of an id that the directory does not know, not even as deleted. */
export const forgottenPerson = (id: string): Person => ({
  id,
  name: null,
  email: null,
  userPrincipalName: null,
  guest: false,
  status: 'not_found',
})

type User = z.infer<typeof UserRow>

function common(user: User) {
  return {
    id: user.id,
    name: user.displayName,
    email: user.mail ?? user.userPrincipalName,
    userPrincipalName: user.userPrincipalName,
    guest: user.userType?.toLowerCase() === 'guest',
  }
}

function statusOf(user: User): Person['status'] {
  if (user.accountEnabled === false) return 'disabled'
  return user.externalUserState === 'PendingAcceptance' ? 'invited' : 'active'
}
