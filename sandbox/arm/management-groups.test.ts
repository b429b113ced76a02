import { afterAll, beforeAll, expect, test } from 'vitest'
import { managementGroupScope } from '../world/scopes'
import { addAssignment } from '../world/tenant'
import { type ArmSandbox, IDS, startArmSandbox } from './start-arm-sandbox'

type Thing = {
  id: string
  type: string
  name: string
  displayName?: string
  properties: Record<string, unknown>
  children?: Thing[]
}
type List = { value: Thing[] }

const GROUPS = '/providers/Microsoft.Management/managementGroups'
const version = 'api-version=2020-05-01'
const root = { name: IDS.tenant, displayName: 'Tenant Root Group' }

let arm: ArmSandbox
beforeAll(async () => {
  arm = await startArmSandbox()
  arm.tenant.managementGroups.add({ id: 'Online', displayName: 'Online', parentId: 'Platform' })
})
afterAll(() => arm.sandbox.close())

const names = (list: List) => list.value.map((one) => one.name)

test('management groups are listed that the caller may read by a role at or above them', async () => {
  const all = await arm.ask<List>(`${GROUPS}?${version}`)
  expect(names(all.body)).toEqual([IDS.tenant, 'Platform', 'Online'])
  expect(all.body.value[1]).toEqual({
    id: `${GROUPS}/Platform`,
    type: 'Microsoft.Management/managementGroups',
    name: 'Platform',
    properties: { tenantId: IDS.tenant, displayName: 'Platform' },
  })
  const scope = managementGroupScope('Platform')
  const { id } = addAssignment(arm.tenant, arm.random, { principalId: IDS.clerk, role: 'Reader', scope })
  const some = await arm.ask<List>(`${GROUPS}?${version}`, { token: arm.tokens.clerk })
  arm.tenant.assignments.delete(id)
  expect(names(some.body)).toEqual(['Platform', 'Online'])
})

test('a group shows its parent, its ancestors and its path when asked', async () => {
  const { body } = await arm.ask<Thing>(`${GROUPS}/online?${version}&$expand=ancestors,path`)
  expect(body.properties.details).toMatchObject({
    parent: { id: `${GROUPS}/Platform`, name: 'Platform', displayName: 'Platform' },
    managementGroupAncestorsChain: [{ name: 'Platform', displayName: 'Platform' }, root],
    path: [root, { name: 'Platform', displayName: 'Platform' }, { name: 'Online', displayName: 'Online' }],
  })
})

test('a group shows its children, and with recurse all below them', async () => {
  const children = async (query: string) => {
    const { body } = await arm.ask<Thing>(`${GROUPS}/${IDS.tenant}?${version}&${query}`)
    return body.properties.children as Thing[]
  }
  const near = await children('$expand=children')
  expect(near.map((one) => [one.name, one.type])).toEqual([
    ['Platform', 'Microsoft.Management/managementGroups'],
    [IDS.lab, '/subscriptions'],
  ])
  expect(near[0]).not.toHaveProperty('children')
  const [platform] = await children('$expand=children&$recurse=true')
  expect(platform?.children?.map((one) => one.name)).toEqual(['Online', IDS.web])
  expect((await arm.ask(`${GROUPS}/Platform?${version}&$recurse=true`)).status).toBe(400)
})

test('descendants are everything below, each with its parent', async () => {
  const { body } = await arm.ask<List>(`${GROUPS}/${IDS.tenant}/descendants?${version}`)
  expect(body.value.map((one) => [one.id, (one.properties.parent as Thing).id])).toEqual([
    [`${GROUPS}/Platform`, `${GROUPS}/${IDS.tenant}`],
    [`/subscriptions/${IDS.lab}`, `${GROUPS}/${IDS.tenant}`],
    [`${GROUPS}/Online`, `${GROUPS}/Platform`],
    [`/subscriptions/${IDS.web}`, `${GROUPS}/Platform`],
  ])
})

