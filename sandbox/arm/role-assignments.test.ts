import { afterAll, beforeAll, expect, test } from 'vitest'
import { applyChange } from '../world/changes'
import { addAssignment, addGroup } from '../world/tenant'
import { truthOf } from '../world/truth'
import { type ArmSandbox, IDS, startArmSandbox } from './start-arm-sandbox'

type Row = { id: string; name: string; properties: { principalId: string; scope: string; roleDefinitionId: string } }
type Rows = { value: Row[] }

const GROUP = '55555555-0000-4000-8000-000000000001'
const web = `/subscriptions/${IDS.web}`
const path = (scope: string, rest = '') =>
  `${scope}/providers/Microsoft.Authorization/roleAssignments${rest.startsWith('/') ? rest : ''}?api-version=2022-04-01${rest.startsWith('/') ? '' : rest}`

let arm: ArmSandbox
const made: Record<'atRoot' | 'group' | 'onSubscription' | 'onResource' | 'conditional', string> = {
  atRoot: '',
  group: '',
  onSubscription: '',
  onResource: '',
  conditional: '',
}

beforeAll(async () => {
  arm = await startArmSandbox()
  const { tenant, random } = arm
  addGroup(tenant, { id: GROUP, displayName: 'Team' })
  tenant.memberships.add(GROUP, IDS.nobody)
  const assign = (facts: { principalId: string; scope: string; condition?: string }) =>
    addAssignment(tenant, random, { role: 'Storage Blob Data Reader', ...facts }).id
  made.atRoot = assign({ principalId: IDS.owner, scope: '/' })
  made.group = assign({ principalId: GROUP, scope: `${web}/resourceGroups/rg-back` })
  made.onSubscription = assign({
    principalId: IDS.clerk,
    scope: web.toUpperCase().replace('SUBSCRIPTIONS', 'subscriptions'),
  })
  made.onResource = assign({
    principalId: IDS.clerk,
    scope: `${web}/resourceGroups/rg-back/providers/Microsoft.Storage/storageAccounts/data`,
  })
  made.conditional = assign({
    principalId: IDS.nobody,
    scope: `/subscriptions/${IDS.lab}`,
    condition: '@Resource[x] StringEquals 1',
  })
})
afterAll(() => arm.sandbox.close())

async function names(address: string, token?: string) {
  const { body, status } = await arm.ask<Rows>(address, token ? { token } : {})
  expect(status).toBe(200)
  return body.value.map((row) => row.name)
}

test('an unfiltered list of a subscription has what is held at, above and below it', async () => {
  const listed = await names(path(web))
  expect(listed.sort()).toEqual(
    truthOf(arm.world, IDS.web)
      .map((row) => row.assignmentId)
      .sort(),
  )
  expect(listed).toEqual(expect.arrayContaining([made.atRoot, made.group, made.onSubscription, made.onResource]))
})

test('a leading double slash is tolerated', async () => {
  expect(await names(`/${path(web)}`)).toEqual(await names(path(web)))
})

test.each(['$filter=atScope()', '$filter=atScope%28%29'])(
  '%s leaves out what is held below the scope',
  async (filter) => {
    const listed = await names(path(web, `&${filter}`))
    expect(listed).toContain(made.onSubscription)
    expect(listed).not.toContain(made.group)
  },
)

test('assignedTo includes groups, principalId does not', async () => {
  expect(await names(path(web, `&$filter=assignedTo('${IDS.nobody}')`))).toEqual([made.group])
  expect(await names(path(web, `&$filter=principalId+eq+'${IDS.nobody}'`))).toEqual([])
  expect(await names(path(web, `&$filter=principalId%20eq%20${GROUP}`))).toEqual([made.group])
})

test('filters can be combined, and tenantId is tolerated', async () => {
  const both = `&$filter=atScope()+and+assignedTo('${IDS.clerk}')&tenantId=${IDS.tenant}`
  expect(await names(path(web, both))).toEqual([made.onSubscription])
})

test("a filter that ARM does not support is refused in ARM's words", async () => {
  const { status, body } = await arm.ask(path(web, "&$filter=shoeSize eq '42'"))
  expect([status, body.error?.code]).toEqual([400, 'UnsupportedQuery'])
})

test('the lists of a resource group and of a resource include what is held above them', async () => {
  const group = await names(path(`${web}/resourceGroups/RG-BACK`))
  expect(group).toEqual(expect.arrayContaining([made.atRoot, made.onSubscription, made.group, made.onResource]))
  const resource = `${web}/resourceGroups/rg-back/providers/Microsoft.Storage/storageAccounts/data`
  expect(await names(path(resource, '&$filter=atScope()'))).toContain(made.group)
})

