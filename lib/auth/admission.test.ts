import { describe, expect, test } from 'vitest'
import { judgeAdmission, type KnownPerson, type Rule } from './admission'

const READERS = '0760b6cf-170e-4a14-91b3-4b78e0739963'
const OTHERS = '3b2b0c93-acd8-4208-8eba-7a48db1cd4c0'

const BY_GROUP: Rule = { joinRule: 'groups', joinNamed: [READERS] }
const BY_OWNER: Rule = { joinRule: 'approval', joinNamed: [] }
const BY_INVITATION: Rule = { joinRule: 'invitation', joinNamed: [] }
const EVERYONE: Rule = { joinRule: 'everyone', joinNamed: [] }

const INSIDE = { membership: { roles: [], groups: [READERS], groupsTold: true }, invited: false }
const OUTSIDE = { membership: { roles: [], groups: [OTHERS], groupsTold: true }, invited: false }
const UNTOLD = { membership: { roles: [], groups: [], groupsTold: false }, invited: false }

const member = (some: Partial<KnownPerson>): KnownPerson => ({
  ...{ state: 'active', role: 'viewer', joinedBy: 'groups' },
  ...some,
})

test('a stranger is judged by the rule alone', () => {
  expect([INSIDE, OUTSIDE, UNTOLD].map((told) => judgeAdmission(BY_GROUP, null, told))).toEqual([
    'may',
    'in_none_named',
    'groups_not_told',
  ])
  const rules = [BY_OWNER, BY_INVITATION, EVERYONE]
  expect(rules.map((rule) => judgeAdmission(rule, null, INSIDE))).toEqual(['waiting', 'not_invited', 'may'])
})

describe('a member who joined by a group', () => {
  test('is asked for it at each sign-in while that is the rule, also as an admin', () => {
    for (const role of ['viewer', 'admin'] as const)
      expect([INSIDE, OUTSIDE, UNTOLD].map((told) => judgeAdmission(BY_GROUP, member({ role }), told))).toEqual([
        'may',
        'in_none_named',
        'groups_not_told',
      ])
    expect(judgeAdmission(BY_OWNER, member({}), OUTSIDE)).toBe('may')
  })

  test('is asked no more once they own the organisation, or an owner has let them in', () => {
    expect(judgeAdmission(BY_GROUP, member({ role: 'owner' }), OUTSIDE)).toBe('may')
    expect(judgeAdmission(BY_GROUP, member({ joinedBy: 'owner' }), OUTSIDE)).toBe('may')
  })
})

test.each([null, 'everyone', 'owner'] as const)('a member who joined otherwise (%s) stays one', (joinedBy) => {
  expect(judgeAdmission(BY_GROUP, member({ joinedBy }), OUTSIDE)).toBe('may')
})

test('whoever was invited comes in under every rule, also when they waited or left a group, but not when they were removed', () => {
  const invited = { ...OUTSIDE, invited: true }
  for (const rule of [BY_GROUP, BY_OWNER, BY_INVITATION, EVERYONE])
    for (const known of [null, member({}), member({ state: 'waiting', joinedBy: null })])
      expect(judgeAdmission(rule, known, invited)).toBe('may')
  expect(judgeAdmission(BY_INVITATION, member({ state: 'removed' }), invited)).toBe('removed')
})

test('whoever waits comes in once the rule admits them, and whoever was removed does not', () => {
  const waiting = member({ state: 'waiting', joinedBy: null })
  expect(judgeAdmission(BY_GROUP, waiting, INSIDE)).toBe('may')
  expect(judgeAdmission(BY_GROUP, waiting, OUTSIDE)).toBe('in_none_named')
  expect(judgeAdmission(BY_OWNER, waiting, INSIDE)).toBe('waiting')
  expect(judgeAdmission(BY_GROUP, member({ state: 'removed', joinedBy: 'owner' }), INSIDE)).toBe('removed')
})
