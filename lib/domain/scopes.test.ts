import fc from 'fast-check'
import { expect, test } from 'vitest'
import { assignmentKey } from './assignment-keys'
import { parseScope, scopeLevel, scopeWords, suggestScopes } from './scopes'
import { SCOPE_LEVELS } from './vocabulary'

const subscription = '/subscriptions/5d1f0c3e-0000-4000-8000-00000000a903'
const chain = [
  { id: 'root', name: 'Contoso' },
  { id: 'corp', name: 'Corp' },
  { id: 'landing', name: 'Landing zones' },
]
const of = { managementGroups: chain, subscriptionName: 'Production' }

test.each([
  [
    'root',
    '/',
    'Root',
    'Over the whole directory, as a Global Administrator gets by elevating access: it reaches every subscription, Production among them.',
  ],
  [
    'management_group',
    '/providers/Microsoft.Management/managementGroups/Corp',
    'Corp',
    'Inherited from management group Corp, through Landing zones, down to Production.',
  ],
  [
    'management_group',
    '/providers/Microsoft.Management/managementGroups/landing',
    'Landing zones',
    'Inherited from management group Landing zones down to Production.',
  ],
  ['subscription', subscription, 'Production', 'At Production itself: it reaches everything in it.'],
  [
    'resource_group',
    `${subscription}/resourceGroups/rg-payments`,
    'rg-payments',
    'Only within resource group rg-payments of Production.',
  ],
  [
    'resource',
    `${subscription}/resourceGroups/rg-data/providers/Microsoft.Storage/storageAccounts/ledger`,
    'ledger',
    'Only at storageAccounts ledger in resource group rg-data of Production.',
  ],
  [
    'resource',
    `${subscription}/resourceGroups/rg/providers/Microsoft.Network/virtualNetworks/hub/subnets/inner`,
    'inner',
    'Only at subnets inner in resource group rg of Production.',
  ],
] as const)('a scope of level %s says how it reaches the subscription: %s', (level, scope, name, reach) => {
  expect(scopeWords({ scope, level, ...of })).toMatchObject({ name, reach })
})

test('a management group that could not be read goes by its id', () => {
  const scope = '/providers/Microsoft.Management/managementGroups/mg-7'
  const words = {
    name: 'mg-7',
    place: 'management group mg-7',
    reach: 'Inherited from management group mg-7, above Production.',
  }
  expect(scopeWords({ scope, level: 'management_group', ...of, managementGroups: null })).toEqual(words)
  expect(scopeWords({ scope, level: 'management_group', ...of })).toEqual(words)
})

test('whatever Azure sends as a scope gets a name and a sentence', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...SCOPE_LEVELS),
      fc.oneof(
        fc.string(),
        fc.array(fc.constantFrom('', 'providers', 'resourceGroups', 'a')).map((parts) => parts.join('/')),
      ),
      (level, scope) => {
        const { reach, place } = scopeWords({ scope: `/${scope}`, level, ...of })
        expect(reach).toMatch(/\.$/)
        expect(place).not.toContain('undefined')
      },
    ),
  )
})

test('a name written from right to left does not reverse the sentence around it', () => {
  const words = scopeWords({
    scope: subscription,
    level: 'subscription',
    managementGroups: null,
    subscriptionName: 'ייצור',
  })
  expect(words.reach).toBe('At \u2068ייצור\u2069 itself: it reaches everything in it.')
  expect(words.name).toBe('ייצור')
})

const subscriptionId = '11111111-2222-4333-8444-555555555555'
const corp = '/providers/Microsoft.Management/managementGroups/corp'
const within = { subscriptionId, managementGroups: [corp] }
const askedSubscription = `/subscriptions/${subscriptionId}`

test.each([
  ['/', 'root'],
  [corp.toUpperCase(), 'management_group'],
  [askedSubscription, 'subscription'],
  [`${askedSubscription}/resourceGroups/app`, 'resource_group'],
  [`${askedSubscription.toUpperCase()}/RESOURCEGROUPS/app`, 'resource_group'],
  [`${askedSubscription}/resourceGroups/app/providers/Microsoft.KeyVault/vaults/keys`, 'resource'],
  [`${askedSubscription}/resourceGroups/app/providers/Microsoft.Network/virtualNetworks/net/subnets/a`, 'resource'],
  [`${askedSubscription}/providers/Microsoft.Authorization/policyAssignments/tags`, 'resource'],
])('%s is taken', (typed, level) => {
  expect(parseScope(typed, within)).toEqual({ scope: { scope: typed, level }, problem: null })
})

