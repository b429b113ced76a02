import { expect, test } from 'vitest'
import { answerWords, unreadRolesWords, wayWords } from './answer-words'

const held = { kind: 'active', denials: [] } as const
const eligible = { kind: 'eligible', denials: [] } as const
const denied = { kind: 'active', denials: ['Locked'] } as const

test('the best of all ways is the answer, and only whom denials leave no way is cut off', () => {
  expect(answerWords('operation', [denied, eligible, held])).toBe('can do it')
  expect(answerWords('operation', [denied, eligible])).toBe('could after activating a role')
  expect(answerWords('operation', [denied, { ...eligible, denials: ['Locked'] }])).toBe('cut off')
  expect(answerWords('role', [held])).toBe('holds it')
  expect(answerWords('scope', [{ kind: 'activated', denials: [] }])).toBe('can act')
})

test('a way that a denial takes away is worth nothing, held or eligible', () => {
  expect([held, eligible, denied].map(wayWords)).toEqual(['now', 'after activating a role', 'cut off'])
})

test('roles that could not be read are counted in a sentence', () => {
  expect(unreadRolesWords(1)).toMatch(/^The definition of 1 more role /)
  expect(unreadRolesWords(1_200)).toMatch(/^The definitions of 1,200 more roles /)
})