test('a subscription is found under its own group and under no other', async () => {
  const under = (group: string) => `${GROUPS}/${group}/subscriptions/${IDS.web}?${version}`
  expect((await arm.ask(under('Platform'))).body).toMatchObject({
    name: IDS.web,
    type: 'Microsoft.Management/managementGroups/subscriptions',
    properties: { displayName: 'Web', state: 'Active', tenant: IDS.tenant, parent: { id: `${GROUPS}/Platform` } },
  })
  expect((await arm.ask(under('Online'))).status).toBe(404)
  expect(names((await arm.ask<List>(`${GROUPS}/Platform/subscriptions?${version}`)).body)).toEqual([IDS.web])
})

test('entities show the chain of groups above each group and subscription', async () => {
  const path = `/providers/Microsoft.Management/getEntities?${version}`
  const { body } = await arm.ask<List>(path, { method: 'POST' })
  expect(names(body)).toEqual([IDS.tenant, 'Platform', 'Online', IDS.web, IDS.lab])
  expect(body.value.find((one) => one.name === IDS.web)).toMatchObject({
    id: `/subscriptions/${IDS.web}`,
    type: '/subscriptions',
    properties: {
      displayName: 'Web',
      parent: { id: `${GROUPS}/Platform` },
      permissions: 'delete',
      parentDisplayNameChain: ['Tenant Root Group', 'Platform'],
      parentNameChain: [IDS.tenant, 'Platform'],
    },
  })
  expect(body.value[0]?.properties).toMatchObject({
    numberOfDescendants: 4,
    numberOfChildren: 2,
    numberOfChildGroups: 1,
  })
  const one = await arm.ask<List>(`${path}&$filter=name eq '${IDS.web}'`, { method: 'POST' })
  expect(names(one.body)).toEqual([IDS.web])
})

test('the next links of entities are followed by GET', async () => {
  const path = `/providers/Microsoft.Management/getEntities?${version}&$top=2`
  const first = await arm.ask<List & { nextLink: string }>(path, { method: 'POST' })
  const second = await arm.ask<List & { nextLink: string }>(first.body.nextLink)
  const third = await arm.ask<List>(second.body.nextLink)
  expect([...names(first.body), ...names(second.body), ...names(third.body)]).toEqual([
    IDS.tenant,
    'Platform',
    'Online',
    IDS.web,
    IDS.lab,
  ])
  expect((await arm.ask(path)).status).not.toBe(200)
})

test('a reader of a subscription alone learns the ids of the groups above it, nearest first, when asking for them', async () => {
  const scope = `/subscriptions/${IDS.web}`
  const { id } = addAssignment(arm.tenant, arm.random, { principalId: IDS.nobody, role: 'Reader', scope })
  const read = (query: string) => arm.ask(`${scope}?api-version=2020-01-01${query}`, { token: arm.tokens.nobody })
  expect((await read('&$expand=ancestors')).body.managementGroupAncestors).toEqual(['Platform', IDS.tenant])
  expect((await read('')).body).not.toHaveProperty('managementGroupAncestors')
  arm.tenant.assignments.delete(id)
})

test('a group is forbidden to callers without a role on it, and one that does not exist is not found', async () => {
  const refused = await arm.ask(`${GROUPS}/Platform?${version}`, { token: arm.tokens.clerk })
  expect(refused.body.error).toMatchObject({
    code: 'AuthorizationFailed',
    message: expect.stringContaining(`'Microsoft.Management/managementGroups/read' over scope '${GROUPS}/Platform'`),
  })
  const scope = '/'
  const { id } = addAssignment(arm.tenant, arm.random, { principalId: IDS.owner, role: 'Reader', scope })
  expect((await arm.ask(`${GROUPS}/nowhere?${version}`)).status).toBe(404)
  arm.tenant.assignments.delete(id)
})