test('a slash at the end of a pasted ID is ignored', () => {
  expect(parseScope(`${askedSubscription}/`, within).scope?.scope).toBe(askedSubscription)
})

test.each([
  ['/subscriptions/99999999-2222-4333-8444-555555555555/resourceGroups/app', 'another subscription'],
  ['/providers/Microsoft.Management/managementGroups/other', 'not known to lie above'],
  ['app', 'not the ID of a scope'],
  [`${askedSubscription}/app`, 'not the ID of a scope'],
  [`${askedSubscription}/resourceGroups/app/providers/Microsoft.KeyVault/vaults`, 'not the ID of a scope'],
])('%s is refused: %s', (typed, says) => {
  expect(parseScope(typed, within).scope).toBeNull()
  expect(parseScope(typed, within).problem).toContain(says)
})

const name = fc.stringMatching(/^[A-Za-z0-9._()-]{1,20}$/)
/** Any mixture of upper and lower case of the same text. */
const anyCase = (text: string) =>
  fc
    .array(fc.boolean(), { minLength: text.length, maxLength: text.length })
    .map((up) => [...text].map((letter, at) => (up[at] ? letter.toUpperCase() : letter.toLowerCase())).join(''))

const someSubscription = name.map((id) => `/subscriptions/${id}`)
const resourceGroup = fc.tuple(someSubscription, name).map(([above, id]) => `${above}/resourceGroups/${id}`)
const resource = fc.oneof(
  fc.tuple(resourceGroup, name, name).map(([above, type, id]) => `${above}/providers/Microsoft.Storage/${type}/${id}`),
  fc
    .tuple(someSubscription, name, name)
    .map(([above, type, id]) => `${above}/providers/Microsoft.Support/${type}/${id}`),
)
const scopes = {
  root: fc.constant('/'),
  management_group: name.map((id) => `/providers/Microsoft.Management/managementGroups/${id}`),
  subscription: someSubscription,
  resource_group: resourceGroup,
  resource,
} as const

test.each(Object.entries(scopes))('scopes of level %s are recognised in upper and lower case', (level, arbitrary) => {
  fc.assert(fc.property(arbitrary.chain(anyCase), (scope) => scopeLevel(scope) === level))
})

test('the key of an assignment ignores case, and no two assignments share one', () => {
  const written = fc.tuple(fc.oneof(...Object.values(scopes)), fc.uuid())
  fc.assert(
    fc.property(written, written, ([scope, id], [otherScope, otherId]) => {
      expect(assignmentKey(scope.toUpperCase(), id.toUpperCase())).toBe(assignmentKey(scope, id))
      const same = scope.toLowerCase() === otherScope.toLowerCase() && id === otherId
      expect(assignmentKey(scope, id) === assignmentKey(otherScope, otherId)).toBe(same)
    }),
  )
})

test('a bare name means the scopes in use that end with it, and the resource group of that name', () => {
  const subscription = '5d1f0c3e-0000-4000-8000-00000000a903'
  const group = `/subscriptions/${subscription}/resourceGroups/rg-payments`
  const vault = `${group}-eu/providers/Microsoft.KeyVault/vaults/payments`
  const inUse = [vault, group, `/subscriptions/${subscription}`]
  expect(suggestScopes('payments', inUse, subscription)).toEqual([
    vault,
    group,
    `/subscriptions/${subscription}/resourceGroups/payments`,
  ])
  expect(suggestScopes('RG-Payments', inUse, subscription)).toEqual([group])
  expect(suggestScopes('no such/name', inUse, subscription)).toEqual([])
  expect(suggestScopes('what is this?', inUse, subscription)).toEqual([])
  expect(suggestScopes('', inUse, subscription)).toEqual([])
})
