import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Permission } from '@/lib/domain/vocabulary'
import { BUILT_IN_ROLES, roleIdOf } from '@/sandbox/world/roles'
import { allows } from './allows'
import { denied } from './denied'

const permission = (some: Partial<Permission>): Permission => ({
  actions: [],
  notActions: [],
  dataActions: [],
  notDataActions: [],
  ...some,
})
const builtIn = (name: string) => BUILT_IN_ROLES.get(roleIdOf(name))?.permissions ?? []

describe('how much of a role a denial cuts', () => {
  // What managed applications and deployment stacks deny: everything but reading, or writing and deleting alone.
  const butReading = [permission({ actions: ['*'], notActions: ['*/read'] })]
  const changes = [permission({ actions: ['*/write', '*/delete'], notActions: ['Microsoft.Resources/tags/write'] })]
  const everything = [permission({ actions: ['*'], dataActions: ['*'] })]
  test.each([
    ['everything but reading, of Reader', 'none', butReading, builtIn('Reader')],
    ['everything but reading, of Contributor', 'part', butReading, builtIn('Contributor')],
    ['everything but reading, of Tag Contributor', 'part', butReading, builtIn('Tag Contributor')],
    ['everything but reading, of data alone', 'none', butReading, builtIn('Key Vault Secrets User')],
    [
      'everything but reading, of a role that only acts',
      'all',
      butReading,
      builtIn('Managed Identity Operator').map((one) => ({
        ...one,
        actions: ['Microsoft.ManagedIdentity/*/assign/action'],
      })),
    ],
    ['writing and deleting but tags, of Owner', 'part', changes, builtIn('Owner')],
    [
      'writing and deleting but tags, of a role for tags',
      'none',
      changes,
      [permission({ actions: ['Microsoft.Resources/tags/write'] })],
    ],
    ['everything, of anything', 'all', everything, builtIn('Storage Blob Data Owner')],
    [
      'all of control, of a role that has data too',
      'part',
      [permission({ actions: ['*'] })],
      builtIn('Storage Blob Data Owner'),
    ],
    [
      'everything, of a role that allows nothing',
      'none',
      everything,
      [permission({ actions: ['*'], notActions: ['*'] })],
    ],
    ['nothing', 'none', [], builtIn('Owner')],
    [
      'everything verb by verb',
      'all',
      ['read', 'write', 'delete', 'action'].map((verb) => permission({ actions: [`*/${verb}`] })),
      builtIn('Contributor'),
    ],
    [
      'what one permission excepts, denied by another',
      'all',
      [...butReading, permission({ actions: ['*/read'] })],
      builtIn('Owner'),
    ],
    [
      'what the role never had',
      'none',
      [permission({ actions: ['Microsoft.Authorization/*/write'] })],
      builtIn('Contributor'),
    ],
    [
      'what remains of an exception in the other',
      'part',
      [...butReading, permission({ actions: ['Microsoft.Compute/*'] })],
      builtIn('Owner'),
    ],
  ] as const)('%s: %s', (_, expected, deny, role) => {
    expect(denied(deny, role)).toBe(expected)
  })
})

test('it is what trying operations says', () => {
  const tails = (longest: number): string[] =>
    longest === 0 ? [''] : ['', ...['a', 'b', 'c'].flatMap((piece) => tails(longest - 1).map((rest) => piece + rest))]
  const operations = [...new Set(tails(5))].flatMap((tail) =>
    ['read', 'write', 'delete', 'action'].map((verb) => `${tail}/${verb}`),
  )
  const pattern = fc
    .tuple(
      fc.constantFrom('', 'a', '*', 'a*'),
      fc.constantFrom('', 'a', 'b'),
      fc.constantFrom('*', '/read', '*/write', '*/action', '*e'),
    )
    .map((parts) => parts.join(''))
  const some = fc.array(pattern, { maxLength: 2 })
  const permissions = fc.array(fc.record({ actions: some, notActions: some }).map(permission), { maxLength: 3 })
  fc.assert(
    fc.property(permissions, permissions, (deny, role) => {
      const held = operations.filter((one) => allows(role, one).control)
      const cut = held.filter((one) => allows(deny, one).control)
      expect(denied(deny, role)).toBe(cut.length === 0 ? 'none' : cut.length === held.length ? 'all' : 'part')
    }),
    { numRuns: 400 },
  )
})

test('a denial made to be slow cuts a part, and is soon known to', () => {
  const many = (start: string, end: string) =>
    Array.from({ length: 300 }, (_, n) => `${start}${n}*${'ab*'.repeat(8)}${end}`)
  const deny = [permission({ actions: many('*', 'write'), notActions: ['*'] })]
  expect(denied(deny, [permission({ actions: many('*x', 'write') })])).toBe('part')
})
