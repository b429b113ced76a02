import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { PersonAccess } from '@/db/queries/get-person-access'
import { accessFrom, anyAccess, pathsByHand } from '@/testing/made-access'
import { fewestRemovals, type Removal } from './fewest-removals'

/** The access after somebody has carried removals out. */
function without(access: PersonAccess, removals: readonly Removal[]): PersonAccess {
  const left = (groupId: string, memberId: string) =>
    !removals.some((one) => one.kind === 'membership' && one.groupId === groupId && one.memberId === memberId)
  return {
    ...access,
    edges: access.edges.filter(({ groupId, memberId }) => left(groupId, memberId)),
    flat: access.flat.filter((groupId) => left(groupId, access.person.id)),
    grants: access.grants.filter(({ key }) => !removals.some((one) => one.kind === 'assignment' && one.key === key)),
  }
}

const holds = (access: PersonAccess, role: string): boolean =>
  pathsByHand({ ...access, grants: access.grants.filter(({ roleId }) => roleId === role) }).length > 0

function everyRemoval(access: PersonAccess): Removal[] {
  const memberships = [
    ...access.edges.map(({ groupId, memberId }) => ({ groupId, memberId })),
    ...access.flat
      .filter((id) => !access.edges.some((edge) => edge.groupId === id && edge.memberId === 'ada'))
      .map((groupId) => ({ groupId, memberId: 'ada' })),
  ]
  return [
    ...memberships.map((one) => ({ kind: 'membership' as const, ...one, affects: null })),
    ...access.grants.map(({ key }) => ({ kind: 'assignment' as const, key, affects: null })),
  ]
}

function chosen<Item>(items: readonly Item[], size: number): Item[][] {
  if (size === 0) return [[]]
  return items.flatMap((item, at) => chosen(items.slice(at + 1), size - 1).map((rest) => [item, ...rest]))
}

test('carried out, the removals take the role away, and no fewer would', () => {
  fc.assert(
    fc.property(anyAccess({ groups: 4 }), (access) => {
      const removals = fewestRemovals(access, 'Owner')
      expect(holds(without(access, removals), 'Owner')).toBe(false)
      const fewer = removals.length > 0 ? chosen(everyRemoval(access), removals.length - 1) : []
      expect(fewer.filter((some) => !holds(without(access, some), 'Owner'))).toEqual([])
    }),
    { numRuns: 300 },
  )
})

test('among equally few removals it is the one nearest the person, which concerns the fewest others', () => {
  fc.assert(
    fc.property(anyAccess({ groups: 4 }), (access) => {
      const removals = fewestRemovals(access, 'Owner')
      const other = chosen(everyRemoval(access), removals.length).filter(
        (some) => !holds(without(access, some), 'Owner'),
      )
      // Whoever is still reached after the nearest cut is still reached after any other that is as small.
      const reached = (some: readonly Removal[]) =>
        new Set(pathsByHand({ ...without(access, some), grants: groupsAsGrants(access) }))
      const nearest = reached(removals)
      for (const some of other) expect([...nearest].filter((way) => !reached(some).has(way))).toEqual([])
    }),
    { numRuns: 100 },
  )
})

/** A grant for each group, so that its ways are listed. */
const groupsAsGrants = (access: PersonAccess) =>
  accessFrom({ memberships: [], grants: access.groups.map(({ id }) => ({ holder: id, role: 'Owner' })) }).grants

test('a person is taken out of the one group that leads to everything', () => {
  const access = accessFrom({
    memberships: [
      ['ada', 'leads'],
      ['leads', 'admins'],
      ['leads', 'operators'],
    ],
    grants: [
      { holder: 'admins', role: 'Owner' },
      { holder: 'operators', role: 'Owner', kind: 'eligible' },
    ],
  })
  expect(fewestRemovals(access, 'Owner')).toEqual([
    { kind: 'membership', groupId: 'leads', memberId: 'ada', affects: 1 },
  ])
})

test('one assignment is fewer than two memberships, and says how many lose access by it', () => {
  const access = accessFrom({
    memberships: [
      ['ada', 'a'],
      ['ada', 'b'],
      ['a', 'admins'],
      ['b', 'admins'],
    ],
    grants: [{ holder: 'admins', role: 'Owner' }],
  })
  expect(fewestRemovals(access, 'Owner')).toEqual([{ kind: 'assignment', key: access.grants[0]?.key, affects: 12 }])
  const uncounted = { ...access, groups: access.groups.map((group) => ({ ...group, members: null })) }
  expect(fewestRemovals(uncounted, 'Owner')[0]?.affects).toBeNull()
})

test('nothing has to be removed for a role that the person does not have', () => {
  expect(fewestRemovals(accessFrom({ memberships: [['ada', 'a']], grants: [] }), 'Owner')).toEqual([])
})
