import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { BUILT_IN_ROLES, roleIdOf } from '@/sandbox/world/roles'
import { accessFrom, SUBSCRIPTION } from '@/testing/made-access'
import type { PersonAccess } from './access'
import { explainAccess } from './access-paths'
import { denialWords, findDecisiveDenials, findDenials, measureCut, tellDenials } from './denials'
import { allows } from './role-meaning'
import type { Permission } from './vocabulary'

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
    expect(measureCut(deny, role)).toBe(expected)
  })
})

test('how much a denial cuts agrees with trying every operation', () => {
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
      expect(measureCut(deny, role)).toBe(cut.length === 0 ? 'none' : cut.length === held.length ? 'all' : 'part')
    }),
    { numRuns: 400 },
  )
})

test('a denial that is made to be slow is taken to cut a part, without delay', () => {
  const many = (start: string, end: string) =>
    Array.from({ length: 300 }, (_, n) => `${start}${n}*${'ab*'.repeat(8)}${end}`)
  const deny = [permission({ actions: many('*', 'write'), notActions: ['*'] })]
  expect(measureCut(deny, [permission({ actions: many('*x', 'write') })])).toBe('part')
})

const personsSubscription = `/subscriptions/${SUBSCRIPTION}`
const network = `${personsSubscription}/resourceGroups/rg-network`
const above = '/providers/Microsoft.Management/managementGroups/corp'

const denialOf = (some: Partial<PersonAccess['denies'][number]>): PersonAccess['denies'][number] => ({
  key: 'd',
  name: 'Locked',
  description: null,
  scope: personsSubscription,
  level: 'subscription',
  permissions: [{ actions: ['*/write'], notActions: [], dataActions: [], notDataActions: [] }],
  sparesChildren: false,
  systemProtected: false,
  everyone: true,
  ...some,
})

function words(
  grant: { scope: string; level: PersonAccess['grants'][number]['level'] },
  one: Parameters<typeof denialOf>[0],
  role = 'Owner',
) {
  const access = {
    ...accessFrom({ memberships: [], grants: [{ holder: 'ada', role, ...grant }] }),
    denies: [denialOf(one)],
  }
  return access.grants
    .flatMap((held) => findDenials(access, held))
    .map((denial) => denialWords(denial, [role], { managementGroups: null, subscriptionName: 'Production' }))
}
const atSubscription = { scope: personsSubscription, level: 'subscription' as const }
const atNetwork = { scope: network, level: 'resource_group' as const }

test('a denial at or above the scope of a grant cuts it everywhere', () => {
  expect(words(atSubscription, {})).toEqual([
    '“Locked” denies part of what Owner allows, wherever it reaches here: set at subscription Production.',
  ])
  expect(words(atNetwork, { scope: above, level: 'management_group' })).toEqual([
    '“Locked” denies part of what Owner allows, wherever it reaches here: set at management group corp.',
  ])
})

test('a denial below cuts within its own scope, also of what was inherited from above the subscription', () => {
  const below = { scope: network.toLowerCase(), level: 'resource_group' as const }
  const expected = ['“Locked” denies part of what Owner allows, within resource group rg-network.']
  expect(words(atSubscription, below)).toEqual(expected)
  expect(words({ scope: above, level: 'management_group' }, below)).toEqual(expected)
})

test('a denial beside the scope, or of what the role does not allow, cuts nothing', () => {
  expect(words(atNetwork, { scope: `${network}-2`, level: 'resource_group' })).toEqual([])
  expect(words(atSubscription, {}, 'Reader')).toEqual([])
})

test('a denial that spares child scopes cuts a grant at its own scope alone', () => {
  expect(words(atSubscription, { sparesChildren: true })).toEqual([
    '“Locked” denies part of what Owner allows, at subscription Production itself, not in what lies below.',
  ])
  expect(words(atNetwork, { sparesChildren: true })).toEqual([])
  expect(words(atSubscription, { scope: above, level: 'management_group', sparesChildren: true })).toEqual([])
})

test('a denial can cut all of a role; how much of an unreadable role it cuts is unknown', () => {
  const all = [{ actions: ['*'], notActions: [], dataActions: ['*'], notDataActions: [] }]
  expect(words(atSubscription, { permissions: all }, 'Reader')[0]).toMatch(/denies all that Reader allows/)
  const access = {
    ...accessFrom({ memberships: [], grants: [{ holder: 'ada', role: 'Owner' }] }),
    denies: [denialOf({})],
  }
  const grants = access.grants.map((grant) => ({ ...grant, permissions: [] }))
  expect(grants.flatMap((grant) => findDenials(access, grant)).map(({ cuts }) => cuts)).toEqual(['unknown'])
})

