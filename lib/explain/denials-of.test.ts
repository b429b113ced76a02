import { expect, test } from 'vitest'
import type { PersonAccess } from '@/db/queries/get-person-access'
import { accessFrom, SUBSCRIPTION } from '@/testing/made-access'
import { denialWords } from './denial-words'
import { denialsOf } from './denials-of'

const subscription = `/subscriptions/${SUBSCRIPTION}`
const network = `${subscription}/resourceGroups/rg-network`
const above = '/providers/Microsoft.Management/managementGroups/corp'

const deny = (some: Partial<PersonAccess['denies'][number]>): PersonAccess['denies'][number] => ({
  key: 'd',
  name: 'Locked',
  description: null,
  scope: subscription,
  level: 'subscription',
  permissions: [{ actions: ['*/write'], notActions: [], dataActions: [], notDataActions: [] }],
  sparesChildren: false,
  systemProtected: false,
  everyone: true,
  ...some,
})

function words(
  grant: { scope: string; level: PersonAccess['grants'][number]['level'] },
  one: Parameters<typeof deny>[0],
  role = 'Owner',
) {
  const access = {
    ...accessFrom({ memberships: [], grants: [{ holder: 'ada', role, ...grant }] }),
    denies: [deny(one)],
  }
  return access.grants
    .flatMap((held) => denialsOf(access, held))
    .map((denial) => denialWords(denial, { managementGroups: null, subscriptionName: 'Production' }))
}
const atSubscription = { scope: subscription, level: 'subscription' as const }
const atNetwork = { scope: network, level: 'resource_group' as const }

test('a denial at or above the scope of a grant cuts it everywhere', () => {
  expect(words(atSubscription, {})).toEqual([
    'Locked denies part of what this role allows, wherever it reaches here: set at subscription Production.',
  ])
  expect(words(atNetwork, { scope: above, level: 'management_group' })).toEqual([
    'Locked denies part of what this role allows, wherever it reaches here: set at management group corp.',
  ])
})

test('a denial below cuts within its own scope, also of what was inherited from above the subscription', () => {
  const below = { scope: network.toLowerCase(), level: 'resource_group' as const }
  const said = ['Locked denies part of what this role allows, within resource group rg-network.']
  expect(words(atSubscription, below)).toEqual(said)
  expect(words({ scope: above, level: 'management_group' }, below)).toEqual(said)
})

test('a denial beside the scope, or of what the role does not allow, cuts nothing', () => {
  expect(words(atNetwork, { scope: `${network}-2`, level: 'resource_group' })).toEqual([])
  expect(words(atSubscription, {}, 'Reader')).toEqual([])
})

test('a denial that spares what is below holds at its own scope alone', () => {
  expect(words(atSubscription, { sparesChildren: true })).toEqual([
    'Locked denies part of what this role allows, at subscription Production itself, not in what lies below.',
  ])
  expect(words(atNetwork, { sparesChildren: true })).toEqual([])
  expect(words(atSubscription, { scope: above, level: 'management_group', sparesChildren: true })).toEqual([])
})

test('all of a role can be denied, and of a role that could not be read it is not known', () => {
  const all = [{ actions: ['*'], notActions: [], dataActions: ['*'], notDataActions: [] }]
  expect(words(atSubscription, { permissions: all }, 'Reader')[0]).toMatch(/denies all that this role allows/)
  const access = { ...accessFrom({ memberships: [], grants: [{ holder: 'ada', role: 'Owner' }] }), denies: [deny({})] }
  const grants = access.grants.map((grant) => ({ ...grant, permissions: [] }))
  expect(grants.flatMap((grant) => denialsOf(access, grant)).map(({ cuts }) => cuts)).toEqual(['unknown'])
})
