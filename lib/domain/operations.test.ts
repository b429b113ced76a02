import fc from 'fast-check'
import { expect, test } from 'vitest'
import { KNOWN_OPERATIONS, suggestOperations } from './operations'
import { parseOperation } from './role-meaning'

const first = (typed: string) => suggestOperations(typed)[0]?.operation

test.each([
  ['delete a storage account', 'Microsoft.Storage/storageAccounts/delete'],
  ['remove storage accounts', 'Microsoft.Storage/storageAccounts/delete'],
  ['read secrets', 'Microsoft.KeyVault/vaults/secrets/getSecret/action'],
  ['Who can grant access?', 'Microsoft.Authorization/roleAssignments/write'],
  ['delete vm', 'Microsoft.Compute/virtualMachines/delete'],
  ['open a port', 'Microsoft.Network/networkSecurityGroups/securityRules/write'],
  ['aks admin', 'Microsoft.ContainerService/managedClusters/listClusterAdminCredential/action'],
  ['storageAccounts listKeys', 'Microsoft.Storage/storageAccounts/listKeys/action'],
])('plain words find the operation that is meant: %s', (typed, operation) => {
  expect(first(typed)).toBe(operation)
})

test('words that mean no known operation, and fillers alone, suggest nothing', () => {
  expect(suggestOperations('bake a cake')).toEqual([])
  expect(suggestOperations('who can the')).toEqual([])
  expect(suggestOperations('')).toEqual([])
  expect(suggestOperations('Microsoft.KeyVault/*')).toEqual([])
})

test('every known operation is the name of one operation, stands there once, and is found by its own words', () => {
  const names = KNOWN_OPERATIONS.map(({ operation }) => operation.toLowerCase())
  expect(new Set(names).size).toBe(names.length)
  for (const { words, operation } of KNOWN_OPERATIONS) {
    expect(parseOperation(operation)).toEqual({ operation, problem: null })
    expect(first(words), words).toBe(operation)
  }
})

test('whatever is typed, at most six are suggested', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (typed) => {
      expect(suggestOperations(typed).length).toBeLessThanOrEqual(6)
    }),
  )
})
