import { afterAll, beforeAll, expect, test } from 'vitest'
import { applyChange } from '../world/changes'
import { BUILT_IN_ROLES } from '../world/roles'
import { type ArmSandbox, IDS, startArmSandbox } from './start-arm-sandbox'

type Role = {
  id: string
  name: string
  properties: { roleName: string; type: string; permissions: { condition?: string | null }[] }
}
type List = { value: Role[] }

const READER = 'acdd72a7-3385-48ef-bd42-f606fba81ae7'
const web = `/subscriptions/${IDS.web}`
let arm: ArmSandbox

function addRole(number: number, name: string, assignableScopes: string[]): string {
  const id = `77777777-0000-4000-8000-00000000000${number}`
  const at = '2025-03-04T05:06:07.0000001Z'
  const permissions = [{ actions: ['*/read'], notActions: [], dataActions: [], notDataActions: [] }]
  arm.tenant.customRoles.add({
    id,
    name,
    description: '',
    custom: true,
    assignableScopes,
    permissions,
    createdOn: at,
    updatedOn: at,
  })
  return id
}

beforeAll(async () => {
  arm = await startArmSandbox()
  addRole(1, 'Web Keeper', [web])
  addRole(2, 'Lab Keeper', [`/subscriptions/${IDS.lab}`])
  addRole(3, "Front and Back 'Keeper'", [`${web}/resourceGroups/rg-front`])
})
afterAll(() => arm.sandbox.close())

async function names(filter: string, scope = web, token = arm.tokens.owner) {
  const path = `${scope}/providers/Microsoft.Authorization/roleDefinitions?api-version=2022-04-01&$filter=${encodeURIComponent(filter)}`
  return (await arm.ask<List>(path, { token })).body.value.map((one) => one.properties.roleName)
}

test('a scope lists every built-in role, and the custom ones assignable at it', async () => {
  const listed = await names('')
  expect(listed).toHaveLength(BUILT_IN_ROLES.size + 1)
  expect(listed).toContain('Web Keeper')
  expect(await names("type eq 'CustomRole' and atScopeAndBelow()")).toEqual(['Web Keeper', "Front and Back 'Keeper'"])
  expect(await names("type eq 'CustomRole'", `${web}/resourceGroups/rg-front`)).toHaveLength(2)
})

test('all custom roles of the tenant are listed at the root', async () => {
  expect(await names("type eq 'CustomRole'", '')).toHaveLength(3)
})

test('a role is found by its name, even when the name contains an and or a quote', async () => {
  expect(await names("roleName eq 'Reader'")).toEqual(['Reader'])
  expect(await names("atScopeAndBelow() and roleName eq 'Front and Back ''Keeper'''")).toEqual([
    "Front and Back 'Keeper'",
  ])
  const refused = await arm.ask(
    `${web}/providers/Microsoft.Authorization/roleDefinitions?api-version=2022-04-01&$filter=colour eq 'red'`,
  )
  expect([refused.status, refused.body.error?.code]).toEqual([400, 'UnsupportedQuery'])
})

test('a role can be read by its id at a scope and at the root, with its permissions', async () => {
  const path = `/providers/Microsoft.Authorization/roleDefinitions/${READER}?api-version=2018-01-01-preview`
  const expected = {
    name: READER,
    properties: { roleName: 'Reader', type: 'BuiltInRole', permissions: [{ actions: ['*/read'], notActions: [] }] },
  }
  expect((await arm.ask(path)).body).toMatchObject(expected)
  expect((await arm.ask(`${web}${path}`)).body).toMatchObject(expected)
})

test('a role for a resource group is missing from the plain list of its subscription, and found by its id there', async () => {
  const id = '77777777-0000-4000-8000-000000000003'
  expect(await names("type eq 'CustomRole'")).toEqual(['Web Keeper'])
  const path = `/providers/Microsoft.Authorization/roleDefinitions/${id}?api-version=2022-04-01`
  for (const scope of [web, `${web}/resourceGroups/rg-front`])
    expect((await arm.ask<Role>(`${scope}${path}`)).body.name).toBe(id)
  expect((await arm.ask(`${web}/resourceGroups/rg-back${path}`)).body.error?.code).toBe('RoleDefinitionDoesNotExist')
})

