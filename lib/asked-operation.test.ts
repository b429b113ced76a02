import { expect, test } from 'vitest'
import { askedOperation } from './asked-operation'

test.each([
  'Microsoft.KeyVault/vaults/secrets/read',
  'microsoft.storage/storageaccounts/blobservices/containers/blobs/read',
  'Microsoft.Support/register/action',
  'Sendgrid.Email/accounts/write',
])('%s is an operation', (typed) => {
  expect(askedOperation(typed)).toEqual({ operation: typed, problem: null })
})

test.each(['*', '*/read', 'Microsoft.KeyVault/vaults/*/read'])('%s is refused as a wildcard', (typed) => {
  expect(askedOperation(typed).operation).toBeNull()
  expect(askedOperation(typed).problem).toContain('wildcard')
})

test.each([
  'read',
  'read secrets',
  'Microsoft.KeyVault',
  'Microsoft.KeyVault/read',
  'Microsoft.KeyVault//read',
  '/Microsoft.KeyVault/vaults/read',
  'Microsoft.KeyVault/vaults/read/',
  `Microsoft.KeyVault/${'vaults/'.repeat(100)}read`,
])('%s is refused, with an example of the form', (typed) => {
  expect(askedOperation(typed).operation).toBeNull()
  expect(askedOperation(typed).problem).toContain('Microsoft.KeyVault/vaults/secrets/read')
})

test('nothing typed asks for no operation and is no mistake', () => {
  expect(askedOperation('')).toEqual({ operation: null, problem: null })
})
