import fc from 'fast-check'
import { expect, test } from 'vitest'
import { accessFrom, anyAccess, pathsByHand } from '@/testing/made-access'
import type { PersonAccess } from './access'
import { findFewestRemovals, type Removal, removalWords } from './removals'
import type { AssignmentKind } from './vocabulary'

/** The access after somebody has carried removals out. */
function without(access: PersonAccess, removals: readonly Removal[]): PersonAccess {
  const left = (groupId: string, memberId: string, membership: AssignmentKind) =>
    !removals.some(
      (one) =>
        one.kind === 'membership' &&
        one.groupId === groupId &&
        one.memberId === memberId &&
        one.membership === membership,
    )
  return {
    ...access,
    edges: access.edges.filter(({ groupId, memberId, membership }) => left(groupId, memberId, membership)),
    flat: access.flat.filter((groupId) => left(groupId, access.person.id, 'active')),
    grants: access.grants.filter(({ key }) => !removals.some((one) => one.kind === 'assignment' && one.key === key)),
  }
}

const holds = (access: PersonAccess, role: string): boolean =>
  pathsByHand({ ...access, grants: access.grants.filter(({ roleId }) => roleId === role) }).length > 0

function everyRemoval(access: PersonAccess): Removal[] {
  const memberships = [
    ...access.edges.map(({ groupId, memberId, membership }) => ({ groupId, memberId, membership })),
    ...access.flat
      .filter((id) => !access.edges.some((edge) => edge.groupId === id && edge.memberId === 'ada'))
      .map((groupId) => ({ groupId, memberId: 'ada', membership: 'active' as const })),
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

test('the removals take the role away once they are carried out, and no fewer would', () => {
  fc.assert(
    fc.property(anyAccess({ groups: 4 }), (access) => {
      const removals = findFewestRemovals(access, 'Owner')
      expect(holds(without(access, removals), 'Owner')).toBe(false)
      const fewer = removals.length > 0 ? chosen(everyRemoval(access), removals.length - 1) : []
      expect(fewer.filter((some) => !holds(without(access, some), 'Owner'))).toEqual([])
    }),
    { numRuns: 300 },
  )
})

test('of equally few removals, those nearest the person are chosen, which concern the fewest others', () => {
  fc.assert(
    fc.property(anyAccess({ groups: 4 }), (access) => {
      const removals = findFewestRemovals(access, 'Owner')
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
  expect(findFewestRemovals(access, 'Owner')).toEqual([
    { kind: 'membership', groupId: 'leads', memberId: 'ada', membership: 'active', affects: 1 },
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
  expect(findFewestRemovals(access, 'Owner')).toEqual([{ kind: 'assignment', key: access.grants[0]?.key, affects: 12 }])
  const uncounted = { ...access, groups: access.groups.map((group) => ({ ...group, members: null })) }
  expect(findFewestRemovals(uncounted, 'Owner')[0]?.affects).toBeNull()
})

test('nothing has to be removed for a role that the person does not have', () => {
  expect(findFewestRemovals(accessFrom({ memberships: [['ada', 'a']], grants: [] }), 'Owner')).toEqual([])
})

const corp = '/providers/Microsoft.Management/managementGroups/Corp'

function wordsFor(made: Parameters<typeof accessFrom>[0]): string[] {
  const access = accessFrom(made)
  return removalWords(access, findFewestRemovals(access, 'Owner'))
}

test('removing a membership of the person says nothing of others', () => {
  expect(
    wordsFor({ memberships: [['ada', 'Payments leads']], grants: [{ holder: 'Payments leads', role: 'Owner' }] }),
  ).toEqual(['Remove Ada Novak from Payments leads.'])
})

test('an assignment of a group says where it is and how many lose it', () => {
  const memberships = [
    ['ada', 'a'],
    ['ada', 'b'],
    ['a', 'Platform admins'],
    ['b', 'Platform admins'],
  ] as const
  const grant = { holder: 'Platform admins', role: 'Owner', scope: corp, level: 'management_group' as const }
  expect(wordsFor({ memberships, grants: [grant] })).toEqual([
    'Remove the assignment of Owner to Platform admins at management group Corp (12 people).',
  ])
  expect(wordsFor({ memberships, grants: [{ ...grant, kind: 'eligible' }] })).toEqual([
    'Remove the eligibility for Owner from Platform admins at management group Corp (12 people), in Privileged Identity Management.',
  ])
})

test('a membership of a group in a group says that it is a group', () => {
  const access = accessFrom({ memberships: [['inner', 'outer']], grants: [] })
  const removal = { groupId: 'outer', memberId: 'inner', membership: 'active', affects: null } as const
  expect(removalWords(access, [{ kind: 'membership', ...removal }])).toEqual([
    'Remove the group inner from outer (how many people have access by it is not known).',
  ])
})

test('for a flat group, the person may have to be removed from a group inside it', () => {
  expect(wordsFor({ memberships: [], flat: ['admins'], grants: [{ holder: 'admins', role: 'Owner' }] })).toEqual([
    'Remove Ada Novak from admins, or from the groups inside it that they are in.',
  ])
})

test('a role that is both held and eligible takes two removals, each with its own word', () => {
  expect(
    wordsFor({
      memberships: [],
      grants: [
        { holder: 'ada', role: 'Owner' },
        { holder: 'ada', role: 'Owner', kind: 'eligible' },
      ],
    }),
  ).toEqual([
    'Remove the assignment of Owner to Ada Novak at subscription Production.',
    'Remove the eligibility for Owner from Ada Novak at subscription Production, in Privileged Identity Management.',
  ])
})

test('a role whose definition could not be read is called unknown, by its id', () => {
  const access = accessFrom({ memberships: [], grants: [{ holder: 'ada', role: 'Owner' }] })
  const unread = { ...access, grants: access.grants.map((grant) => ({ ...grant, roleName: null, privilege: null })) }
  expect(removalWords(unread, findFewestRemovals(unread, 'Owner'))).toEqual([
    'Remove the assignment of the unknown role Owner to Ada Novak at subscription Production.',
  ])
})

test('an eligible membership is taken away as an eligibility, of a person or of a group', () => {
  const grants = [{ holder: 'Platform admins', role: 'Owner' }]
  expect(wordsFor({ memberships: [['ada', 'Platform admins', 'eligible']], grants })).toEqual([
    'Remove the eligibility of Ada Novak for a membership of Platform admins, in Privileged Identity Management.',
  ])
  const memberships = [
    ['ada', 'a'],
    ['ada', 'b'],
    ['a', 'leads'],
    ['b', 'leads'],
    ['leads', 'Platform admins', 'eligible'],
  ] as const
  expect(wordsFor({ memberships, grants })).toEqual([
    'Remove the eligibility of the group leads for a membership of Platform admins (12 people), in Privileged Identity Management.',
  ])
})

test('a membership that is both eligible and activated takes two removals, and the activated one says when it ends', () => {
  const access = accessFrom({
    memberships: [
      ['ada', 'admins', 'eligible'],
      ['ada', 'admins', 'activated'],
      ['bo', 'admins'],
    ],
    grants: [
      { holder: 'admins', role: 'Owner' },
      { holder: 'admins', role: 'Owner', scope: corp, level: 'management_group' },
      { holder: 'admins', role: 'Owner', scope: '/', level: 'root' },
    ],
  })
  const ending = {
    ...access,
    edges: access.edges.map((edge) =>
      edge.membership === 'activated' ? { ...edge, endsAt: new Date('2026-11-23T17:30:00Z') } : edge,
    ),
  }
  expect(removalWords(ending, findFewestRemovals(ending, 'Owner'))).toEqual([
    'Remove the eligibility of Ada Novak for a membership of admins, in Privileged Identity Management.',
    'End the activated membership of Ada Novak in admins, which ends by itself on 23 Nov 2026, 17:30 UTC.',
  ])
})

test('a delegation is removed whole, or the offer loses the authorization', () => {
  const access = accessFrom({ memberships: [], grants: [{ holder: 'ada', role: 'Reader', kind: 'eligible' }] })
  const delegated: PersonAccess = {
    ...access,
    person: { ...access.person, kind: 'delegate', name: 'Fabrikam Operations', organisation: 'Fabrikam' },
    grants: access.grants.map((grant) => ({ ...grant, principalKind: 'delegate' })),
  }
  expect(removalWords(delegated, findFewestRemovals(delegated, 'Reader'))).toEqual([
    'Remove the delegation of subscription Production to Fabrikam, under Service providers in Azure, which ends all that Fabrikam has by it; or have Fabrikam take the eligible authorization of Fabrikam Operations for Reader out of its offer.',
  ])
})
