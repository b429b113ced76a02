import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { covers } from './covers'
import { leavesOver } from './leaves-over'
import { operationsOf, type Verb } from './operations-of'
import { overlap } from './overlap'

/** Every text over the letters up to a length. */
const texts = (letters: string[], longest: number): string[] =>
  longest === 0 ? [''] : ['', ...letters.flatMap((one) => texts(letters, longest - 1).map((rest) => one + rest))]
const WORDS = [...new Set(texts(['a', 'b', 'c'], 6))]
const pattern = fc.array(fc.constantFrom('a', 'b', '*'), { maxLength: 5 }).map((parts) => parts.join(''))
const VERBS: Verb[] = ['read', 'write', 'delete', 'action']

describe('what two patterns both cover', () => {
  test.each([
    ['ab*', '*bc', ['ab*bc', 'abc']],
    ['Microsoft.A/*', '*/read', ['microsoft.a/*/read', 'microsoft.a/read']],
    ['*', 'X/*', ['x/*']],
    ['a*', 'b*', []],
    ['a/read', '*/READ', ['a/read']],
    ['', '', ['']],
  ])('%s and %s', (one, other, expected) => {
    expect(overlap(one, other)?.sort()).toEqual(expected.sort())
  })

  test('is exactly what tried texts say', () => {
    fc.assert(
      fc.property(pattern, pattern, (one, other) => {
        const both = overlap(one, other) ?? []
        for (const word of WORDS) {
          expect(both.some((shared) => covers(shared, word))).toBe(covers(one, word) && covers(other, word))
        }
      }),
      { numRuns: 150 },
    )
  })

  test('is given up where there are too many ways, and soon', () => {
    expect(overlap(`${'*a'.repeat(300)}*`, `${'*a*b'.repeat(300)}*`)).toBeNull()
    expect(overlap(`${'x'.repeat(9000)}*`, `*${'x'.repeat(9000)}`)).toBeNull()
    expect(overlap(`${'x'.repeat(50)}*`, `*${'x'.repeat(50)}`)).toHaveLength(51)
  })
})

describe('whether anything is left', () => {
  test.each([
    ['*', ['a*', 'b*', '*/read'], true],
    ['a*', ['*a*'], false],
    ['a/*/read', ['*/read'], false],
    ['a/read', ['A/*'], false],
    ['*', [], true],
    ['*', ['\uE000'], true],
    ['a*', ['a\uE000'], true],
    ['\uE000/write', [], false],
  ])('of %s without %j: %s', (one, others, expected) => {
    expect(leavesOver(one, others)).toBe(expected)
  })

  test('is exactly what tried texts say, with one letter that no pattern writes', () => {
    fc.assert(
      fc.property(pattern, fc.array(pattern, { maxLength: 4 }), (one, others) => {
        const found = WORDS.some((word) => covers(one, word) && !others.some((other) => covers(other, word)))
        expect(leavesOver(one, others)).toBe(found)
      }),
      { numRuns: 400 },
    )
  })
})

describe('the operations of a pattern', () => {
  test.each([
    ['*', 'write', ['*/write']],
    ['*/read', 'write', []],
    ['Microsoft.A/b/*', 'read', ['microsoft.a/b/*/read', 'microsoft.a/b/read']],
    ['Microsoft.A/b/wr*', 'write', ['microsoft.a/b/wr*/write', 'microsoft.a/b/write']],
    ['*e', 'write', ['*/write']],
    ['*e', 'read', []],
    ['Microsoft.A/b/Action', 'action', ['microsoft.a/b/action']],
    ['Microsoft.A/b', 'action', []],
  ] as const)('%s ending in %s', (one, verb, expected) => {
    expect(operationsOf(one, verb).sort()).toEqual([...expected].sort())
  })

  test('are listed for every verb even where stars stand between all its letters', () => {
    for (const verb of VERBS) {
      expect(operationsOf(`*/*${[...verb].join('*')}*`, verb).length).toBeGreaterThan(0)
      expect(operationsOf('*'.repeat(5000), verb)).toEqual([`*/${verb}`])
      expect(overlap('*a*c*t*i*o*n*d*e*l*e*t*r*w*'.repeat(50), `*/${verb}`)).not.toBeNull()
    }
  })
})
