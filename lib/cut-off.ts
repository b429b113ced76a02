import type { DenyRow } from '@/db/queries/list-denies'
import type { Permission } from '@/db/schema'
import { allows } from './rbac/allows'
import { denied } from './rbac/denied'
import type { Plane } from './rbac/plane-of'

type Deny = Pick<DenyRow, 'key' | 'name' | 'scope' | 'level' | 'permissions' | 'sparesChildren'>
type Asked = {
  /** What the role that is held allows. */
  permissions: readonly Permission[]
  /** Where: the scope asked about, or else the one the role is held at. */
  scope: string
  /** Null for whatever the role allows. */
  operation: { name: string; plane: Plane } | null
}

/**
 * Which of the denials that name somebody take away what is asked of a role of theirs: the operation on
 * the plane it is of, or without one all that the role allows. A denial counts at its scope and below it; one that spares child
 * scopes at its scope alone.
 */
export function cutOff<Found extends Deny>(denies: readonly Found[], asked: Asked): Found[] {
  return denies.filter((deny) => reaches(deny, asked.scope) && takes(deny, asked))
}

function takes({ permissions }: Deny, asked: Asked): boolean {
  if (asked.operation === null) return denied(permissions, asked.permissions) === 'all'
  const { name, plane } = asked.operation
  return allows(asked.permissions, name)[plane] && allows(permissions, name)[plane]
}

function reaches({ scope, level, sparesChildren }: Deny, at: string): boolean {
  const from = scope.toLowerCase().replace(/\/$/, '')
  const to = at.toLowerCase().replace(/\/$/, '')
  if (from === to) return true
  if (sparesChildren) return false
  const above = level === 'root' || (level === 'management_group' && to.startsWith('/subscriptions/'))
  return above || to.startsWith(`${from}/`)
}
