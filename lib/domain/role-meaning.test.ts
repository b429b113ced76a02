import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { BUILT_IN_ROLES } from '@/sandbox/world/roles'
import reviewed from '@/testing/built-in-privileges.json'
import { privilegeOf } from './role-meaning'
import { covers } from './role-patterns'
import { type Permission, PRIVILEGES, type Privilege } from './vocabulary'

const permission = (some: Partial<Permission>): Permission => ({
  actions: [],
  notActions: [],
  dataActions: [],
  notDataActions: [],
  ...some,
})

describe('what a role amounts to', () => {
  test.each<[string, Privilege, Partial<Permission>[]]>([
    ['nothing at all', 'reads', []],
    ['*/read and tickets', 'reads', [{ actions: ['*/read', 'Microsoft.Support/*'] }]],
    [
      'what nearly every built-in role carries',
      'reads',
      [{ actions: ['Microsoft.Insights/alertRules/*', 'Microsoft.Resources/deployments/*', 'MICROSOFT.SUPPORT/*'] }],
    ],
    ['the same and one thing more', 'writes', [{ actions: ['Microsoft.Support/*', 'Microsoft.Resources/tags/write'] }]],
    ['a wider pattern than those that do not count as writing', 'writes', [{ actions: ['Microsoft.Insights/*'] }]],
    [
      'every way to give roles counts: assignments',
      'grants_access',
      [{ actions: ['Microsoft.Authorization/roleAssignments/*'] }],
    ],
    ['definitions', 'grants_access', [{ actions: ['*/roleDefinitions/write'] }]],
    [
      'active and eligible through PIM',
      'grants_access',
      [{ actions: ['Microsoft.Authorization/role*ScheduleRequests/*'] }],
    ],
    ['elevation', 'grants_access', [{ actions: ['*/elevateAccess/Action'] }]],
    [
      'everything but writing under Microsoft.Authorization leaves elevation',
      'grants_access',
      [{ actions: ['*'], notActions: ['Microsoft.Authorization/*/write'] }],
    ],
    ['taking roles away alone', 'writes', [{ actions: ['Microsoft.Authorization/roleAssignments/delete'] }]],
    [
      'giving roles on the data plane, where it means nothing',
      'writes_data',
      [{ dataActions: ['Microsoft.Authorization/roleAssignments/write'] }],
    ],
    [
      'a verb for everything, taken away verb by verb',
      'reads',
      [{ actions: ['Microsoft.Compute/*'], notActions: ['*/write', '*/delete', '*/action'] }],
    ],
    [
      'the same with one verb forgotten',
      'writes',
      [{ actions: ['Microsoft.Compute/*'], notActions: ['*/write', '*/delete'] }],
    ],
    [
      'writes all taken away by a wider pattern',
      'reads',
      [{ actions: ['Microsoft.Compute/*/write', '*/read'], notActions: ['microsoft.compute/*'] }],
    ],
    ['a verb that ends in a star', 'writes', [{ actions: ['Microsoft.Compute/virtualMachines/wr*'] }]],
    ['a pattern that ends in reads only', 'reads', [{ actions: ['*ead'] }]],
    [
      'a not-list of another permission, which takes nothing',
      'writes',
      [{ actions: ['Microsoft.Compute/*'] }, { actions: ['*/read'], notActions: ['Microsoft.Compute/*'] }],
    ],
    ['keys', 'writes', [{ actions: ['Microsoft.Storage/storageAccounts/listKeys/action'] }]],
    ['keys that read only', 'reads_data', [{ actions: ['Microsoft.DocumentDB/databaseAccounts/readonlykeys/action'] }]],
    [
      'a key for what its holder may do in any case',
      'reads',
      [{ actions: ['Microsoft.Storage/storageAccounts/blobServices/generateUserDelegationKey/action'] }],
    ],
    ['secrets', 'reads_data', [{ dataActions: ['Microsoft.KeyVault/vaults/secrets/getSecret/action'] }]],
    [
      'questions to a graph of twins, the whole of a read-only role',
      'reads_data',
      [{ dataActions: ['Microsoft.DigitalTwins/digitaltwins/read', 'Microsoft.DigitalTwins/query/action'] }],
    ],
    ['secrets, and more', 'writes_data', [{ dataActions: ['Microsoft.KeyVault/vaults/secrets/*'] }]],
    [
      'data all taken away',
      'reads',
      [{ actions: ['*/read'], dataActions: ['Microsoft.Storage/*/read'], notDataActions: ['*'] }],
    ],
    [
      'data whose writes are taken away',
      'reads_data',
      [{ dataActions: ['Microsoft.Storage/*'], notDataActions: ['*/write', '*/delete', '*/action'] }],
    ],
    ['a not-list made to hide a write', 'writes', [{ actions: ['Microsoft.Compute/*'], notActions: ['*\uE000*'] }]],
    ['a word that is no operation', 'reads', [{ actions: ['Microsoft.Compute/virtualMachines'] }]],
  ])('%s: %s', (_, privilege, permissions) => {
    expect(privilegeOf(permissions.map(permission))).toBe(privilege)
  })
})

