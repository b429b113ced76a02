import { expect, test } from 'vitest'
import { accessFrom } from '@/testing/made-access'
import { fewestRemovals } from './fewest-removals'
import { removalWords } from './removal-words'

const corp = '/providers/Microsoft.Management/managementGroups/Corp'

function wordsFor(made: Parameters<typeof accessFrom>[0]): string[] {
  const access = accessFrom(made)
  return removalWords(access, fewestRemovals(access, 'Owner'))
}

test('a membership of the person concerns nobody else', () => {
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
    'Remove the eligibility for Owner from Platform admins at management group Corp (12 people).',
  ])
})

test('a group inside a group is named as one', () => {
  const access = accessFrom({ memberships: [['inner', 'outer']], grants: [] })
  expect(removalWords(access, [{ kind: 'membership', groupId: 'outer', memberId: 'inner', affects: null }])).toEqual([
    'Remove the group inner from outer (how many people have access by it is not known).',
  ])
})

test('out of a flat group may mean out of a group inside it', () => {
  expect(wordsFor({ memberships: [], flat: ['admins'], grants: [{ holder: 'admins', role: 'Owner' }] })).toEqual([
    'Remove Ada Novak from admins, or from the groups inside it that they are in.',
  ])
})

test('held and eligible at once, directly: both go, each by its own name', () => {
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
    'Remove the eligibility for Owner from Ada Novak at subscription Production.',
  ])
})