test('the list of a management group includes what is held at it and above', async () => {
  // The owner's role is at the root group, so the row at / is read through it from Platform.
  expect(await names(path('/providers/Microsoft.Management/managementGroups/platform'))).toContain(made.atRoot)
  const unknown = await arm.ask(path('/providers/Microsoft.Management/managementGroups/nowhere'))
  expect(unknown.status).toBe(403)
})

test('the tenant root can only be read with a role at the root', async () => {
  expect((await arm.ask(path(''))).body.error?.code).toBe('AuthorizationFailed')
  const id = addAssignment(arm.tenant, arm.random, { principalId: IDS.owner, role: 'Reader', scope: '/' }).id
  expect((await names(path(''))).sort()).toEqual([made.atRoot, id].sort())
  arm.tenant.assignments.delete(id)
})

test('a caller with a role on one resource group reads only the rows of that group', async () => {
  const { body } = await arm.ask<Rows>(path(web), { token: arm.tokens.clerk })
  expect(body.value.map((row) => row.properties.scope)).toEqual([`${web}/resourcegroups/RG-front`])
})

test('callers without a role are refused, or get an empty list when the tenant is set so', async () => {
  const refused = await arm.ask(path(web), { token: arm.tokens.nobody })
  expect(refused.body.error?.message).toBe(
    `The client 'nobody@northwind.example' with object id '${IDS.nobody}' does not have authorization to perform action 'Microsoft.Authorization/roleAssignments/read' over scope '${web}/providers/Microsoft.Authorization' or the scope is invalid. If access was recently granted, please refresh your credentials.`,
  )
  arm.tenant.powerless = 'empty'
  expect(await names(path(web), arm.tokens.nobody)).toEqual([])
  arm.tenant.powerless = 'forbidden'
})

test('a role assignment is found by its name only at its own scope', async () => {
  const { body } = await arm.ask<Row>(path(`${web}/resourceGroups/rg-back`, `/${made.group}`))
  expect(body).toMatchObject({ name: made.group, properties: { principalId: GROUP } })
  expect((await arm.ask<Row>(`${body.id}?api-version=2022-04-01`)).body.name).toBe(made.group)
  const elsewhere = await arm.ask(path(web, `/${made.group}`))
  expect([elsewhere.status, elsewhere.body.error?.code]).toEqual([404, 'RoleAssignmentNotFound'])
})

test('times have seven decimals, and conditions have a version', async () => {
  type Full = { value: { properties: Record<string, unknown> }[] }
  const { body } = await arm.ask<Full>(path(`/subscriptions/${IDS.lab}`))
  const row = body.value.find((one) => one.properties.principalId === IDS.nobody)
  expect(row?.properties).toMatchObject({
    condition: '@Resource[x] StringEquals 1',
    conditionVersion: '2.0',
    createdOn: expect.stringMatching(/\.\d{7}Z$/),
    delegatedManagedIdentityResourceId: null,
  })
})

test('role ids are written as in the list of role definitions, or in both ways in a tenant that mixes them', async () => {
  const named = async () => (await arm.ask<Rows>(path(web))).body.value.map((one) => one.properties.roleDefinitionId)
  const scope = web.split('/').slice(0, 3).join('/')
  const definitions = `${scope}/providers/Microsoft.Authorization/roleDefinitions?api-version=2022-04-01`
  const defined = (await arm.ask<{ value: { id: string }[] }>(definitions)).body.value.map((one) => one.id)
  expect((await named()).filter((id) => !defined.includes(id))).toEqual([])
  arm.tenant.mixedRoleIds = true
  const mixed = await named()
  arm.tenant.mixedRoleIds = false
  expect(new Set(mixed.map((id) => id.startsWith('/providers/')))).toEqual(new Set([true, false]))
})

test('an activated role is listed while it is in force', async () => {
  const now = arm.world.now()
  const at = (ms: number) => new Date(now + ms).toISOString()
  const schedule = {
    assignmentType: 'Activated' as const,
    startDateTime: at(-1_000),
    endDateTime: at(60_000),
    eligibilityId: null,
  }
  const { id } = addAssignment(arm.tenant, arm.random, {
    principalId: IDS.clerk,
    role: 'Contributor',
    scope: web,
    schedule,
  })
  expect(await names(path(web))).toContain(id)
  applyChange(arm.world, { type: 'advance_clock', ms: 61_000 })
  expect(await names(path(web))).not.toContain(id)
})
