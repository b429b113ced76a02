import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { covers, hasOperationLeft, operationsOf, overlap, type Verb } from './role-patterns'

describe('patterns cover operations as Azure documents it', () => {
  // "Understand Azure role definitions", Actions: "`*/read` grants access to read actions for all resource types of all
  // Azure resource providers"; "`Microsoft.Compute/*` ... all actions for all resource types in the Microsoft.Compute
  // resource provider"; "`Microsoft.Network/*/read` ... read actions for all resource types in the Microsoft.Network
  // resource provider"; "`Microsoft.Compute/virtualMachines/*` ... all actions of virtual machines and its child resource
  // types"; "`microsoft.web/sites/restart/Action` ... restart a web app".
  test.each([
    ['*', 'Microsoft.Anything/at/all/action', true],
    ['*/read', 'Microsoft.Compute/virtualMachines/read', true],
    ['*/read', 'Microsoft.Compute/virtualMachines/extensions/read', true],
    ['*/read', 'Microsoft.Compute/virtualMachines/write', false],
    ['Microsoft.Compute/*', 'Microsoft.Compute/disks/beginGetAccess/action', true],
    ['Microsoft.Compute/*', 'Microsoft.ComputeSchedule/locations/read', false],
    ['Microsoft.Network/*/read', 'Microsoft.Network/virtualNetworks/subnets/read', true],
    ['Microsoft.Network/*/read', 'Microsoft.Network/read', false],
    ['Microsoft.Compute/virtualMachines/*', 'Microsoft.Compute/virtualMachines/extensions/write', true],
    ['Microsoft.Compute/virtualMachines/*', 'Microsoft.Compute/virtualMachineScaleSets/write', false],
    ['microsoft.web/sites/restart/Action', 'Microsoft.Web/Sites/Restart/action', true],
    ['microsoft.web/sites/restart/Action', 'Microsoft.Web/sites/slots/restart/action', false],
    // "Azure custom roles", wildcard permissions: `Microsoft.CostManagement/exports/*`, and in the midst of a name
    // `Microsoft.CostManagement/*/query/*`.
    ['Microsoft.CostManagement/exports/*', 'Microsoft.CostManagement/exports/action', true],
    ['Microsoft.CostManagement/exports/*', 'Microsoft.CostManagement/exports/run/action', true],
    ['Microsoft.CostManagement/*/query/*', 'Microsoft.CostManagement/a/b/query/read', true],
    ['Microsoft.Comp*/virt*s/re*d', 'Microsoft.Compute/virtualMachines/read', true],
    // A star may be nothing; what stands on both sides of it may not be the same letters twice.
    ['Microsoft.A*/read', 'Microsoft.A/read', true],
    ['ab*ba', 'aba', false],
    ['', '', true],
    ['', 'a', false],
    ['**', '', true],
  ])('%s over %s: %s', (pattern, operation, expected) => {
    expect(covers(pattern, operation)).toBe(expected)
  })

  test('characters with a meaning in regular expressions stand for themselves', () => {
    expect(covers('Microsoft.Web/sites/read', 'MicrosoftXWeb/sites/read')).toBe(false)
    expect(covers('a?c', 'abc')).toBe(false)
    expect(covers('a[bc]d*', 'a[bc]d/read')).toBe(true)
    expect(covers('\\*', '\\anything')).toBe(true)
    expect(covers('$&*', '$&/read')).toBe(true)
  })
})

test('covering agrees with the plainest reading of the rule', () => {
  /** A star is nothing, or takes a letter and is asked again. */
  const plainly = (pattern: string, text: string): boolean => {
    if (pattern === '') return text === ''
    if (pattern[0] === '*') return plainly(pattern.slice(1), text) || (text !== '' && plainly(pattern, text.slice(1)))
    return text !== '' && pattern[0] === text[0] && plainly(pattern.slice(1), text.slice(1))
  }
  const letters = (chosen: string[], maxLength: number) =>
    fc.array(fc.constantFrom(...chosen), { maxLength }).map((list) => list.join(''))
  fc.assert(
    fc.property(letters(['a', 'b', '/', '*', '*'], 9), letters(['a', 'b', '/'], 9), (pattern, text) => {
      expect(covers(pattern.toUpperCase(), text)).toBe(plainly(pattern, text))
    }),
    { numRuns: 5000 },
  )
})

test('patterns that are made to be expensive are cheap', () => {
  // What takes back its steps would need more of them than there are atoms; the test would never end.
  const operation = 'a'.repeat(100_000)
  expect(covers(`${'*a'.repeat(50_000)}*b`, operation)).toBe(false)
  expect(covers(`${'*a'.repeat(50_000)}*`, operation)).toBe(true)
  expect(covers(`${'*aa'.repeat(20_000)}*c*`, operation)).toBe(false)
})

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

  test('is exactly what trying texts gives', () => {
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

  test('is given up early where there are too many ways', () => {
    expect(overlap(`${'*a'.repeat(300)}*`, `${'*a*b'.repeat(300)}*`)).toBeNull()
    expect(overlap(`${'x'.repeat(9000)}*`, `*${'x'.repeat(9000)}`)).toBeNull()
    expect(overlap(`${'x'.repeat(50)}*`, `*${'x'.repeat(50)}`)).toHaveLength(51)
  })
})

describe('whether an operation is left', () => {
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
    expect(hasOperationLeft(one, others)).toBe(expected)
  })

  test('is exactly what trying texts gives, with one letter that no pattern has', () => {
    fc.assert(
      fc.property(pattern, fc.array(pattern, { maxLength: 4 }), (one, others) => {
        const found = WORDS.some((word) => covers(one, word) && !others.some((other) => covers(other, word)))
        expect(hasOperationLeft(one, others)).toBe(found)
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
