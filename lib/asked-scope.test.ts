import { expect, test } from 'vitest'
import { askedScope } from './asked-scope'

const subscriptionId = '11111111-2222-4333-8444-555555555555'
const corp = '/providers/Microsoft.Management/managementGroups/corp'
const within = { subscriptionId, managementGroups: [corp] }
const subscription = `/subscriptions/${subscriptionId}`

test.each([
  ['/', 'root'],
  [corp.toUpperCase(), 'management_group'],
  [subscription, 'subscription'],
  [`${subscription}/resourceGroups/app`, 'resource_group'],
  [`${subscription.toUpperCase()}/RESOURCEGROUPS/app`, 'resource_group'],
  [`${subscription}/resourceGroups/app/providers/Microsoft.KeyVault/vaults/keys`, 'resource'],
  [`${subscription}/resourceGroups/app/providers/Microsoft.Network/virtualNetworks/net/subnets/a`, 'resource'],
  [`${subscription}/providers/Microsoft.Authorization/policyAssignments/tags`, 'resource'],
])('%s is taken', (typed, level) => {
  expect(askedScope(typed, within)).toEqual({ scope: { scope: typed, level }, problem: null })
})

test('a slash at the end of a pasted ID does not count', () => {
  expect(askedScope(`${subscription}/`, within).scope?.scope).toBe(subscription)
})

test.each([
  ['/subscriptions/99999999-2222-4333-8444-555555555555/resourceGroups/app', 'another subscription'],
  ['/providers/Microsoft.Management/managementGroups/other', 'not known to lie above'],
  ['app', 'not the ID of a scope'],
  [`${subscription}/app`, 'not the ID of a scope'],
  [`${subscription}/resourceGroups/app/providers/Microsoft.KeyVault/vaults`, 'not the ID of a scope'],
])('%s is refused: %s', (typed, says) => {
  expect(askedScope(typed, within).scope).toBeNull()
  expect(askedScope(typed, within).problem).toContain(says)
})
