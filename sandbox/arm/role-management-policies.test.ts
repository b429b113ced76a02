import { afterAll, beforeAll, expect, test } from 'vitest'
import { BUILT_IN_ROLES, roleIdOf } from '../world/roles'
import { type ArmSandbox, IDS, startArmSandbox } from './start-arm-sandbox'

type Rule = { id: string; ruleType: string } & Record<string, unknown>
type Row = { name: string; properties: { policyId: string; roleDefinitionId: string; effectiveRules: Rule[] } }

const web = `/subscriptions/${IDS.web}`
let arm: ArmSandbox
beforeAll(async () => {
  arm = await startArmSandbox()
  arm.tenant.licence = 'p2'
})
afterAll(() => arm.sandbox.close())

const pathOf = (type: string, filter = '') =>
  `${web}/providers/Microsoft.Authorization/${type}?api-version=2020-10-01&$filter=${encodeURIComponent(filter)}`
const list = async (type: string, filter = '') => (await arm.ask<{ value: Row[] }>(pathOf(type, filter))).body.value

test('one list at a scope has the policy of every role, and a filter that of one', async () => {
  const all = await list('roleManagementPolicyAssignments')
  expect(all).toHaveLength(BUILT_IN_ROLES.size)
  expect(new Set(all.map(({ properties }) => properties.policyId)).size).toBe(BUILT_IN_ROLES.size)
  const roleDefinitionId = `${web}/providers/Microsoft.Authorization/roleDefinitions/${roleIdOf('Reader')}`
  const some = await list('roleManagementPolicyAssignments', `roleDefinitionId eq '${roleDefinitionId}'`)
  expect(some.map(({ properties }) => properties.roleDefinitionId)).toEqual([roleDefinitionId])
  const policies = await list('roleManagementPolicies')
  expect(policies.map(({ name }) => name)).toEqual(all.map(({ name }) => name.split('_')[0]))
})

test('the rules tell what an activation needs and how long it lasts', async () => {
  const ruleOf = async (role: string, id: string) => {
    const [row] = await list('roleManagementPolicyAssignments', `roleDefinitionId eq '${roleIdOf(role)}'`)
    return row?.properties.effectiveRules.find((rule) => rule.id === id)
  }
  expect(await ruleOf('Reader', 'Expiration_EndUser_Assignment')).toMatchObject({
    ruleType: 'RoleManagementPolicyExpirationRule',
    isExpirationRequired: true,
    maximumDuration: 'PT8H',
    target: { caller: 'EndUser', level: 'Assignment', operations: ['All'] },
  })
  expect(await ruleOf('Reader', 'Enablement_EndUser_Assignment')).toMatchObject({
    enabledRules: ['MultiFactorAuthentication', 'Justification'],
  })
  const approval = 'Approval_EndUser_Assignment'
  expect(await ruleOf('Reader', approval)).toMatchObject({ setting: { isApprovalRequired: false } })
  expect(await ruleOf('Owner', approval)).toMatchObject({
    setting: { isApprovalRequired: true, approvalStages: [{ primaryApprovers: [{ id: IDS.owner }] }] },
  })
})

test('policies are refused without the licence, without the right and with another filter', async () => {
  const refused = async (path: string, token = arm.tokens.owner) => (await arm.ask(path, { token })).body.error?.code
  expect(await refused(pathOf('roleManagementPolicies'), arm.tokens.clerk)).toBe('AuthorizationFailed')
  expect(await refused(pathOf('roleManagementPolicies', "name eq 'x'"))).toBe('UnsupportedQuery')
  expect(await refused(pathOf(`roleManagementPolicies/${IDS.web}`))).toBe('RoleManagementPolicyNotFound')
  arm.tenant.licence = 'free'
  expect(await refused(pathOf('roleManagementPolicyAssignments'))).toBe('AadPremiumLicenseRequired')
  arm.tenant.licence = 'p2'
})

test('the operations of providers are those that built-in roles name, each once', async () => {
  type Operation = { name: string; isDataAction: boolean }
  type Provider = { name: string; operations: Operation[]; resourceTypes: { name: string; operations: Operation[] }[] }
  const path = '/providers/Microsoft.Authorization/providerOperations'
  const { body } = await arm.ask<{ value: Provider[] }>(`${path}?api-version=2022-04-01&$expand=resourceTypes`)
  const listed = body.value.flatMap((one) => [
    ...one.operations,
    ...one.resourceTypes.flatMap((type) => type.operations),
  ])
  const names = listed.map(({ name }) => name.toLowerCase())
  expect(new Set(names).size).toBe(names.length)
  const vault = await arm.ask<Provider>(`${path}/microsoft.keyvault?api-version=2022-04-01&$expand=resourceTypes`)
  expect(vault.body.resourceTypes.find(({ name }) => name === 'vaults/secrets')?.operations).toContainEqual(
    expect.objectContaining({ name: 'Microsoft.KeyVault/vaults/secrets/getSecret/action', isDataAction: true }),
  )
  const plain = await arm.ask<Provider>(`${path}/Microsoft.KeyVault?api-version=2022-04-01`)
  expect(plain.body.resourceTypes).toEqual([])
  expect((await arm.ask(`${path}/Microsoft.Shoes?api-version=2022-04-01`)).status).toBe(404)
})