test('every built-in role amounts to what a person who reviewed it wrote down', () => {
  const found = Object.fromEntries(PRIVILEGES.map((privilege) => [privilege, [] as string[]]))
  for (const { name, permissions } of BUILT_IN_ROLES.values()) found[privilegeOf(permissions)]?.push(name)
  for (const privilege of PRIVILEGES) expect(found[privilege]?.sort()).toEqual(reviewed[privilege])
  expect(BUILT_IN_ROLES.size).toBe(228)
})

describe('deciding on patterns agrees with trying every operation', () => {
  // The letter c and the piece "wr" after it are in no pattern but through a star, which is all the operations need to
  // show what is left of any pattern made below.
  const pieces = ['a', 'b', 'c', '/', 'wr']
  const tails = (longest: number): string[] =>
    longest === 0 ? [''] : ['', ...pieces.flatMap((piece) => tails(longest - 1).map((rest) => piece + rest))]
  const verbs = ['read', 'write', 'delete', 'action']
  const operations = [...new Set(tails(4))].flatMap((tail) => verbs.map((verb) => `a${tail}/${verb}`))

  const middle = fc.constantFrom('', 'a', 'b', '*', '/')
  const ending = fc.constantFrom('', '*', '/read', '/write', '*/delete', '/action', '/wr*', '*e', '*n', 'c')
  const given = fc.tuple(fc.constant('a'), middle, ending).map((parts) => parts.join(''))
  const taken = fc.tuple(fc.constantFrom('*', 'a', 'a*b'), middle, ending).map((parts) => parts.join(''))
  const some = (pattern: fc.Arbitrary<string>) => fc.array(pattern, { maxLength: 3 })
  const made = fc.record({
    actions: some(given),
    notActions: some(taken),
    dataActions: some(given),
    notDataActions: some(taken),
  })

  const left = (patterns: string[], less: string[]) =>
    operations.filter((one) => patterns.some((p) => covers(p, one)) && !less.some((p) => covers(p, one)))
  const expected = (permissions: Permission[]): Privilege => {
    const control = permissions.flatMap((one) => left(one.actions, one.notActions))
    const data = permissions.flatMap((one) => left(one.dataActions, one.notDataActions))
    if (control.some((one) => !one.endsWith('/read'))) return 'writes'
    if (data.some((one) => !one.endsWith('/read'))) return 'writes_data'
    return data.length > 0 ? 'reads_data' : 'reads'
  }

  test('for any permissions', () => {
    fc.assert(
      fc.property(fc.array(made, { maxLength: 2 }), (permissions) => {
        expect(privilegeOf(permissions)).toBe(expected(permissions))
      }),
      { numRuns: 250 },
    )
  })
})

test('a role that is made to be slow is decided quickly', () => {
  const hostile = permission({
    actions: Array.from({ length: 200 }, (_, n) => `${'*a'.repeat(200)}${n}*`),
    notActions: Array.from({ length: 200 }, (_, n) => `${'*a'.repeat(200)}${n}*c`),
  })
  expect(privilegeOf([hostile])).toBe('writes')
})
