import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { privilegeOf } from './role-definitions'

const none = { actions: [], notActions: [], dataActions: [], notDataActions: [] }

describe('what a role amounts to', () => {
  test.each([
    ['Owner', { ...none, actions: ['*'] }, 'grants_access'],
    [
      'User Access Administrator',
      { ...none, actions: ['*/read', 'Microsoft.Authorization/*', 'Microsoft.Support/*'] },
      'grants_access',
    ],
    [
      'Role Based Access Control Administrator',
      { ...none, actions: ['MICROSOFT.Authorization/roleAssignments/WRITE', '*/read'] },
      'grants_access',
    ],
    ['a custom */write', { ...none, actions: ['*/write'] }, 'grants_access'],
    [
      'Contributor',
      {
        ...none,
        actions: ['*'],
        notActions: [
          'Microsoft.Authorization/*/Delete',
          'Microsoft.Authorization/*/Write',
          'Microsoft.Authorization/elevateAccess/Action',
        ],
      },
      'writes',
    ],
    ['Reader', { ...none, actions: ['*/read'] }, 'reads'],
    [
      'Storage Blob Data Reader',
      {
        ...none,
        actions: ['Microsoft.Storage/storageAccounts/blobServices/containers/read'],
        dataActions: ['Microsoft.Storage/storageAccounts/blobServices/containers/blobs/read'],
      },
      'reads_data',
    ],
    [
      'Key Vault Secrets User, whose reads are called actions',
      {
        ...none,
        dataActions: [
          'Microsoft.KeyVault/vaults/secrets/getSecret/action',
          'Microsoft.KeyVault/vaults/secrets/readMetadata/action',
        ],
      },
      'reads_data',
    ],
    [
      'a role that may list keys',
      { ...none, actions: ['Microsoft.Storage/storageAccounts/listKeys/action'] },
      'writes',
    ],
    [
      'Storage Blob Data Owner',
      { ...none, dataActions: ['Microsoft.Storage/storageAccounts/blobServices/containers/blobs/*'] },
      'writes',
    ],
    [
      'a role whose writes are all taken away',
      { ...none, actions: ['Microsoft.Compute/*/write', '*/read'], notActions: ['microsoft.compute/*'] },
      'reads',
    ],
    ['a role whose data is all taken away', { ...none, dataActions: ['A/b/read'], notDataActions: ['*'] }, 'reads'],
    ['a role with nothing', none, 'reads'],
  ] as const)('%s', (_, permission, privilege) => {
    expect(privilegeOf({ ...none, ...permission } as Parameters<typeof privilegeOf>[0])).toBe(privilege)
  })

  const pattern = fc
    .array(fc.constantFrom('*', 'a', 'b', '/', 'read', 'write', 'Microsoft.Authorization', '/roleAssignments'), {
      maxLength: 6,
    })
    .map((parts) => parts.join(''))

  test('agrees with a plain reading of the wildcard rules', () => {
    const asExpression = (text: string) =>
      new RegExp(
        `^${text
          .split('*')
          .map((part) => part.replace(/[.]/g, '\\.'))
          .join('[^]*')}$`,
        'i',
      )
    const grant = 'Microsoft.Authorization/roleAssignments/write'
    fc.assert(
      fc.property(
        fc.array(pattern, { maxLength: 4 }),
        fc.array(pattern, { maxLength: 3 }),
        fc.array(pattern, { maxLength: 3 }),
        (actions, notActions, dataActions) => {
          const left = actions.filter((one) => !notActions.some((other) => asExpression(other).test(one)))
          const grants =
            actions.some((one) => asExpression(one).test(grant)) &&
            !notActions.some((one) => asExpression(one).test(grant))
          const writes = [...left, ...dataActions].some((one) => !one.toLowerCase().endsWith('/read'))
          const expected = grants
            ? 'grants_access'
            : writes
              ? 'writes'
              : dataActions.length > 0
                ? 'reads_data'
                : 'reads'
          expect(privilegeOf({ actions, notActions, dataActions, notDataActions: [] })).toBe(expected)
        },
      ),
      { numRuns: 2000 },
    )
  })

  test('is cheap even for patterns made to be expensive', () => {
    const began = performance.now()
    privilegeOf({ ...none, actions: [`${'a'.repeat(10_000)}`], notActions: [`${'*a'.repeat(5000)}*b`] })
    expect(performance.now() - began).toBeLessThan(500)
  })
})
