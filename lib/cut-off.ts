import type { DenyRow } from '@/db/queries/list-denies'
import type { Permission } from '@/db/schema'
import { allows } from './rbac/allows'
import { denied } from './rbac/denied'

type Deny = Pick<DenyRow, 'key' | 'name' | 'scope' | 'level' | 'permissions' | 'sparesChildren'>
type Asked = {
  /** What the role that is held allows. */
  permissions: readonly Permission[]
  /** Where: the scope asked about, or else the one the role is held at. */
  scope: string
  operation: string | null
}

/**
 * Which of the denials that name somebody take away what is asked of a role of theirs: the operation on every plane the role
 * allows it on, or without one all that the role allows. A denial counts at its scope and below it; one that spares child
 * scopes at its scope alone.
 */
export function cutOff<Found extends Deny>(denies: readonly Found[], asked: Asked): Found[] {
  return denies.filter((deny) => reaches(deny, asked.scope) && takes(deny, asked))
}

function takes({ permissions }: Deny, asked: Asked): boolean {
  if (asked.operation === null) return denied(permissions, asked.permissions) === 'all'
  const given = allows(asked.permissions, asked.operation)
  const taken = allows(permissions, asked.operation)
  return (given.control || given.data) && (!given.control || taken.control) && (!given.data || taken.data)
}

function reaches({ scope, level, sparesChildren }: Deny, at: string): boolean {
  const from = scope.toLowerCase().replace(/\/$/, '')
  const to = at.toLowerCase().replace(/\/$/, '')
  if (from === to) return true
  if (sparesChildren) return false
  const above = level === 'root' || (level === 'management_group' && to.startsWith('/subscriptions/'))
  return above || to.startsWith(`${from}/`)
}
