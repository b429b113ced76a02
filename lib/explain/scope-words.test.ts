import fc from 'fast-check'
import { expect, test } from 'vitest'
import { scopeWords } from './scope-words'

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
    'Inherited from the root of the directory: it reaches every subscription, Production among them.',
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

test('whatever Azure sends as a scope, there is a name and a sentence', () => {
  fc.assert(
    fc.property(
      fc.constantFrom('root', 'management_group', 'subscription', 'resource_group', 'resource'),
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

test('a name written from right to left does not turn the sentence round', () => {
  const words = scopeWords({
    scope: subscription,
    level: 'subscription',
    managementGroups: null,
    subscriptionName: 'ייצור',
  })
  expect(words.reach).toBe('At \u2068ייצור\u2069 itself: it reaches everything in it.')
  expect(words.name).toBe('ייצור')
})
