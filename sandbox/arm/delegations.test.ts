import { afterAll, beforeAll, expect, test } from 'vitest'
import { applyChange } from '../world/changes'
import { createDemoWorld } from '../world/demo'
import { CONTOSO_SUBSCRIPTIONS } from '../world/demo-ids'
import { addAssignment } from '../world/tenant'
import { effectiveAccess } from '../world/truth'
import type { Delegation } from '../world/types'
import { type ArmSandbox, IDS, startArmSandbox } from './start-arm-sandbox'

type Definition = { id: string; name: string; properties: Record<string, unknown> }
type Row = {
  id: string
  name: string
  type: string
  properties: { registrationDefinitionId: string; provisioningState: string; registrationDefinition?: Definition }
}
type List = { value: Row[]; nextLink?: string }

const FABRIKAM = '88888888-0000-4000-8000-000000000001'
const ENGINEERS = '88888888-0000-4000-8000-000000000002'
const OPERATOR = '88888888-0000-4000-8000-000000000003'
const web = `/subscriptions/${IDS.web}`
const group = `${web}/resourceGroups/rg-Front`

let arm: ArmSandbox
let whole: Delegation
let ofGroup: Delegation
beforeAll(async () => {
  arm = await startArmSandbox()
  whole = applyChange(arm.world, {
    type: 'delegate',
    subscriptionId: IDS.web,
    name: 'Operations',
    managedByTenantId: FABRIKAM,
    managedByTenantName: 'Fabrikam',
    authorizations: [
      { principalId: ENGINEERS, principalIdDisplayName: 'Engineers', role: 'Contributor' },
      { principalId: OPERATOR, role: 'User Access Administrator', delegatedRoles: ['Reader'] },
    ],
    eligibleAuthorizations: [{ principalId: OPERATOR, principalIdDisplayName: 'Olga Operator', role: 'Contributor' }],
  }) as Delegation
  ofGroup = applyChange(arm.world, { type: 'delegate', scope: group }) as Delegation
})
afterAll(() => arm.sandbox.close())

const pathOf = (scope: string, rest = '', type = 'registrationAssignments') =>
  `${scope}/providers/Microsoft.ManagedServices/${type}${rest}${rest.includes('?') ? '&' : '?'}api-version=2022-10-01`

test('a registration assignment names its definition, and has it only when that is asked for', async () => {
  const { value } = (await arm.ask<List>(pathOf(web))).body
  expect(value).toMatchObject([
    {
      id: `${web}/providers/Microsoft.ManagedServices/registrationAssignments/${whole.id}`,
      type: 'Microsoft.ManagedServices/registrationAssignments',
      properties: {
        registrationDefinitionId: `${web}/providers/Microsoft.ManagedServices/registrationDefinitions/${whole.definitionId}`,
        provisioningState: 'Succeeded',
      },
    },
  ])
  expect(value[0]?.properties).not.toHaveProperty('registrationDefinition')
  const other = (await arm.ask<List>(pathOf(web, '?$expand=registrationDefinition'))).body.value
  expect(other[0]?.properties).not.toHaveProperty('registrationDefinition')
})

test('an expanded definition names the principals of the other tenant, with what they may do and may activate', async () => {
  const { value } = (await arm.ask<List>(pathOf(web, '?$expandRegistrationDefinition=true'))).body
  expect(value[0]?.properties.registrationDefinition?.properties).toMatchObject({
    registrationDefinitionName: 'Operations',
    managedByTenantId: FABRIKAM,
    managedByTenantName: 'Fabrikam',
    manageeTenantId: IDS.tenant,
    authorizations: [
      {
        principalId: ENGINEERS,
        principalIdDisplayName: 'Engineers',
        roleDefinitionId: 'b24988ac-6180-42a0-ab88-20f7382dd24c',
      },
      { principalId: OPERATOR, delegatedRoleDefinitionIds: ['acdd72a7-3385-48ef-bd42-f606fba81ae7'] },
    ],
    eligibleAuthorizations: [
      {
        principalId: OPERATOR,
        justInTimeAccessPolicy: { multiFactorAuthProvider: 'Azure', maximumActivationDuration: 'PT8H' },
      },
    ],
  })
})

test('a delegated resource group is listed at the group and not at its subscription, with its definition at the subscription', async () => {
  const at = async (scope: string) => (await arm.ask<List>(pathOf(scope))).body.value.map((one) => one.name)
  expect([await at(web), await at(group), await at(`/subscriptions/${IDS.lab}`)]).toEqual([
    [whole.id],
    [ofGroup.id],
    [],
  ])
  const definitions = (await arm.ask<{ value: Definition[] }>(pathOf(web, '', 'registrationDefinitions'))).body.value
  expect(definitions.map((one) => one.name)).toEqual([whole.definitionId, ofGroup.definitionId])
})

test('the list can be filtered by the managing tenant only, and is paged', async () => {
  const filtered = (filter: string) => arm.ask<List>(pathOf(web, `?$filter=${encodeURIComponent(filter)}`))
  expect((await filtered(`managedByTenantId eq '${FABRIKAM}'`)).body.value).toHaveLength(1)
  expect((await filtered(`managedByTenantId eq '${IDS.tenant}'`)).body.value).toEqual([])
  expect((await filtered("name eq 'x'")).body.error?.code).toBe('UnsupportedQuery')
  const more = applyChange(arm.world, { type: 'delegate', subscriptionId: IDS.web }) as Delegation
  arm.tenant.pageSizes.instances = 1
  const first = (await arm.ask<List>(pathOf(web))).body
  const second = (await arm.ask<List>(first.nextLink ?? '')).body
  expect([...first.value, ...second.value].map((one) => one.name)).toEqual([whole.id, more.id])
  expect(second.nextLink).toBeUndefined()
  applyChange(arm.world, { type: 'end_delegation', delegationId: more.id })
  arm.tenant.pageSizes.instances = 100
})

