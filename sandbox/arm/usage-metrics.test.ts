import { afterAll, beforeAll, expect, test } from 'vitest'
import { addAssignment } from '../world/tenant'
import { type ArmSandbox, IDS, startArmSandbox } from './start-arm-sandbox'

type Usage = Record<string, unknown>

const pathOf = (scope: string, version = '2019-08-01-preview') =>
  `${scope}/providers/Microsoft.Authorization/roleAssignmentsUsageMetrics?api-version=${version}`
const web = `/subscriptions/${IDS.web}`

let arm: ArmSandbox
beforeAll(async () => {
  arm = await startArmSandbox()
})
afterAll(() => arm.sandbox.close())

test('the assignments at and below a subscription are counted, inherited ones and those of other subscriptions not', async () => {
  const give = (scope: string) =>
    addAssignment(arm.tenant, arm.random, { principalId: IDS.nobody, role: 'Reader', scope })
  const before = (await arm.ask<Usage>(pathOf(web))).body
  expect(before).toEqual({
    subscriptionId: IDS.web,
    roleAssignmentsLimit: 4000,
    roleAssignmentsCurrentCount: 1,
    roleAssignmentsRemainingCount: 3999,
  })
  give(web)
  give(`${web}/resourceGroups/rg-front`)
  give(`/subscriptions/${IDS.lab}`)
  expect((await arm.ask<Usage>(pathOf(web))).body).toMatchObject({ roleAssignmentsCurrentCount: 3 })
})

test('whoever can read the assignments of a part only is refused the count of all', async () => {
  const { status, body } = await arm.ask(pathOf(web), { token: arm.tokens.clerk })
  expect([status, body.error?.code]).toEqual([403, 'AuthorizationFailed'])
})

test('other versions of the API do not have the count, and other scopes neither', async () => {
  const other = await arm.ask(pathOf(web, '2022-04-01'))
  expect([other.status, other.body.error?.code]).toEqual([400, 'NoRegisteredProviderFound'])
  const below = await arm.ask(pathOf(`${web}/resourceGroups/rg-front`))
  expect([below.status, below.body.error?.code]).toEqual([501, 'NotSimulated'])
})
