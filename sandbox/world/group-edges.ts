import type { GroupSchedule, Tenant } from './types'

/** How sure a way to something is: held now; held now, because it was activated; can be activated. */
export type AccessKind = 'active' | 'activated' | 'eligible'

/** A membership or ownership of a group, or what may become one, seen from the group. */
export type GroupEdge = { id: string; kind: AccessKind; endDateTime: string | null }

const KINDS: readonly AccessKind[] = ['active', 'activated', 'eligible']

/** The kind of a way of two parts: that of the weaker one. */
export function weakerOf(one: AccessKind, other: AccessKind): AccessKind {
  return KINDS.indexOf(one) < KINDS.indexOf(other) ? other : one
}

/** The end that comes first; null when neither part ends. */
export function earlierOf(one: string | null, other: string | null): string | null {
  if (one === null || other === null) return one ?? other
  return Date.parse(other) < Date.parse(one) ? other : one
}

/**
 * Who is, or may become, what to which group at a moment (ms), from the data alone. Somebody who is a member in two ways of
 * one kind is listed once, with the later end.
 */
export function groupEdgesAt(tenant: Tenant, at: number) {
  const schedules = tenant.groupSchedules.list().filter(({ startDateTime: start, endDateTime: end }) => {
    return Date.parse(start) <= at && (end === null || at < Date.parse(end))
  })
  const byGroup = Map.groupBy(schedules, (one) => `${one.accessId} ${one.groupId}`)
  const byMember = Map.groupBy(
    schedules.filter((one) => one.accessId === 'member' && one.kind !== 'eligible'),
    (one) => one.principalId,
  )
  const edgesOf = (groupId: string, accessId: GroupSchedule['accessId']): GroupEdge[] => {
    const kept = accessId === 'member' ? tenant.memberships : tenant.owners
    const edges: GroupEdge[] = []
    for (const id of kept.membersOf(groupId))
      if (!kept.isTemporary(groupId, id)) edges.push({ id, kind: 'active', endDateTime: null })
    const scheduled = byGroup.get(`${accessId} ${groupId}`)
    return scheduled ? mergeEdges([...edges, ...scheduled.map(edgeOf)]) : edges
  }
  return {
    membersOf: (groupId: string) => edgesOf(groupId, 'member'),
    ownersOf: (groupId: string) => edgesOf(groupId, 'owner'),
    /** The groups that contain an object directly, without those that it is only eligible for. */
    groupsOf(id: string): string[] {
      const lasting = [...tenant.memberships.groupsOf(id)].filter((one) => !tenant.memberships.isTemporary(one, id))
      return [...lasting, ...(byMember.get(id) ?? []).map(({ groupId }) => groupId)]
    },
  }
}

function edgeOf({ principalId: id, kind, endDateTime }: GroupSchedule): GroupEdge {
  return { id, kind: kind === 'assigned' ? 'active' : kind, endDateTime }
}

function mergeEdges(edges: readonly GroupEdge[]): GroupEdge[] {
  const merged = new Map<string, GroupEdge>()
  for (const edge of edges) {
    const key = `${edge.kind} ${edge.id}`
    const known = merged.get(key)
    const isLater = known && earlierOf(known.endDateTime, edge.endDateTime) !== edge.endDateTime
    if (!known) merged.set(key, edge)
    else if (known.endDateTime !== null && (edge.endDateTime === null || isLater)) merged.set(key, edge)
  }
  return [...merged.values()]
}