test('a denial is told once for all roles that it cuts alike, and with the scope of a role that is cut otherwise elsewhere', () => {
  const seen = { managementGroups: null, subscriptionName: 'Production' }
  const told = (grants: { role: string; scope: string; level: 'subscription' | 'resource_group' }[], one = {}) => {
    const access = {
      ...accessFrom({ memberships: [], grants: grants.map((grant) => ({ holder: 'ada', ...grant })) }),
      denies: [denialOf(one)],
    }
    return tellDenials(explainAccess(access), seen).map((denial) => denial.words)
  }
  const owner = { role: 'Owner', ...atSubscription }
  const ownerOfNetwork = { role: 'Owner', ...atNetwork }
  const reading = [{ actions: ['Microsoft.Compute/*/read'], notActions: [], dataActions: [], notDataActions: [] }]
  expect(told([owner, { role: 'Reader', ...atSubscription }], { permissions: reading })).toEqual([
    '“Locked” denies part of what Owner and Reader allow, wherever it reaches here: set at subscription Production.',
  ])
  expect(told([owner, ownerOfNetwork])).toEqual([
    '“Locked” denies part of what Owner allows, wherever it reaches here: set at subscription Production.',
  ])
  expect(told([owner, ownerOfNetwork], { scope: network, level: 'resource_group' })).toEqual([
    '“Locked” denies part of what Owner at subscription Production allows, within resource group rg-network.',
    '“Locked” denies part of what Owner at resource group rg-network allows, wherever it reaches here: set at resource group rg-network.',
  ])
  expect(told([{ role: 'Reader', ...atSubscription }])).toEqual([])
})

const allowing = (actions: string[], dataActions: string[] = []) => ({
  actions,
  dataActions,
  notActions: [],
  notDataActions: [],
})
const subscription = '/subscriptions/11111111-2222-4333-8444-555555555555'
const group = `${subscription}/resourceGroups/app`
const corp = '/providers/Microsoft.Management/managementGroups/corp'
const chain = {
  subscriptionId: '11111111-2222-4333-8444-555555555555',
  managementGroups: [
    { id: 'corp', name: 'Corp' },
    { id: 'workloads', name: 'Workloads' },
  ],
}
const deny = {
  key: 'd',
  name: 'No deletes',
  scope: group,
  permissions: [allowing(['*/delete'])],
  sparesChildren: false,
}
const control = (name: string) => ({ name, plane: 'control' as const })
const owner = {
  permissions: [allowing(['*'])],
  heldAt: subscription,
  operation: control('Microsoft.Compute/virtualMachines/delete'),
  ...chain,
}

test('an operation is cut at the scope of the denial and below it, and not above or beside it', () => {
  const cut = (scope: string) => findDecisiveDenials([deny], { ...owner, scope }).length
  expect(cut(group.toUpperCase())).toBe(1)
  expect(cut(`${group}/providers/Microsoft.Compute/virtualMachines/one`)).toBe(1)
  expect(cut(subscription)).toBe(0)
  expect(cut(`${group}-two`)).toBe(0)
})

test('a denial that spares child scopes cuts an operation at its own scope alone', () => {
  const sparing = { ...deny, sparesChildren: true }
  expect(findDecisiveDenials([sparing], { ...owner, scope: group })).toHaveLength(1)
  expect(findDecisiveDenials([sparing], { ...owner, scope: `${group}/providers/a.b/c/d` })).toHaveLength(0)
})

test('a denial made above the subscription reaches into it', () => {
  const above = { ...deny, scope: corp }
  expect(findDecisiveDenials([above], { ...owner, scope: group })).toHaveLength(1)
})

test('a denial at the subscription cuts off what was granted at a management group or the root above it', () => {
  const atSubscription = { ...deny, scope: subscription, permissions: [allowing(['*'], ['*'])] }
  const cut = (heldAt: string, spared = false) =>
    findDecisiveDenials([{ ...atSubscription, sparesChildren: spared }], {
      ...owner,
      heldAt,
      scope: null,
      operation: null,
    }).length
  expect([corp, '/', subscription].map((heldAt) => cut(heldAt))).toEqual([1, 1, 1])
  expect([corp, '/', subscription].map((heldAt) => cut(heldAt, true))).toEqual([0, 0, 0])
})

test('a scope above the subscription is cut only by a denial there or above', () => {
  const workloads = '/providers/Microsoft.Management/managementGroups/workloads'
  const cut = (at: string) => findDecisiveDenials([{ ...deny, scope: at }], { ...owner, scope: workloads }).length
  expect([workloads, corp, '/'].map(cut)).toEqual([1, 1, 1])
  expect([subscription, group, `${corp}-two`].map(cut)).toEqual([0, 0, 0])
})

test('neither another operation nor the data operation of the same name is cut', () => {
  expect(
    findDecisiveDenials([deny], {
      ...owner,
      operation: control('Microsoft.Compute/virtualMachines/read'),
      scope: group,
    }),
  ).toEqual([])
  const data = {
    ...owner,
    permissions: [allowing(['*'], ['*'])],
    operation: { name: 'Microsoft.Compute/virtualMachines/delete', plane: 'data' as const },
  }
  expect(findDecisiveDenials([deny], { ...data, scope: group })).toEqual([])
})

test('without an operation, only a denial of all that the role allows cuts it', () => {
  expect(findDecisiveDenials([deny], { ...owner, operation: null, scope: group })).toEqual([])
  const whole = { ...deny, permissions: [allowing(['*'])] }
  expect(findDecisiveDenials([whole], { ...owner, operation: null, scope: group })).toEqual([whole])
})
