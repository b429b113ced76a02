import { expect, test } from 'vitest'
import builtIn from './built-in-roles.json'
import { BUILT_IN_ROLES, roleIdOf } from './roles'

const GUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/
/** `*`, `*\/read`, or a provider such as `Microsoft.Compute` with types and at last a verb; any part may be a wildcard. */
const OPERATION = /^(?:\*|\*\/read|[A-Za-z]+(?:\.[A-Za-z0-9]+)+(?:\/(?:[A-Za-z0-9.-]+|\*))+)$/
const VERB = /\/(?:\*|read|write|delete|action)$/i
const PARTS = ['actions', 'notActions', 'dataActions', 'notDataActions'] as const

/** As Microsoft's page of privileged roles and, for Reader, of general ones has them. */
const PRIVILEGED = [
  { name: 'Owner', id: '8e3af657-a8ff-443c-a75c-2fe8c4bcb635', actions: ['*'], notActions: [] },
  {
    name: 'Contributor',
    id: 'b24988ac-6180-42a0-ab88-20f7382dd24c',
    actions: ['*'],
    notActions: [
      'Microsoft.Authorization/*/Delete',
      'Microsoft.Authorization/*/Write',
      'Microsoft.Authorization/elevateAccess/Action',
      'Microsoft.Blueprint/blueprintAssignments/write',
      'Microsoft.Blueprint/blueprintAssignments/delete',
      'Microsoft.Compute/galleries/share/action',
      'Microsoft.Purview/consents/write',
      'Microsoft.Purview/consents/delete',
      'Microsoft.Resources/deploymentStacks/manageDenySetting/action',
      'Microsoft.Subscription/cancel/action',
      'Microsoft.Subscription/enable/action',
    ],
  },
  { name: 'Reader', id: 'acdd72a7-3385-48ef-bd42-f606fba81ae7', actions: ['*/read'], notActions: [] },
  {
    name: 'User Access Administrator',
    id: '18d7d88d-d35e-4fb5-a5c3-7773c20a72d9',
    actions: ['*/read', 'Microsoft.Authorization/*', 'Microsoft.Support/*'],
    notActions: [],
  },
  {
    name: 'Role Based Access Control Administrator',
    id: 'f58310d9-a9f6-439a-9e8d-f62e7b41a168',
    actions: [
      'Microsoft.Authorization/roleAssignments/write',
      'Microsoft.Authorization/roleAssignments/delete',
      '*/read',
      'Microsoft.Support/*',
    ],
    notActions: [],
  },
]

test('each built-in role has an id of its own, a GUID in lower case', () => {
  expect(builtIn.filter((role) => !GUID.test(role.id))).toEqual([])
  expect(BUILT_IN_ROLES.size).toBe(builtIn.length)
})

test('no two built-in roles share a name, and they are sorted by it', () => {
  const names = builtIn.map((role) => role.name)
  expect(new Set(names.map((name) => name.toLowerCase())).size).toBe(names.length)
  expect(names).toEqual(names.toSorted((a, b) => (a.toLowerCase() < b.toLowerCase() ? -1 : 1)))
})

test.each(PARTS)('the %s of every built-in role are well formed', (part) => {
  const listed = builtIn.flatMap((role) => role[part].map((operation) => `${operation} of ${role.name}`))
  const wrong = builtIn.flatMap((role) =>
    role[part]
      .filter((operation) => !OPERATION.test(operation) || !(operation === '*' || VERB.test(operation)))
      .map((operation) => `${operation} of ${role.name}`),
  )
  expect(wrong).toEqual([])
  expect(listed.length).toBeGreaterThan(0)
})

test('every built-in role grants something and has a description', () => {
  expect(builtIn.filter((role) => role.actions.length + role.dataActions.length === 0)).toEqual([])
  expect(builtIn.filter((role) => role.description.trim() !== role.description || role.description === '')).toEqual([])
})

test.each(PRIVILEGED)('$name has exactly the permissions of the documents', ({ name, id, actions, notActions }) => {
  expect(roleIdOf(name)).toBe(id)
  expect(BUILT_IN_ROLES.get(id)?.permissions).toEqual([{ actions, notActions, dataActions: [], notDataActions: [] }])
})

test('only the roles meant for it may assign roles, one of them under a condition', () => {
  const grants = /^(?:\*|microsoft\.authorization\/(?:\*|roleassignments\/(?:\*|write)))$/i
  const holders = builtIn.filter(
    (role) =>
      role.actions.some((action) => grants.test(action)) &&
      !role.notActions.some((action) => /\/\*\/write$/i.test(action)),
  )
  expect(holders.map((role) => role.name).toSorted()).toEqual([
    'Key Vault Data Access Administrator',
    'Owner',
    'Role Based Access Control Administrator',
    'User Access Administrator',
  ])
  const conditional = [...BUILT_IN_ROLES.values()].filter(({ permissions }) => permissions.some((one) => one.condition))
  expect(conditional.map(({ name }) => name)).toEqual(['Key Vault Data Access Administrator'])
})
