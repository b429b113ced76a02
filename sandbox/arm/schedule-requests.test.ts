import { afterAll, beforeAll, expect, test } from 'vitest'
import { applyChange } from '../world/changes'
import { type ArmSandbox, IDS, startArmSandbox } from './start-arm-sandbox'

type Row = { id: string; name: string; properties: Record<string, unknown> }

const web = `/subscriptions/${IDS.web}`
let arm: ArmSandbox
beforeAll(async () => {
  arm = await startArmSandbox()
  arm.tenant.licence = 'p2'
  const eligible = { user: 'nobody@northwind.example', role: 'Contributor', subscriptionId: IDS.web }
  applyChange(arm.world, { type: 'make_eligible', ...eligible, endDateTime: '2040-01-01T00:00:00Z' })
  applyChange(arm.world, {
    type: 'activate',
    ...eligible,
    justification: 'Deploys the shop.',
    ticketNumber: 'OPS-7',
    ticketSystem: 'Jira',
  })
  const timed = { principalId: IDS.clerk, role: 'Reader', subscriptionId: IDS.web, endDateTime: '2040-01-01T00:00:00Z' }
  applyChange(arm.world, { type: 'assign', ...timed, by: IDS.owner })
})
afterAll(() => arm.sandbox.close())

async function list(type: string, filter = '', token = arm.tokens.owner) {
  const path = `${web}/providers/Microsoft.Authorization/${type}?api-version=2020-10-01&$filter=${encodeURIComponent(filter)}`
  const { status, body } = await arm.ask<{ value: Row[] }>(path, { token })
  return { status, error: body.error, rows: (body.value ?? []).map((one) => one.properties) }
}

test('an activation tells why it was asked for, by whom and for how long', async () => {
  const { rows } = await list('roleAssignmentScheduleRequests')
  expect(rows).toMatchObject([
    {
      principalId: IDS.nobody,
      requestType: 'SelfActivate',
      status: 'Provisioned',
      requestorId: IDS.nobody,
      justification: 'Deploys the shop.',
      ticketInfo: { ticketNumber: 'OPS-7', ticketSystem: 'Jira' },
      scheduleInfo: { expiration: { type: 'AfterDateTime' } },
      expandedProperties: { principal: { displayName: 'nobody Hansen' } },
    },
    { principalId: IDS.clerk, requestType: 'AdminAssign', requestorId: IDS.owner, justification: null },
  ])
  const instances = await list('roleAssignmentScheduleInstances', `principalId eq '${IDS.nobody}'`)
  const schedule = String(instances.rows[0]?.roleAssignmentScheduleId).split('/').at(-1)
  expect(rows[0]?.targetRoleAssignmentScheduleId).toBe(schedule)
  expect(rows[0]?.linkedRoleEligibilityScheduleId).toBe(instances.rows[0]?.linkedRoleEligibilityScheduleId)
})

test('an eligibility was assigned by an administrator', async () => {
  expect((await list('roleEligibilityScheduleRequests')).rows).toMatchObject([
    { principalId: IDS.nobody, requestType: 'AdminAssign', requestorId: IDS.owner, status: 'Provisioned' },
  ])
})

test('requests can be filtered, and people see their own without any role', async () => {
  const principals = async (filter: string, token?: string) =>
    (await list('roleAssignmentScheduleRequests', filter, token)).rows.map((one) => one.principalId)
  expect(await principals(`principalId eq '${IDS.clerk}'`)).toEqual([IDS.clerk])
  expect(await principals(`requestorId eq '${IDS.nobody}'`)).toEqual([IDS.nobody])
  expect(await principals("status eq 'PendingApproval'")).toEqual([])
  expect(await principals('asApprover()')).toEqual([])
  expect(await principals('asRequestor()')).toEqual([IDS.clerk])
  expect(await principals('asRequestor()', arm.tokens.nobody)).toEqual([IDS.nobody])
  expect(await principals('asTarget()', arm.tokens.nobody)).toEqual([IDS.nobody])
  expect((await list('roleAssignmentScheduleRequests', "colour eq 'red'")).status).toBe(400)
})

test('requests are refused without the licence and without the right', async () => {
  applyChange(arm.world, { type: 'unassign', principalId: IDS.clerk, subscriptionId: IDS.web })
  const forbidden = await list('roleEligibilityScheduleRequests', '', arm.tokens.clerk)
  expect([forbidden.status, forbidden.error?.code]).toEqual([403, 'AuthorizationFailed'])
  arm.tenant.licence = 'p1'
  const unlicensed = await list('roleEligibilityScheduleRequests')
  expect([unlicensed.status, unlicensed.error?.code]).toEqual([400, 'AadPremiumLicenseRequired'])
  arm.tenant.licence = 'p2'
})
