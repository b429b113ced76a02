import { describeRoles, describeStatus } from '@/components/access/filter-words'
import { HELD_LABELS, PRIVILEGE_LABELS } from '@/components/access/labels'
import type { PeopleFilterName } from '@/lib/domain/people-options'
import type { PeopleView } from '@/lib/domain/views'
import { PRIVILEGES, type Privilege } from '@/lib/domain/vocabulary'
import { roleWords } from '@/lib/domain/words'

export type PeopleNames = {
  roles: { id: string; name: string | null }[]
  connections: readonly { id: string; label: string }[]
}

/** What a filter of the people over all subscriptions is set to, in words; null where it is not set. */
export function describePeopleFilter(
  by: PeopleFilterName,
  view: PeopleView,
  { roles, connections }: PeopleNames,
): string | null {
  switch (by) {
    case 'role':
      return describeRoles(view.roleIds, roles)
    case 'privilege':
      return view.minimum && minimumWords(view.minimum)
    case 'subscription':
      return (
        view.connectionId &&
        (connections.find(({ id }) => id === view.connectionId)?.label ?? 'A subscription that is not shown')
      )
    case 'held':
      return view.held && HELD_LABELS[view.held]
    case 'status':
      return describeStatus(view, 'people')
  }
}

const minimumWords = (minimum: Privilege) =>
  `${PRIVILEGE_LABELS[minimum]}${minimum === PRIVILEGES[0] ? '' : ', or more'}`

type Choice = { change: Partial<PeopleView>; name?: string | null }

/** One of the things that a filter can be set to, in words. */
export function describePeopleChoice({ change, name = null }: Choice): string {
  const [roleId] = change.roleIds ?? []
  if (roleId !== undefined) return roleWords({ id: roleId, name })
  if (change.connectionId) return name ?? change.connectionId
  if (change.minimum) return minimumWords(change.minimum)
  if (change.held) return HELD_LABELS[change.held]
  return describeStatus({ status: null, notStatus: [], guest: null, ...change }, 'people') ?? ''
}