test('a role for a resource group cannot be assigned outside of it', () => {
  const grant = { principalId: IDS.clerk, tenantId: IDS.tenant, role: "Front and Back 'Keeper'" }
  for (const type of ['assign', 'make_eligible'] as const) {
    for (const scope of [web, `${web}/resourceGroups/rg-back`, '/'])
      expect(() => applyChange(arm.world, { type, ...grant, scope })).toThrow('cannot be assigned at')
    const scope = `${web}/resourceGroups/RG-front/providers/Microsoft.KeyVault/vaults/keys`
    expect(applyChange(arm.world, { type, ...grant, scope })).toMatchObject({ scope })
  }
})

test('a role that is unknown, or not assignable at the scope, does not exist', async () => {
  const code = async (id: string) => {
    const { status, body } = await arm.ask(
      `${web}/providers/Microsoft.Authorization/roleDefinitions/${id}?api-version=2022-04-01`,
    )
    return [status, body.error?.code]
  }
  expect(await code('77777777-0000-4000-8000-000000000009')).toEqual([404, 'RoleDefinitionDoesNotExist'])
  expect(await code('77777777-0000-4000-8000-000000000002')).toEqual([404, 'RoleDefinitionDoesNotExist'])
})

test('a caller without a role may not list role definitions', async () => {
  const path = `${web}/providers/Microsoft.Authorization/roleDefinitions?api-version=2022-04-01`
  expect((await arm.ask(path, { token: arm.tokens.nobody })).body.error?.code).toBe('AuthorizationFailed')
  expect(await names("roleName eq 'Owner'", web, arm.tokens.clerk)).toEqual(['Owner'])
})

test('callers can read their own permissions', async () => {
  const path = (scope: string) => `${scope}/providers/Microsoft.Authorization/permissions?api-version=2022-04-01`
  const group = await arm.ask<{ value: object[] }>(path(`${web}/resourceGroups/rg-front`), { token: arm.tokens.clerk })
  expect(group.body.value).toMatchObject([{ actions: ['*/read'] }])
  expect((await arm.ask<{ value: object[] }>(path(web), { token: arm.tokens.clerk })).body.value).toEqual([])
})

test('a role shows the condition of its permissions since version 2022-04-01', async () => {
  const id = addRole(4, 'Delegate', [`/subscriptions/${IDS.lab}`])
  const condition = "((!(ActionMatches{'Microsoft.Authorization/roleAssignments/write'})))"
  for (const permission of arm.tenant.customRoles.get(id)?.permissions ?? [])
    Object.assign(permission, { condition, conditionVersion: '2.0' })
  const read = async (version: string) => {
    const path = `/providers/Microsoft.Authorization/roleDefinitions/${id}?api-version=${version}`
    return (await arm.ask<Role>(path)).body.properties.permissions[0]
  }
  expect(await read('2022-04-01')).toMatchObject({ condition, conditionVersion: '2.0' })
  expect(await read('2018-07-01')).not.toHaveProperty('condition')
})

test('a built-in role shows the condition of its permissions since version 2022-04-01', async () => {
  const read = async (version: string) => {
    const path = `/providers/Microsoft.Authorization/roleDefinitions/8b54135c-b56d-4d72-a534-26097cfdc8d8?api-version=${version}`
    return (await arm.ask<Role>(path)).body.properties.permissions[0]
  }
  expect(await read('2022-04-01')).toMatchObject({
    conditionVersion: '2.0',
    condition: expect.stringContaining("ActionMatches{'Microsoft.Authorization/roleAssignments/write'}"),
  })
  expect(await read('2018-07-01')).not.toHaveProperty('condition')
})
