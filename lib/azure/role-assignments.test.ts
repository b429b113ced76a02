import { afterAll, beforeAll, expect, test } from 'vitest'
import { standInAccount as account, pointAt, type Script, startStandIn } from '@/testing/stand-in'
import { listRoleAssignments } from './role-assignments'

const SUBSCRIPTION = '291bba3f-e0a5-47bc-a099-3bdcb2a50a05'
const LIST = `https://management.azure.com/subscriptions/${SUBSCRIPTION}/providers/Microsoft.Authorization/roleAssignments`
const guid = (n: number) => `00000000-0000-4000-8000-${n.toString(16).padStart(12, '0')}`

let microsoft: Awaited<ReturnType<typeof startStandIn>>
beforeAll(async () => {
  microsoft = await startStandIn()
  pointAt(microsoft.url)
})
afterAll(() => microsoft.close())

const assignment = (n: number, more: object = {}) => ({
  id: `/subscriptions/${SUBSCRIPTION}/providers/Microsoft.Authorization/roleAssignments/${guid(n)}`,
  name: guid(n),
  type: 'Microsoft.Authorization/roleAssignments',
  properties: {
    roleDefinitionId: `/subscriptions/${SUBSCRIPTION}/providers/Microsoft.Authorization/roleDefinitions/8E3AF657-A8FF-443C-A75C-2FE8C4BCB635`,
    principalId: guid(900 + n).toUpperCase(),
    principalType: 'User',
    scope: `/subscriptions/${SUBSCRIPTION}`,
    condition: null,
    createdOn: '2022-01-15T21:08:45.4904312Z',
    createdBy: null,
    ...more,
  },
})

test('role assignments are read from all pages, each once, and turned into our own shape', async () => {
  const pages: Script = ({ url }) =>
    url.searchParams.get('$skiptoken') === 'two'
      ? {
          json: {
            value: [
              assignment(2, { scope: '/', principalType: 'ServicePrincipal' }),
              { ...assignment(1), name: guid(1).toUpperCase() },
            ],
          },
        }
      : { json: { value: [assignment(1)], nextLink: `${LIST}?api-version=2022-04-01&$skiptoken=two` } }
  microsoft.answer(pages)
  const heard: number[] = []
  const { azure, meter } = account()
  const found = await listRoleAssignments(azure, SUBSCRIPTION, { onPage: (count) => heard.push(count) })
  expect(found.odd).toEqual([])
  expect(found.rows).toEqual([
    {
      id: guid(1),
      key: `/subscriptions/${SUBSCRIPTION} ${guid(1)}`,
      principalId: guid(901),
      principalKind: 'user',
      agent: false,
      roleId: '8e3af657-a8ff-443c-a75c-2fe8c4bcb635',
      scope: `/subscriptions/${SUBSCRIPTION}`,
      scopeLevel: 'subscription',
      condition: null,
      createdOn: new Date('2022-01-15T21:08:45.490Z'),
      createdBy: null,
    },
    expect.objectContaining({ id: guid(2), principalKind: 'service_principal', scope: '/', scopeLevel: 'root' }),
  ])
  expect(heard).toEqual([1, 2])
  expect(meter).toMatchObject({ calls: 2, retries: 0 })
  expect(microsoft.asked.map(({ headers }) => headers.authorization)).toEqual(['Bearer arm-1', 'Bearer arm-1'])
  expect(microsoft.asked[0]?.url.href).toBe(`${LIST}?api-version=2022-04-01`)
})

test('role assignments of principals of an unknown type are kept, with the kind other', async () => {
  microsoft.answer(() => ({
    json: { value: [assignment(1, { principalType: 'Workload' }), assignment(2, { principalType: null })] },
  }))
  const found = await listRoleAssignments(account().azure, SUBSCRIPTION)
  expect(found.rows.map(({ principalKind }) => principalKind)).toEqual(['other', 'other'])
})

test('pages of role assignments that lead back to one another are an endless list', async () => {
  microsoft.answer(() => ({
    json: { value: [assignment(1)], nextLink: `${LIST}?api-version=2022-04-01&$skiptoken=again` },
  }))
  await expect(listRoleAssignments(account().azure, SUBSCRIPTION)).rejects.toMatchObject({ code: 'endless_list' })
  expect(microsoft.asked).toHaveLength(2)
})

test('pages of role assignments without an end are an endless list', async () => {
  let page = 0
  microsoft.answer(() => ({ json: { value: [], nextLink: `${LIST}?api-version=2022-04-01&$skiptoken=${page++}` } }))
  await expect(listRoleAssignments(account().azure, SUBSCRIPTION)).rejects.toMatchObject({ code: 'endless_list' })
  expect(microsoft.asked).toHaveLength(500)
})

test('when role assignments stay throttled, the error says how long to wait', async () => {
  microsoft.answer(() => ({
    status: 429,
    headers: { 'retry-after': '90' },
    json: { error: { code: 'SubscriptionRequestsThrottled', message: 'x' } },
  }))
  await expect(listRoleAssignments(account().azure, SUBSCRIPTION)).rejects.toMatchObject({
    code: 'throttled',
    status: 429,
    retryAfterMs: 90_000,
  })
  expect(microsoft.asked).toHaveLength(1)
})

test('a condition is kept as long as Azure takes it; of a longer one the beginning is kept, which says so', async () => {
  const [longest, endless] = ['x'.repeat(8 * 1024), `${'y'.repeat(9_999)}😀${'y'.repeat(20_000_000)}`]
  microsoft.answer(() => ({
    json: { value: [assignment(1, { condition: longest }), assignment(2, { condition: endless })] },
  }))
  const { rows } = await listRoleAssignments(account().azure, SUBSCRIPTION)
  expect(rows[0]?.condition).toBe(longest)
  expect(rows[1]?.condition).toMatch(
    /^y{9999}\ufffd … \(Rolecall keeps only the beginning: the condition has 20,010,001 characters\.\)$/,
  )
})

test.each([{ scope: `/subscriptions/${'x'.repeat(2000)}` }, { scope: `/${'ä'.repeat(1000)}` }])(
  'an assignment at a scope that is too long for a key is odd, and the others stay',
  async (odd) => {
    microsoft.answer(() => ({ json: { value: [assignment(1), assignment(2, odd)] } }))
    const { rows, odd: found } = await listRoleAssignments(account().azure, SUBSCRIPTION)
    expect([rows.length, found.length]).toEqual([1, 1])
  },
)

test.each(['-200000-01-01T00:00:00Z', '+275760-01-01T00:00:00Z', '0000-01-01T00:00:00Z'])(
  'an assignment made at %s, which no database can store, has no such time',
  async (createdOn) => {
    microsoft.answer(() => ({ json: { value: [assignment(1, { createdOn })] } }))
    expect((await listRoleAssignments(account().azure, SUBSCRIPTION)).rows).toMatchObject([{ createdOn: null }])
  },
)
