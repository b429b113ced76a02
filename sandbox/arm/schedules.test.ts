import { afterAll, beforeAll, expect, test } from 'vitest'
import { managementGroupScope } from '../world/scopes'
import { addAssignment, addEligibility, addGroup } from '../world/tenant'
import { type ArmSandbox, IDS, startArmSandbox } from './start-arm-sandbox'

type Row = { id: string; name: string; type: string; properties: Record<string, unknown> }

const GROUP = '55555555-0000-4000-8000-000000000002'
const web = `/subscriptions/${IDS.web}`
const HOUR_MS = 3_600_000

let arm: ArmSandbox
let eligible: { group: string; platform: string; below: string; later: string }
let activated: string

beforeAll(async () => {
  arm = await startArmSandbox()
  const { tenant, random, world } = arm
  tenant.licence = 'p2'
  addGroup(tenant, { id: GROUP, displayName: 'Operators' })
  tenant.memberships.add(GROUP, IDS.nobody)
  const at = (ms: number) => new Date(world.now() + ms).toISOString()
  const add = (principalId: string, scope: string, facts: { startDateTime?: string; endDateTime?: string } = {}) =>
    addEligibility(tenant, random, { principalId, role: 'Contributor', scope, ...facts }).id
  eligible = {
    group: add(GROUP, web, { endDateTime: at(100 * HOUR_MS) }),
    platform: add(IDS.clerk, managementGroupScope('Platform')),
    below: add(IDS.nobody, `${web}/resourceGroups/rg-front`),
    later: add(IDS.nobody, web, { startDateTime: at(HOUR_MS) }),
  }
  activated = addAssignment(tenant, random, {
    principalId: IDS.clerk,
    role: 'Contributor',
    scope: managementGroupScope('Platform'),
    schedule: {
      assignmentType: 'Activated',
      startDateTime: at(-HOUR_MS),
      endDateTime: at(HOUR_MS),
      eligibilityId: eligible.platform,
    },
  }).id
})
afterAll(() => arm.sandbox.close())

async function list(type: string, filter = '', scope: string = web, token?: string) {
  const path = `${scope}/providers/Microsoft.Authorization/${type}?api-version=2020-10-01&$filter=${encodeURIComponent(filter)}`
  const { status, body } = await arm.ask<{ value: Row[] }>(path, token ? { token } : {})
  return { status, error: body.error, rows: body.value ?? [] }
}
const names = (rows: Row[]) => rows.map((row) => row.name).sort()

test('current eligibilities are listed at, above and below the scope, with the names of principal, role and scope', async () => {
  const { rows } = await list('roleEligibilityScheduleInstances')
  expect(names(rows)).toEqual([eligible.group, eligible.platform, eligible.below].sort())
  expect(rows.find((row) => row.name === eligible.group)).toMatchObject({
    id: `${web}/providers/Microsoft.Authorization/RoleEligibilityScheduleInstances/${eligible.group}`,
    type: 'Microsoft.Authorization/RoleEligibilityScheduleInstances',
    properties: {
      memberType: 'Direct',
      status: 'Provisioned',
      endDateTime: expect.any(String),
      expandedProperties: {
        scope: { id: web, displayName: 'Web', type: 'subscription' },
        roleDefinition: { displayName: 'Contributor', type: 'BuiltInRole' },
        principal: { id: GROUP, displayName: 'Operators', type: 'Group' },
      },
    },
  })
  const inherited = rows.find((row) => row.name === eligible.platform)?.properties
  expect(inherited).toMatchObject({
    memberType: 'Inherited',
    expandedProperties: {
      scope: { displayName: 'Platform', type: 'managementgroup' },
      principal: { displayName: 'clerk Hansen', email: 'clerk@northwind.example', type: 'User' },
    },
  })
  expect(inherited).not.toHaveProperty('endDateTime')
})

test('filters list what is at or above the scope, of one principal, or held by someone through groups', async () => {
  const listNames = async (filter: string) => names((await list('roleEligibilityScheduleInstances', filter)).rows)
  expect(await listNames('atScope()')).toEqual([eligible.group, eligible.platform].sort())
  expect(await listNames(`principalId eq ${GROUP}`)).toEqual([eligible.group])
  expect(await listNames(`principalId eq '${IDS.nobody}'`)).toEqual([eligible.below])
  const { rows } = await list('roleEligibilityScheduleInstances', `assignedTo('${IDS.nobody}')`)
  expect(Object.fromEntries(rows.map((row) => [row.name, row.properties.memberType]))).toEqual({
    [eligible.group]: 'Group',
    [eligible.below]: 'Direct',
  })
})

test('everyone may read their own eligibilities, but no others without a role', async () => {
  const own = await list('roleEligibilityScheduleInstances', 'asTarget()', web, arm.tokens.nobody)
  expect(names(own.rows)).toEqual([eligible.group, eligible.below].sort())
  const all = await list('roleEligibilityScheduleInstances', '', web, arm.tokens.nobody)
  expect([all.status, all.error?.code]).toEqual([403, 'AuthorizationFailed'])
})

test('every active assignment has an instance, and an activated one names its eligibility', async () => {
  const { rows } = await list('roleAssignmentScheduleInstances')
  const path = `${web}/providers/Microsoft.Authorization/roleAssignments?api-version=2022-04-01`
  const active = await arm.ask<{ value: Row[] }>(path)
  expect(names(rows)).toEqual(names(active.body.value))
  expect(rows.find((row) => row.name === activated)?.properties).toMatchObject({
    assignmentType: 'Activated',
    linkedRoleEligibilityScheduleInstanceId: eligible.platform,
    originRoleAssignmentId: expect.stringContaining(`/roleAssignments/${activated}`),
    endDateTime: expect.any(String),
  })
  const standing = rows.find((row) => row.properties.principalId === IDS.owner)?.properties
  expect(standing).toMatchObject({ assignmentType: 'Assigned', linkedRoleEligibilityScheduleId: null })
  expect(standing).not.toHaveProperty('endDateTime')
})

test('schedules also include what begins later, and instances name their schedules', async () => {
  const schedules = await list('roleEligibilitySchedules')
  expect(schedules.rows).toHaveLength(4)
  const instances = await list('roleEligibilityScheduleInstances', 'atScope()')
  const ids = new Set(schedules.rows.map((row) => row.id))
  expect(instances.rows.every((row) => ids.has(String(row.properties.roleEligibilityScheduleId)))).toBe(true)
  expect((await list('roleAssignmentSchedules')).rows[0]?.type).toBe('Microsoft.Authorization/RoleAssignmentSchedules')
})

test('a schedule is found by its name only at its own scope', async () => {
  const at = (scope: string) =>
    `${scope}/providers/Microsoft.Authorization/roleEligibilityScheduleInstances/${eligible.group}?api-version=2020-10-01`
  expect((await arm.ask<Row>(at(web))).body.name).toBe(eligible.group)
  expect((await arm.ask(at(`/subscriptions/${IDS.lab}`))).status).toBe(404)
})

test('a tenant without the licence has no Privileged Identity Management', async () => {
  arm.tenant.licence = 'p1'
  const { status, error } = await list('roleEligibilityScheduleInstances')
  arm.tenant.licence = 'p2'
  expect(status).toBe(400)
  expect(error).toEqual({
    code: 'AadPremiumLicenseRequired',
    message: 'The tenant needs to have Microsoft Entra ID P2 or Microsoft Entra ID Governance license.',
  })
})
