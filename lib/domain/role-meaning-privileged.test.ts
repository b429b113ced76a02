import { describe, expect, test } from 'vitest'
import { BUILT_IN_ROLES } from '@/sandbox/world/roles'
import { isOwnerEquivalent, isPrivileged } from './role-meaning'
import type { Permission } from './vocabulary'

const permission = (actions: string[], notActions: string[] = []): Permission => ({
  actions,
  notActions,
  dataActions: [],
  notDataActions: [],
})
const names = (is: (permissions: Permission[]) => boolean) =>
  [...BUILT_IN_ROLES.values()]
    .filter(({ permissions }) => is(permissions))
    .map(({ name }) => name)
    .sort()

test('of the built-in roles, the privileged ones are those Microsoft lists as such', () => {
  // "Steps to assign an Azure role", privileged administrator roles. Reservations Administrator, which the built-in roles
  // list beside them, cannot be assigned in a subscription. Key Vault Data Access Administrator can give roles too, only
  // a few of them by a condition inside its definition, and is listed with security instead.
  expect(names(isPrivileged)).toEqual([
    'Contributor',
    'Key Vault Data Access Administrator',
    'Owner',
    'Role Based Access Control Administrator',
    'User Access Administrator',
  ])
})

describe('a custom role is privileged', () => {
  test.each([
    ['that writes to every type', true, [permission(['*/write'])]],
    ['that deletes every type', true, [permission(['*/delete'])]],
    ['that acts on every type, and so gets every key', true, [permission(['*/action'])]],
    ["that means every type of Microsoft's", true, [permission(['Microsoft.*/write'])]],
    ['that takes roles away', true, [permission(['Microsoft.Authorization/roleAssignments/delete'])]],
    ['that decides what is denied', true, [permission(['Microsoft.Authorization/denyAssignments/*'])]],
    [
      'that gives roles through PIM',
      true,
      [permission(['Microsoft.Authorization/roleEligibilityScheduleRequests/write'])],
    ],
    [
      'that writes to every type but some',
      true,
      [permission(['*'], ['Microsoft.Authorization/*', 'Microsoft.Network/*'])],
    ],
    ['not when it reads everything', false, [permission(['*/read'])]],
    ['not when it writes to one provider', false, [permission(['Microsoft.Compute/*', 'Microsoft.Network/*'])]],
    ['not when it writes to one name of a type everywhere', false, [permission(['*/virtualMachines/write'])]],
    ['not when every verb that changes is taken away', false, [permission(['*'], ['*/write', '*/delete', '*/action'])]],
    ['not when it does everything with data', false, [{ ...permission([]), dataActions: ['*'] }]],
    ['not when its pattern contains the placeholder', false, [permission(['Microsoft.\uE000/\uE000/write'])]],
  ])('%s', (_, expected, permissions) => {
    expect(isPrivileged(permissions)).toBe(expected)
  })
})

test('of the built-in roles, only Owner amounts to Owner', () => {
  expect(names(isOwnerEquivalent)).toEqual(['Owner'])
})

describe('a role amounts to Owner', () => {
  const verbs = ['*/read', '*/write', '*/delete', '*/action']
  test.each([
    ['as *', true, [permission(['*'])]],
    ['as **, which is the same', true, [permission(['**'])]],
    ['with its verbs one by one', true, [permission(verbs)]],
    ['with its verbs in a permission each', true, verbs.map((verb) => permission([verb]))],
    [
      'without a triviality',
      true,
      [permission(['*'], ['Microsoft.Support/*', 'Microsoft.Compute/virtualMachines/start/action'])],
    ],
    ['without a provider, since whoever gives roles gets it back', true, [permission(['*'], ['Microsoft.Network/*'])]],
    [
      'without assignments, when they can be made through PIM',
      true,
      [permission(['*'], ['Microsoft.Authorization/roleAssignments/*', 'Microsoft.Authorization/roleDefinitions/*'])],
    ],
    [
      'with access given back by a second permission',
      true,
      [permission(['*'], ['Microsoft.Authorization/*']), permission(['Microsoft.Authorization/*'])],
    ],
    ['even when a not-list is made to hide it', true, [permission(['*'], ['Microsoft.\uE000*'])]],
    [
      'not as Contributor',
      false,
      [
        permission(
          ['*'],
          [
            'Microsoft.Authorization/*/Delete',
            'Microsoft.Authorization/*/Write',
            'Microsoft.Authorization/elevateAccess/Action',
          ],
        ),
      ],
    ],
    ['not with elevation alone', false, [permission(['*'], ['Microsoft.Authorization/*/write'])]],
    ['not without one verb', false, [permission(verbs.slice(0, 3))]],
    ['not without a verb of everything', false, [permission(['*'], ['*/delete'])]],
    [
      'not as User Access Administrator',
      false,
      [permission(['*/read', 'Microsoft.Authorization/*', 'Microsoft.Support/*'])],
    ],
    ['not with nothing', false, []],
  ])('%s', (_, expected, permissions) => {
    expect(isOwnerEquivalent(permissions)).toBe(expected)
  })
})
