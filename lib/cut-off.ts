import type { DenyRow } from '@/db/queries/list-denies'
import type { ManagementGroup, Permission } from '@/lib/domain/vocabulary'
import { isDeniedAt, whereDenied } from './explain/denials-of'
import { allows } from './rbac/allows'
import { denied } from './rbac/denied'
import type { Plane } from './rbac/plane-of'

type Deny = Pick<DenyRow, 'key' | 'name' | 'scope' | 'permissions' | 'sparesChildren'>
type Asked = {
  /** What the role that is held allows, and the scope it is held at. */
  permissions: readonly Permission[]
  heldAt: string
  /** The scope that is asked about; null for all that the role reaches in the subscription. */
  scope: string | null
  /** Null for whatever the role allows. */
  operation: { name: string; plane: Plane } | null
  subscriptionId: string
  managementGroups: readonly ManagementGroup[] | null
}

/**
 * Which of the denials that name somebody take away what is asked of a role of theirs: the operation on the plane it is
 * of, or without one all that the role allows; at the scope asked about, or without one wherever the role reaches.
 */
export function cutOff<Found extends Deny>(denies: readonly Found[], asked: Asked): Found[] {
  return denies.filter((deny) => holds(deny, asked) && takes(deny, asked))
}

function holds(deny: Deny, { scope, heldAt, ...chain }: Asked): boolean {
  if (scope !== null) return isDeniedAt(deny, scope, chain)
  return whereDenied(deny, { scope: heldAt }, chain) === 'everywhere'
}

function takes({ permissions }: Deny, asked: Asked): boolean {
  if (asked.operation === null) return denied(permissions, asked.permissions) === 'all'
  const { name, plane } = asked.operation
  return allows(asked.permissions, name)[plane] && allows(permissions, name)[plane]
}
