import { afterAll, beforeAll, expect, test } from 'vitest'
import { standInAccount as account, pointAt, startStandIn } from '@/testing/stand-in'
import { listRoleDefinitions } from './role-definitions'

const SUBSCRIPTION = '291bba3f-e0a5-47bc-a099-3bdcb2a50a05'
const LIST = `https://management.azure.com/subscriptions/${SUBSCRIPTION}/providers/Microsoft.Authorization/roleDefinitions`
const guid = (n: number) => `00000000-0000-4000-8000-${n.toString(16).padStart(12, '0')}`

let microsoft: Awaited<ReturnType<typeof startStandIn>>
beforeAll(async () => {
  microsoft = await startStandIn()
  pointAt(microsoft.url)
})
afterAll(() => microsoft.close())

const definition = (n: number, properties: object) => ({
  id: `/providers/Microsoft.Authorization/roleDefinitions/${guid(n)}`,
  name: guid(n).toUpperCase(),
  type: 'Microsoft.Authorization/roleDefinitions',
  properties: { roleName: `Role ${n}`, type: 'BuiltInRole', description: '', assignableScopes: ['/'], ...properties },
})
const none = { actions: [], notActions: [], dataActions: [], notDataActions: [] }

test('role definitions are read from all pages, with their permissions and what these amount to', async () => {
  const owner = { ...none, actions: ['*'] }
  const blobs = {
    ...none,
    actions: ['Microsoft.Storage/storageAccounts/blobServices/generateUserDelegationKey/action'],
    dataActions: ['Microsoft.Storage/storageAccounts/blobServices/containers/blobs/read'],
  }
  microsoft.answer(({ url }) =>
    url.searchParams.get('$skiptoken') === 'two'
      ? { json: { value: [definition(2, { permissions: [blobs] })] } }
      : {
          json: {
            value: [definition(1, { permissions: [owner], type: 'CustomRole', description: 'Ours' })],
            nextLink: `${LIST}?api-version=2022-04-01&$skiptoken=two`,
          },
        },
  )
  expect((await listRoleDefinitions(account().azure, SUBSCRIPTION)).rows).toEqual([
    {
      id: guid(1),
      name: 'Role 1',
      custom: true,
      description: 'Ours',
      permissions: [owner],
      privilege: 'grants_access',
      privileged: true,
      ownerEquivalent: true,
    },
    {
      id: guid(2),
      name: 'Role 2',
      custom: false,
      description: null,
      permissions: [blobs],
      privilege: 'reads_data',
      privileged: false,
      ownerEquivalent: false,
    },
  ])
})

test('lists that Azure leaves out are empty, and a role without permissions allows nothing', async () => {
  microsoft.answer(() => ({
    json: {
      value: [
        definition(1, { permissions: [{ actions: ['*/read'] }, { actions: null, dataActions: ['*'] }] }),
        definition(2, {}),
      ],
    },
  }))
  expect((await listRoleDefinitions(account().azure, SUBSCRIPTION)).rows).toEqual([
    expect.objectContaining({
      permissions: [
        { ...none, actions: ['*/read'] },
        { ...none, dataActions: ['*'] },
      ],
      privilege: 'writes_data',
    }),
    expect.objectContaining({ permissions: [], privilege: 'reads', privileged: false, ownerEquivalent: false }),
  ])
})

test('roles that can only be assigned below the subscription are asked for as well', async () => {
  microsoft.answer(() => ({ json: { value: [definition(1, {})] } }))
  await listRoleDefinitions(account().azure, SUBSCRIPTION)
  expect(microsoft.asked.map(({ url }) => url.searchParams.get('$filter'))).toEqual(['atScopeAndBelow()'])
})
