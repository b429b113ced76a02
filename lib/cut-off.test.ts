import { expect, test } from 'vitest'
import { cutOff } from './cut-off'

const permission = (actions: string[], dataActions: string[] = []) => ({
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
  permissions: [permission(['*/delete'])],
  sparesChildren: false,
}
const control = (name: string) => ({ name, plane: 'control' as const })
const owner = {
  permissions: [permission(['*'])],
  heldAt: subscription,
  operation: control('Microsoft.Compute/virtualMachines/delete'),
  ...chain,
}

test('an operation is cut at the scope of the denial and below it, and not above or beside it', () => {
  const cut = (scope: string) => cutOff([deny], { ...owner, scope }).length
  expect(cut(group.toUpperCase())).toBe(1)
  expect(cut(`${group}/providers/Microsoft.Compute/virtualMachines/one`)).toBe(1)
  expect(cut(subscription)).toBe(0)
  expect(cut(`${group}-two`)).toBe(0)
})

test('a denial that spares child scopes cuts at its own alone', () => {
  const sparing = { ...deny, sparesChildren: true }
  expect(cutOff([sparing], { ...owner, scope: group })).toHaveLength(1)
  expect(cutOff([sparing], { ...owner, scope: `${group}/providers/a.b/c/d` })).toHaveLength(0)
})

test('a denial made above the subscription reaches into it', () => {
  const above = { ...deny, scope: corp }
  expect(cutOff([above], { ...owner, scope: group })).toHaveLength(1)
})

test('a denial at the subscription cuts off what was granted at a management group or the root above it', () => {
  const atSubscription = { ...deny, scope: subscription, permissions: [permission(['*'], ['*'])] }
  const cut = (heldAt: string, spared = false) =>
    cutOff([{ ...atSubscription, sparesChildren: spared }], { ...owner, heldAt, scope: null, operation: null }).length
  expect([corp, '/', subscription].map((heldAt) => cut(heldAt))).toEqual([1, 1, 1])
  expect([corp, '/', subscription].map((heldAt) => cut(heldAt, true))).toEqual([0, 0, 0])
})

test('a scope above the subscription is cut only by a denial there or above', () => {
  const workloads = '/providers/Microsoft.Management/managementGroups/workloads'
  const cut = (at: string) => cutOff([{ ...deny, scope: at }], { ...owner, scope: workloads }).length
  expect([workloads, corp, '/'].map(cut)).toEqual([1, 1, 1])
  expect([subscription, group, `${corp}-two`].map(cut)).toEqual([0, 0, 0])
})

test('another operation is left, and so is the same one as a data operation', () => {
  expect(
    cutOff([deny], { ...owner, operation: control('Microsoft.Compute/virtualMachines/read'), scope: group }),
  ).toEqual([])
  const data = {
    ...owner,
    permissions: [permission(['*'], ['*'])],
    operation: { name: 'Microsoft.Compute/virtualMachines/delete', plane: 'data' as const },
  }
  expect(cutOff([deny], { ...data, scope: group })).toEqual([])
})

test('without an operation, only a denial of all that the role allows cuts it', () => {
  expect(cutOff([deny], { ...owner, operation: null, scope: group })).toEqual([])
  const whole = { ...deny, permissions: [permission(['*'])] }
  expect(cutOff([whole], { ...owner, operation: null, scope: group })).toEqual([whole])
})
