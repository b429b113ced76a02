import type { PrincipalKind } from '@/lib/domain/vocabulary'

/** A member as its group's list names it. */
export type GroupMember = { id: string; kind: PrincipalKind }

/**
 * A group as far as it could be read. `not_permitted`: its members are hidden from this account. `not_found`: the
 * directory does not know it.
 */
export type Group = {
  id: string
  /** Null when it could not be read. */
  name: string | null
  state: 'whole' | 'not_permitted' | 'not_found'
  /** Direct members, groups among them. */
  members: GroupMember[]
}
