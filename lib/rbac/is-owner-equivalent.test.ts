import { describe, expect, test } from 'vitest'
import type { Permission } from '@/lib/domain/vocabulary'
import { BUILT_IN_ROLES } from '@/sandbox/world/roles'
import { isOwnerEquivalent } from './is-owner-equivalent'

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
      'less a triviality',
      true,
      [permission(['*'], ['Microsoft.Support/*', 'Microsoft.Compute/virtualMachines/start/action'])],
    ],
    ['less a provider, since whoever gives roles gets it back', true, [permission(['*'], ['Microsoft.Network/*'])]],
    [
      'less assignments, when they can be made through PIM',
      true,
      [permission(['*'], ['Microsoft.Authorization/roleAssignments/*', 'Microsoft.Authorization/roleDefinitions/*'])],
    ],
    [
      'with access given back by a second permission',
      true,
      [permission(['*'], ['Microsoft.Authorization/*']), permission(['Microsoft.Authorization/*'])],
    ],
    ['even when a not-list was made to hide it', true, [permission(['*'], ['Microsoft.\uE000*'])]],
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
    ['not less a verb of everything', false, [permission(['*'], ['*/delete'])]],
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
