import type { PersonAccess } from '@/db/queries/get-person-access'

/** One membership on the way from a person up: the group, and since when it is known. */
export type Hop = {
  id: string
  /** Null for a flat group: the person is in it somehow, the groups between are not known. */
  since: Date | null
}

/** The groups each person or group is a direct member of; of a flat group the person is taken for a member. */
export function membershipsAbove({
  person,
  edges,
  flat,
}: Pick<PersonAccess, 'edges' | 'flat'> & { person: { id: string } }) {
  const above = new Map<string, Map<string, Hop>>()
  const add = (memberId: string, hop: Hop) => {
    const hops = above.get(memberId) ?? new Map<string, Hop>()
    above.set(memberId, hops.set(hop.id, hop))
  }
  for (const { groupId, memberId, since } of edges) if (groupId !== memberId) add(memberId, { id: groupId, since })
  for (const id of flat) add(person.id, { id, since: null })
  return new Map([...above].map(([memberId, hops]) => [memberId, [...hops.values()]]))
}
