import { expect, test } from 'vitest'
import type { Permission } from '@/lib/domain/vocabulary'
import { planeOf } from './plane-of'

const role = (actions: string[], dataActions: string[] = []): Permission[] => [
  { actions, notActions: [], dataActions, notDataActions: [] },
]
const OWNER = role(['*'])
const READER = role(['*/read'])

test('operations on secrets and blobs are of the data plane, whoever holds what', () => {
  for (const operation of [
    'Microsoft.KeyVault/vaults/secrets/getSecret/action',
    'microsoft.keyvault/vaults/keys/decrypt/action',
    'Microsoft.Storage/storageAccounts/blobServices/containers/blobs/read',
  ])
    expect(planeOf(operation, [OWNER, READER])).toBe('data')
})

test('an operation is of the plane on which a role names its provider; wildcards in front tell nothing', () => {
  const receiver = role([], ['Microsoft.EventHub/namespaces/messages/receive/action'])
  expect(planeOf('Microsoft.EventHub/namespaces/messages/receive/action', [OWNER, receiver])).toBe('data')
  expect(planeOf('Microsoft.EventHub/namespaces/messages/receive/action', [OWNER, role([], ['*'])])).toBe('control')
  expect(
    planeOf('Microsoft.Compute/virtualMachines/delete', [role(['Microsoft.Compute/*'], ['Microsoft.Compute/*'])]),
  ).toBe('control')
})

test('what no role names is taken to manage a resource', () => {
  expect(planeOf('Microsoft.Authorization/roleAssignments/write', [])).toBe('control')
})
