import { afterAll, beforeAll, expect, test } from 'vitest'
import { type ArmSandbox, IDS, startArmSandbox } from '../arm/start-arm-sandbox'
import { addAssignment } from '../world/tenant'

type Rows = { value: { name: string; properties: { scope: string } }[]; nextLink?: string }

const web = `/subscriptions/${IDS.web}`
const AUTHORIZATION = `${web}/providers/Microsoft.Authorization`
const ROWS = `${AUTHORIZATION}/roleAssignments?api-version=2022-04-01`

let arm: ArmSandbox
const made = { above: '', at: '', below: '' }
beforeAll(async () => {
  arm = await startArmSandbox()
  const assign = (scope: string) =>
    addAssignment(arm.tenant, arm.random, { principalId: IDS.nobody, role: 'Reader', scope }).id
  made.above = assign('/providers/Microsoft.Management/managementGroups/Platform')
  made.at = assign(web)
  made.below = assign(`${web}/resourceGroups/rg-Front`)
})
afterAll(() => arm.sandbox.close())

async function listMade(filter: string): Promise<string[]> {
  const { body } = await arm.ask<Rows>(`${ROWS}${filter}`)
  return body.value.map((row) => row.name).filter((name) => Object.values(made).includes(name))
}

// Source: Azure/azure-rest-api-specs 2022-04-01 authorization-RoleAssignmentsCalls.json.
test('a list has what is held at, above and below; with atScope() what is held at and above', async () => {
  expect((await listMade('')).sort()).toEqual(Object.values(made).sort())
  expect((await listMade('&$filter=atScope()')).sort()).toEqual([made.above, made.at].sort())
  expect((await listMade(`&$filter=principalId+eq+'${IDS.nobody}'`)).sort()).toEqual(Object.values(made).sort())
  expect(await listMade(`&$filter=principalId+eq+'${IDS.clerk}'`)).toEqual([])
})

test('pages are linked by complete addresses of ARM, and have each row once', async () => {
  const all = (await arm.ask<Rows>(ROWS)).body.value.map((row) => row.name)
  arm.tenant.pageSizes.assignments = 2
  const paged: string[] = []
  for (let address: string | undefined = ROWS; address; ) {
    const { body }: { body: Rows } = await arm.ask<Rows>(address)
    expect(body.value.length).toBeLessThanOrEqual(2)
    paged.push(...body.value.map((row) => row.name))
    address = body.nextLink
    if (address) expect(address).toMatch(/^https:\/\/management\.azure\.com\/subscriptions\/.*skipToken=/i)
  }
  arm.tenant.pageSizes.assignments = 1_000
  expect(paged.sort()).toEqual(all.sort())
})

// Source: the same repository, authorization-DenyAssignmentCalls.json @539aa2ac, DenyAssignmentFilter.
test('a deny assignment can be found by the principal it denies and by its name', async () => {
  arm.tenant.denyAssignments.add({
    id: '77777777-0000-4000-8000-000000000001',
    name: 'No writing',
    description: '',
    permissions: [{ actions: ['*/write'], notActions: [], dataActions: [], notDataActions: [] }],
    scope: web,
    doNotApplyToChildScopes: false,
    principals: [{ id: IDS.clerk, type: 'User' }],
    excludePrincipals: [{ id: IDS.nobody, type: 'User' }],
    isSystemProtected: true,
    createdOn: '2025-06-01T08:30:00.0000000Z',
  })
  const found = async (filter: string) =>
    (await arm.ask<Rows>(`${AUTHORIZATION}/denyAssignments?api-version=2022-04-01&$filter=${filter}`)).body.value.length
  expect(await found(`principalId+eq+'${IDS.clerk}'`)).toBe(1)
  expect(await found(`principalId+eq+'${IDS.nobody}'`)).toBe(0)
  expect(await found(`gdprExportPrincipalId+eq+'${IDS.clerk}'`)).toBe(1)
  expect(await found(`gdprExportPrincipalId+eq+'${IDS.owner}'`)).toBe(0)
  expect(await found(`denyAssignmentName+eq+'No writing'`)).toBe(1)
})

// Source: Azure/azure-powershell issue 6628; the status: Azure/Azure-Landing-Zones issue 3668.
test('a caller without a role is refused in the words of ARM', async () => {
  const { status, body } = await arm.ask(ROWS.replace(IDS.web, IDS.lab), { token: arm.tokens.clerk })
  expect([status, body]).toEqual([
    403,
    {
      error: {
        code: 'AuthorizationFailed',
        message: `The client 'clerk@northwind.example' with object id '${IDS.clerk}' does not have authorization to perform action 'Microsoft.Authorization/roleAssignments/read' over scope '/subscriptions/${IDS.lab}/providers/Microsoft.Authorization' or the scope is invalid. If access was recently granted, please refresh your credentials.`,
      },
    },
  ])
})

// Source: Microsoft's "Understand how Azure Resource Manager throttles requests"; the body as printed in public code.
test('an empty bucket gives 429 with the seconds to wait, in the header and in the message', async () => {
  arm.tenant.throttling.arm = { bucket: 1, refillPerSecond: 0.001 }
  const first = await arm.ask(ROWS)
  const second = await arm.ask(ROWS)
  arm.tenant.throttling.arm = false
  expect([first.status, second.status]).toEqual([200, 429])
  expect(first.headers.get('x-ms-ratelimit-remaining-subscription-reads')).toBe('0')
  const seconds = second.headers.get('retry-after')
  expect(second.body).toEqual({
    error: {
      code: 'SubscriptionRequestsThrottled',
      message: `Number of 'read' requests for subscription '${IDS.web}' actor '${IDS.owner}' exceeded. Please try again after '${seconds}' seconds.`,
    },
  })
})
