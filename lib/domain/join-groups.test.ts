import { describe, expect, test } from 'vitest'
import { judgeMembership, MOST_NAMED, parseNames } from './join-groups'

const READERS = '0760b6cf-170e-4a14-91b3-4b78e0739963'
const OTHERS = '3b2b0c93-acd8-4208-8eba-7a48db1cd4c0'
const ROLE = 'Rolecall.Viewer'

describe('what an owner typed', () => {
  test('is one group or app role on each line, whatever is around it, and each once', () => {
    const typed = `  ${READERS.toUpperCase()}\r\n\n${ROLE}\n${READERS}\n`
    expect(parseNames(typed)).toEqual({ kind: 'named', named: [READERS, ROLE] })
  })

  test.each([
    ['Azure Readers', 'has a space'],
    ['.Viewer', 'begins with a point'],
    ['Prüfer', 'has a letter that no app role may have'],
    ['x'.repeat(121), 'is longer than an app role'],
  ])('that says %s is not taken, because it %s', (line) => {
    expect(parseNames(`${READERS}\n${line}`)).toEqual({ kind: 'unclear', line })
  })

  test('is refused when it is nothing, or too much', () => {
    expect(parseNames(' \n')).toEqual({ kind: 'none' })
    const many = Array.from({ length: MOST_NAMED + 1 }, (_, n) => `Role.${n}`)
    expect(parseNames(many.join('\n'))).toEqual({ kind: 'too_many' })
    expect(parseNames(many.slice(1).join('\n'))).toMatchObject({ kind: 'named' })
  })
})

describe('a person', () => {
  const told = (some: object) => ({ roles: [], groups: [], groupsTold: true, ...some })

  test('is admitted by one of the groups, or one of the app roles', () => {
    expect(judgeMembership([READERS, ROLE], told({ groups: [OTHERS, READERS] }))).toBe('named')
    expect(judgeMembership([READERS, ROLE], told({ roles: [ROLE], groupsTold: false }))).toBe('named')
  })

  test('is admitted by a group that the registration emits as a role', () => {
    expect(judgeMembership([READERS], told({ roles: [READERS.toUpperCase()], groupsTold: false }))).toBe('named')
  })

  test('is known to be in none of them only when Microsoft told the groups, or no group is named', () => {
    expect(judgeMembership([READERS], told({ groups: [OTHERS] }))).toBe('in_none_named')
    expect(judgeMembership([ROLE], told({ groupsTold: false }))).toBe('in_none_named')
    expect(judgeMembership([READERS, ROLE], told({ groupsTold: false }))).toBe('groups_not_told')
  })

  test('holds an app role only by its exact letters', () => {
    expect(judgeMembership([ROLE], told({ roles: [ROLE.toLowerCase()] }))).toBe('in_none_named')
  })
})
