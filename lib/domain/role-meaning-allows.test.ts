import { describe, expect, test } from 'vitest'
import { BUILT_IN_ROLES, roleIdOf } from '@/sandbox/world/roles'
import { allows, parseOperation, planeOf } from './role-meaning'
import type { Permission } from './vocabulary'

const permission = (some: Partial<Permission>): Permission => ({
  actions: [],
  notActions: [],
  dataActions: [],
  notDataActions: [],
  ...some,
})
const builtIn = (name: string) => BUILT_IN_ROLES.get(roleIdOf(name))?.permissions ?? []
const EXPORTS = ['action', 'read', 'write', 'delete', 'run/action'].map(
  (one) => `Microsoft.CostManagement/exports/${one}`,
)
const MESSAGES = ['read', 'write', 'delete', 'add/action', 'process/action'].map(
  (one) => `Microsoft.Storage/storageAccounts/queueServices/queues/messages/${one}`,
)

describe('what a role allows, as Azure documents it', () => {
  // "`Actions - NotActions = Effective control plane permissions`", with the table for Microsoft.CostManagement.
  test('notActions take away from the actions of the same permission', () => {
    const all = [permission({ actions: ['Microsoft.CostManagement/exports/*'] })]
    const less = [
      permission({
        actions: ['Microsoft.CostManagement/exports/*'],
        notActions: ['Microsoft.CostManagement/exports/delete'],
      }),
    ]
    expect(EXPORTS.filter((one) => allows(all, one).control)).toEqual(EXPORTS)
    expect(EXPORTS.filter((one) => allows(less, one).control)).toEqual(EXPORTS.filter((one) => !one.endsWith('delete')))
  })

  // "`DataActions - NotDataActions = Effective data plane permissions`", with the table for Microsoft.Storage.
  test('notDataActions take away from the dataActions of the same permission', () => {
    const dataActions = ['Microsoft.Storage/storageAccounts/queueServices/queues/messages/*']
    const less = [
      permission({
        dataActions,
        notDataActions: ['Microsoft.Storage/storageAccounts/queueServices/queues/messages/delete'],
      }),
    ]
    expect(MESSAGES.filter((one) => allows([permission({ dataActions })], one).data)).toEqual(MESSAGES)
    expect(MESSAGES.filter((one) => allows(less, one).data)).toEqual(MESSAGES.filter((one) => !one.endsWith('delete')))
  })

  // "`NotActions` is not a deny rule": it takes nothing from what is granted elsewhere.
  test('notActions take nothing from another permission, nor from the data plane', () => {
    const role = [
      permission({ actions: ['*'], notActions: ['Microsoft.Compute/*'] }),
      permission({ actions: ['Microsoft.Compute/disks/read'], dataActions: ['Microsoft.Compute/*'] }),
    ]
    expect(allows(role, 'Microsoft.Compute/disks/read')).toEqual({ control: true, data: true })
    expect(allows(role, 'Microsoft.Compute/disks/write')).toEqual({ control: false, data: true })
  })

  // "This prevents current role assignments with wildcards (`*`) from suddenly having accessing to data": Alice, an
  // Owner, "can read, write, and delete containers. However, Alice cannot perform data plane actions"; Bob, a Storage
  // Blob Data Contributor, "can also read, write, and delete the blobs".
  test('control and data are separate: Alice and Bob of the documentation', () => {
    const container = 'Microsoft.Storage/storageAccounts/blobServices/containers/write'
    const blob = 'Microsoft.Storage/storageAccounts/blobServices/containers/blobs/write'
    const [alice, bob] = [builtIn('Owner'), builtIn('Storage Blob Data Contributor')]
    expect(allows(alice, container).control).toBe(true)
    expect(allows(alice, blob).data).toBe(false)
    expect(allows(bob, container).control).toBe(true)
    expect(allows(bob, blob)).toEqual({ control: false, data: true })
    expect(allows(bob, 'Microsoft.Storage/storageAccounts/write')).toEqual({ control: false, data: false })
  })

  // "`NotActions` removes this role's ability to manage access to resources and also manage Azure Blueprints assignments."
  test.each([
    ['Microsoft.Compute/virtualMachines/write', true],
    ['Microsoft.Authorization/roleAssignments/read', true],
    ['Microsoft.Authorization/roleAssignments/write', false],
    ['Microsoft.Authorization/roleAssignments/delete', false],
    ['microsoft.authorization/ELEVATEACCESS/action', false],
    ['Microsoft.Blueprint/blueprintAssignments/delete', false],
  ])('Contributor and %s: %s', (operation, expected) => {
    expect(allows(builtIn('Contributor'), operation).control).toBe(expected)
  })

  test('a role without permissions allows nothing', () => {
    expect(allows([], '*')).toEqual({ control: false, data: false })
    expect(allows([permission({})], '')).toEqual({ control: false, data: false })
  })
})

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

test('an operation is of the plane on which a role names its provider; a leading wildcard says nothing about it', () => {
  const receiver = role([], ['Microsoft.EventHub/namespaces/messages/receive/action'])
  expect(planeOf('Microsoft.EventHub/namespaces/messages/receive/action', [OWNER, receiver])).toBe('data')
  expect(planeOf('Microsoft.EventHub/namespaces/messages/receive/action', [OWNER, role([], ['*'])])).toBe('control')
  expect(
    planeOf('Microsoft.Compute/virtualMachines/delete', [role(['Microsoft.Compute/*'], ['Microsoft.Compute/*'])]),
  ).toBe('control')
})

test('an operation that no role names is taken for one of the control plane', () => {
  expect(planeOf('Microsoft.Authorization/roleAssignments/write', [])).toBe('control')
})

test.each([
  'Microsoft.KeyVault/vaults/secrets/read',
  'microsoft.storage/storageaccounts/blobservices/containers/blobs/read',
  'Microsoft.Support/register/action',
  'Sendgrid.Email/accounts/write',
])('%s is an operation', (typed) => {
  expect(parseOperation(typed)).toEqual({ operation: typed, problem: null })
})

test.each(['*', '*/read', 'Microsoft.KeyVault/vaults/*/read'])('%s is refused as a wildcard', (typed) => {
  expect(parseOperation(typed).operation).toBeNull()
  expect(parseOperation(typed).problem).toContain('wildcard')
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
  expect(parseOperation(typed).operation).toBeNull()
  expect(parseOperation(typed).problem).toContain('Microsoft.KeyVault/vaults/secrets/read')
})

test('an empty field asks for no operation and is no mistake', () => {
  expect(parseOperation('')).toEqual({ operation: null, problem: null })
})
