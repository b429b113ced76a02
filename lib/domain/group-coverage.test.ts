import { expect, test } from 'vitest'
import { emptyGroupWords, knowsPeopleOnly, listOfMember, ownerlessWords } from './group-coverage'
import type { CoverageLine, CoverageState, Dataset } from './vocabulary'

const line = (dataset: Dataset, state: CoverageState, more: Partial<CoverageLine> = {}): CoverageLine => ({
  ...{ dataset, state, read: 0, missing: 0 },
  ...more,
})
const EMPTY = 'Nobody: the group is empty, so its roles reach no one.'

test('a group is called empty only if service principals and eligible members were read whole and there are none', () => {
  const whole = [line('services_in_groups', 'whole'), line('eligible_members', 'whole')]
  expect(emptyGroupWords(0, whole)).toEqual([EMPTY])
  expect(emptyGroupWords(2, whole)).toEqual(['Nobody is in it now.', '2 can become members by activating that.'])
  for (const state of ['partly', 'not_permitted', 'not_readable', 'not_licensed', 'not_asked'] as const)
    for (const dataset of ['services_in_groups', 'eligible_members'] as const) {
      const coverage = [...whole.filter((one) => one.dataset !== dataset), line(dataset, state)]
      expect(emptyGroupWords(0, coverage)).not.toContain(EMPTY)
      expect(emptyGroupWords(0, coverage)).toHaveLength(2)
    }
  expect(emptyGroupWords(0, [])).not.toContain(EMPTY)
})

test('what was not asked for is named with what may be missing', () => {
  expect(emptyGroupWords(0, [line('services_in_groups', 'whole'), line('eligible_members', 'not_asked')])).toEqual([
    'Nobody is in it now.',
    'Eligible members of groups were not asked for: there may be people who can activate a membership of a group that holds a role.',
  ])
})

test('without the list of service principals only the people of a group are known', () => {
  expect(knowsPeopleOnly([line('services_in_groups', 'whole')])).toBe(false)
  expect(knowsPeopleOnly([line('services_in_groups', 'not_readable')])).toBe(true)
  expect(knowsPeopleOnly([])).toBe(true)
})

test('that a group has no owner is said only when its owners were read', () => {
  expect(ownerlessWords([line('group_owners', 'whole')])).toMatch(/^It has no owner/)
  expect(ownerlessWords([line('group_owners', 'not_permitted')])).toBe(
    'Owners of groups were not permitted to be read: there may be people who can add members to a group that holds a role.',
  )
})

test('each membership is read from one list of its group', () => {
  expect(listOfMember({ kind: 'user', membership: 'active' })).toBe('members')
  expect(listOfMember({ kind: 'user', membership: 'activated' })).toBe('members')
  expect(listOfMember({ kind: 'group', membership: 'active' })).toBe('members')
  expect(listOfMember({ kind: 'service_principal', membership: 'active' })).toBe('services')
  expect(listOfMember({ kind: 'service_principal', membership: 'eligible' })).toBe('eligible')
})
