import { afterAll, beforeAll, expect, test } from 'vitest'
import { CONTOSO_SUBSCRIPTIONS } from '../world/demo-ids'
import * as facts from './facts/arm-shapes'
import { type DemoSandbox, startDemoSandbox } from './start-demo-sandbox'

const ARM = 'https://management.azure.com'
const production = `${ARM}/subscriptions/${CONTOSO_SUBSCRIPTIONS.production}`
const authorization = `${production}/providers/Microsoft.Authorization`

let conformance: DemoSandbox
beforeAll(async () => {
  conformance = await startDemoSandbox()
})
afterAll(() => conformance.sandbox.close())

test.each([
  ['subscriptions', `${ARM}/subscriptions?api-version=2022-12-01`, facts.SUBSCRIPTIONS],
  ['tenants', `${ARM}/tenants?api-version=2022-12-01`, facts.TENANTS],
  ['role assignments', `${authorization}/roleAssignments?api-version=2022-04-01`, facts.ROLE_ASSIGNMENTS],
  ['role definitions', `${authorization}/roleDefinitions?api-version=2022-04-01`, facts.ROLE_DEFINITIONS],
  ['deny assignments', `${authorization}/denyAssignments?api-version=2022-04-01`, facts.DENY_ASSIGNMENTS],
  ['eligibilities', `${authorization}/roleEligibilityScheduleInstances?api-version=2020-10-01`, facts.ELIGIBILITIES],
  [
    'scheduled assignments',
    `${authorization}/roleAssignmentScheduleInstances?api-version=2020-10-01`,
    facts.SCHEDULED_ASSIGNMENTS,
  ],
])('a list of %s has exactly the properties and types of the specification', async (_, address, shape) => {
  const { status, headers, body } = await conformance.ask(address)
  expect([status, headers.get('content-type')?.split(';')[0]]).toEqual([200, 'application/json'])
  expect((body as { value: unknown[] }).value.length).toBeGreaterThan(0)
  expect(shape(body, 'body')).toEqual([])
  expect(headers.get('x-ms-request-id')).toMatch(/^[0-9a-f-]{36}$/)
  expect(headers.get('x-ms-correlation-request-id')).toBeTruthy()
})

test('one subscription is shown with exactly the properties of the specification', async () => {
  const { body } = await conformance.ask(`${production}?api-version=2022-12-01`)
  expect(facts.SUBSCRIPTION(body, 'body')).toEqual([])
})

test('privileged identity management without its licence is refused as AadPremiumLicenseRequired', async () => {
  const { tenant } = conformance
  const { licence } = tenant
  tenant.licence = 'p1'
  for (const list of ['roleEligibilityScheduleInstances', 'roleAssignmentScheduleInstances'])
    expect(await conformance.ask(`${authorization}/${list}?api-version=2020-10-01`)).toMatchObject({
      status: 400,
      body: {
        error: {
          code: 'AadPremiumLicenseRequired',
          message: 'The tenant needs to have Microsoft Entra ID P2 or Microsoft Entra ID Governance license.',
        },
      },
    })
  tenant.licence = licence
})