test('a caller who may not read the scope is refused, although the subscription shows who manages it', async () => {
  addAssignment(arm.tenant, arm.random, {
    principalId: IDS.nobody,
    role: 'Storage Blob Data Reader',
    scope: `${web}/resourceGroups/rg-Front`,
  })
  const token = arm.tokens.nobody
  const { status, body } = await arm.ask(pathOf(web), { token })
  expect([status, body.error?.code]).toEqual([403, 'AuthorizationFailed'])
  expect(body.error?.message).toContain('Microsoft.ManagedServices/registrationAssignments/read')
  const shown = await arm.ask(`${web}?api-version=2022-12-01`, { token })
  expect(shown.body).toMatchObject({ managedByTenants: [{ tenantId: FABRIKAM }] })
  const lab = await arm.ask(`/subscriptions/${IDS.lab}?api-version=2022-12-01`)
  expect(lab.body).toMatchObject({ managedByTenants: [] })
  expect((await arm.ask<List>(pathOf(group), { token: arm.tokens.clerk })).body.value).toHaveLength(1)
})

test('an unknown version, name or scope is refused', async () => {
  const bad = await arm.ask(pathOf(web).replace('2022-10-01', '2021-01-01'))
  expect([bad.status, bad.body.error?.code]).toEqual([400, 'NoRegisteredProviderFound'])
  const { status } = await arm.ask(pathOf(web, `/${IDS.nobody}`))
  expect(status).toBe(404)
})

test('role assignments do not show what is delegated, the truth does', async () => {
  const path = `${web}/providers/Microsoft.Authorization/roleAssignments?api-version=2022-04-01`
  const rows = (await arm.ask<{ value: { properties: { principalId: string } }[] }>(path)).body.value
  expect(rows.some(({ properties }) => [ENGINEERS, OPERATOR].includes(properties.principalId))).toBe(false)
  const delegates = effectiveAccess(arm.world, IDS.web).filter((row) => row.principalType === 'Delegate')
  const fabrikam = { tenantId: FABRIKAM, tenantName: 'Fabrikam' }
  const common = { scope: web, level: 'subscription', managedBy: fabrikam, via: [], assignmentId: whole.id }
  expect(delegates.filter((row) => row.scope === web)).toMatchObject([
    { ...common, principalId: ENGINEERS, name: 'Engineers', roleName: 'Contributor', kind: 'active' },
    { ...common, principalId: OPERATOR, name: null, roleName: 'User Access Administrator', kind: 'active' },
    { ...common, principalId: OPERATOR, name: 'Olga Operator', roleName: 'Contributor', kind: 'eligible' },
  ])
  expect(delegates.filter((row) => row.scope === group)).toHaveLength(3)
  expect(effectiveAccess(arm.world, IDS.lab).filter((row) => row.principalType === 'Delegate')).toEqual([])
})

const one = { principalId: ENGINEERS, role: 'Reader' }
test.each<[object, string]>([
  [{ authorizations: [{ ...one, role: 'Owner' }] }, 'Owner cannot be delegated.'],
  [{ eligibleAuthorizations: [{ ...one, role: 'Owner' }] }, 'Owner cannot be delegated.'],
  [{ authorizations: [{ ...one, role: 'User Access Administrator' }] }, 'delegatedRoles'],
  [{ eligibleAuthorizations: [{ ...one, role: 'User Access Administrator' }] }, 'delegatedRoles'],
  [{ authorizations: [{ ...one, role: 'Storage Blob Data Reader' }] }, 'has data actions'],
  [{ authorizations: [] }, 'authorizes somebody'],
  [{ authorizations: [{ role: 'Reader' }] }, 'principalId'],
  [{ managedByTenantId: IDS.tenant }, 'does not delegate to itself'],
  [{ scope: `${group}/providers/Microsoft.KeyVault/vaults/keys` }, 'no subscription or resource group'],
])('a delegation with %j is refused: %s', (values, sentence) => {
  const change = { type: 'delegate', subscriptionId: IDS.web, ...values }
  expect(() => applyChange(arm.world, change as never)).toThrow(sentence)
})

test('a delegation can be ended, and there is none to end afterwards', () => {
  const { id } = applyChange(arm.world, { type: 'delegate', subscriptionId: IDS.lab }) as Delegation
  expect(applyChange(arm.world, { type: 'end_delegation', subscriptionId: IDS.lab })).toEqual({ removed: 1 })
  expect(() => applyChange(arm.world, { type: 'end_delegation', delegationId: id })).toThrow('no such delegation')
  expect(() => applyChange(arm.world, { type: 'end_delegation' })).toThrow('Say which delegation')
})

test('the demo delegates Production to Fabrikam, and nothing else', () => {
  const world = createDemoWorld('http://localhost:3000')
  const delegates = (id: string) =>
    effectiveAccess(world, id)
      .filter((row) => row.principalType === 'Delegate')
      .map(({ name, roleName, kind }) => [name, roleName, kind])
  expect(delegates(CONTOSO_SUBSCRIPTIONS.production)).toEqual([
    ['Fabrikam Operations', 'Contributor', 'active'],
    ['Oscar Blom', 'Reader', 'active'],
    ['Tess Walker', 'Contributor', 'eligible'],
  ])
  expect(delegates(CONTOSO_SUBSCRIPTIONS.staging)).toEqual([])
})
