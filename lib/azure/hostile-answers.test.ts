import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { standInAccount as account, pointAt, type Script, startStandIn } from '@/testing/stand-in'
import { canListUsers, readPeople } from './people'
import { listRoleAssignments } from './role-assignments'
import { listRoleDefinitions } from './role-definitions'
import { getSubscription, listSubscriptions } from './subscriptions'

const SUBSCRIPTION = '291bba3f-e0a5-47bc-a099-3bdcb2a50a05'
const guid = (n: number) => `00000000-0000-4000-8000-${n.toString(16).padStart(12, '0')}`

let microsoft: Awaited<ReturnType<typeof startStandIn>>
let stranger: Awaited<ReturnType<typeof startStandIn>>
beforeAll(async () => {
  microsoft = await startStandIn()
  stranger = await startStandIn()
  pointAt(microsoft.url)
})
beforeEach(() => microsoft.answer(() => ({ json: { value: [] } })))
afterAll(async () => {
  await microsoft.close()
  await stranger.close()
})

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

const foreignLinks = () => [
  `https://evil.example/subscriptions?page=2`,
  `${stranger.url}/page2`,
  `${stranger.url.replace('http', 'https')}/page2`,
  'https://management.azure.com:8443/page2',
  'http://management.azure.com/page2',
  'http://graph.microsoft.com/v1.0/users',
  'https://graph.microsoft.com:x@evil.example/v1.0/users',
  'https://graph.microsoft.com@127.0.0.1/v1.0/users',
  'https://management.azure.com.evil.example/page2',
  'https://graph.microsoft.com.evil.example/v1.0/users',
  'https://10.0.0.1/page2',
  'https://login.microsoftonline.com/page2',
]

describe('a next page outside the list’s own origin', () => {
  test('of role assignments is not asked for, with or without a token', async () => {
    for (const nextLink of [...foreignLinks(), 'https://graph.microsoft.com/v1.0/users']) {
      microsoft.answer(() => ({ json: { value: [assignment(1)], nextLink } }))
      await expect(listRoleAssignments(account().azure, SUBSCRIPTION), nextLink).rejects.toMatchObject({
        code: 'untrusted_link',
      })
      expect(microsoft.asked).toHaveLength(1)
    }
    expect(stranger.asked).toEqual([])
  })

  test('of users is not asked for, with or without a token', async () => {
    for (const nextLink of [
      ...foreignLinks(),
      'https://management.azure.com/subscriptions',
      '/v1.0/users?x',
      'not a link',
    ]) {
      microsoft.answer(() => ({
        json: { responses: [{ id: '0', status: 200, body: { value: [], '@odata.nextLink': nextLink } }] },
      }))
      await expect(readPeople(account().azure, [guid(1)]), nextLink).rejects.toMatchObject({ code: 'untrusted_link' })
      expect(microsoft.asked).toHaveLength(1)
    }
    expect(stranger.asked).toEqual([])
  })
})

describe('redirects', () => {
  test.each([301, 302, 303, 307, 308])('by %i are followed by neither client', async (status) => {
    microsoft.answer(() => ({ status, headers: { location: `${stranger.url}/x` } }))
    await expect(listRoleAssignments(account().azure, SUBSCRIPTION)).rejects.toMatchObject({ code: 'untrusted_link' })
    await expect(canListUsers(account().azure)).rejects.toMatchObject({ code: 'untrusted_link' })
    expect(microsoft.asked).toHaveLength(2)
    expect(stranger.asked).toEqual([])
  })
})

const strangeAnswers: [string, ReturnType<Script>][] = [
  [
    'an HTML page',
    { headers: { 'content-type': 'text/html' }, text: '<html><body>Sign in to the hotel network</body></html>' },
  ],
  ['an HTML page called JSON', { headers: { 'content-type': 'application/json' }, text: '<html>' }],
  ['truncated JSON', { headers: { 'content-type': 'application/json' }, text: '{"value":[{"id":"' }],
  ['nothing', { text: '' }],
  ['a bare array', { json: [] }],
  ['null', { json: null }],
  ['an object without a list', { json: { values: [] } }],
  ['rows of another shape', { json: { value: [{ name: 7 }] } }],
  ['an error of a kind unknown, as 200', { json: { error: { code: 'Nobody', message: 'knows' } } }],
]

describe('an answer that is not one of Microsoft’s', () => {
  test.each(strangeAnswers)('is not taken for an empty list: %s', async (_, reply) => {
    microsoft.answer(() => reply)
    await expect(listRoleAssignments(account().azure, SUBSCRIPTION)).rejects.toMatchObject({ code: 'bad_answer' })
    await expect(listRoleDefinitions(account().azure, SUBSCRIPTION)).rejects.toMatchObject({ code: 'bad_answer' })
    await expect(listSubscriptions(account().azure)).rejects.toMatchObject({ code: 'bad_answer' })
    await expect(getSubscription(account().azure, SUBSCRIPTION)).rejects.toMatchObject({ code: 'bad_answer' })
    await expect(readPeople(account().azure, [guid(1)])).rejects.toMatchObject({ code: 'bad_answer' })
  })

  test('an error that comes as 200 is treated as that error', async () => {
    microsoft.answer(() => ({ json: { error: { code: 'AuthorizationFailed', message: 'x' } } }))
    await expect(listRoleAssignments(account().azure, SUBSCRIPTION)).rejects.toMatchObject({
      code: 'reader_role_missing',
    })
    await expect(getSubscription(account().azure, SUBSCRIPTION)).rejects.toMatchObject({
      code: 'subscription_not_readable',
    })
    expect(await canListUsers(account().azure)).toBe(false)
  })

  test('an error page in HTML keeps its status', async () => {
    microsoft.answer(() => ({ status: 503, headers: { 'content-type': 'text/html' }, text: '<html>' }))
    await expect(listRoleAssignments(account().azure, SUBSCRIPTION)).rejects.toMatchObject({
      code: 'azure_unreachable',
    })
    await expect(canListUsers(account().azure)).rejects.toMatchObject({ code: 'azure_unreachable' })
  })
})

describe('refusals of ARM', () => {
  const error = (status: number, code: string): ReturnType<Script> => ({
    status,
    json: { error: { code, message: `secret text about ${code}` } },
  })
  test.each([
    [401, 'InvalidAuthenticationTokenTenant', 'subscription_moved', 'subscription_moved'],
    [401, 'ExpiredAuthenticationToken', 'sign_in_expired', 'sign_in_expired'],
    [403, 'AuthorizationFailed', 'subscription_not_readable', 'reader_role_missing'],
    [404, 'SubscriptionNotFound', 'subscription_not_readable', 'subscription_not_readable'],
    [500, 'InternalServerError', 'azure_unreachable', 'azure_unreachable'],
    [429, 'TooManyRequests', 'throttled', 'throttled'],
    [418, 'Teapot', 'refused_by_microsoft', 'refused_by_microsoft'],
  ])('with %i %s give the problem that explains them', async (status, code, forSubscription, forAssignments) => {
    microsoft.answer(() => error(status, code))
    const refused = await getSubscription(account().azure, SUBSCRIPTION).catch((reason: unknown) => reason)
    expect(refused).toMatchObject({ code: forSubscription, status })
    expect(String(refused)).not.toContain('secret text')
    expect(String(refused)).not.toContain('api-version')
    await expect(listRoleAssignments(account().azure, SUBSCRIPTION)).rejects.toMatchObject({ code: forAssignments })
  })

  test('a token that was refused is renewed once, for both clients', async () => {
    microsoft.answer(({ headers, url }) =>
      headers.authorization?.endsWith('-1')
        ? { status: 401, json: { error: { code: 'InvalidAuthenticationToken', message: 'x' } } }
        : { json: url.host === 'graph.microsoft.com' ? { value: [] } : { value: [assignment(1)] } },
    )
    expect((await listRoleAssignments(account().azure, SUBSCRIPTION)).rows).toHaveLength(1)
    expect(await canListUsers(account().azure)).toBe(true)
    expect(microsoft.asked.map(({ headers }) => headers.authorization)).toEqual([
      'Bearer arm-1',
      'Bearer arm-2',
      'Bearer graph-1',
      'Bearer graph-2',
    ])
  })

  test('a conditional-access challenge keeps its claims for the next sign-in', async () => {
    const claims = '{"access_token":{"nbf":{"essential":true,"value":"1652813508"}}}'
    const header = `Bearer realm="", error="insufficient_claims", claims="${Buffer.from(claims).toString('base64')}"`
    microsoft.answer(() => ({
      status: 401,
      headers: { 'www-authenticate': header },
      json: { error: { code: 'InvalidAuthenticationToken', message: 'x' } },
    }))
    await expect(listRoleAssignments(account().azure, SUBSCRIPTION)).rejects.toMatchObject({
      code: 'mfa_required',
      claims,
    })
    await expect(canListUsers(account().azure)).rejects.toMatchObject({ code: 'mfa_required', claims })
    expect(microsoft.asked).toHaveLength(2)
  })
})

test('subscriptions come in our own shape', async () => {
  const row = {
    id: `/subscriptions/${SUBSCRIPTION}`,
    subscriptionId: SUBSCRIPTION.toUpperCase(),
    tenantId: guid(5),
    displayName: 'Production',
    state: 'Warned',
    novel: [1],
  }
  microsoft.answer(({ url }) => ({ json: url.pathname.endsWith('/subscriptions') ? { value: [row] } : row }))
  const wanted = { id: SUBSCRIPTION, name: 'Production', state: 'Warned', tenantId: guid(5), managedByTenants: [] }
  expect(await getSubscription(account().azure, SUBSCRIPTION)).toEqual(wanted)
  expect(await listSubscriptions(account().azure)).toEqual({ rows: [wanted], odd: [] })
})

test.each([
  ['no list', undefined, []],
  ['an empty list', [], []],
  ['two tenants', [{ tenantId: guid(6).toUpperCase() }, { tenantId: guid(7) }], [guid(6), guid(7)]],
  ['an entry that cannot be read', [{ tenantId: 7 }, null, { tenantId: guid(6) }], ['', '', guid(6)]],
])(
  'the tenants that manage a subscription are read from %s, and none is overlooked',
  async (_, sent, managedByTenants) => {
    const row = { subscriptionId: SUBSCRIPTION, tenantId: guid(5), managedByTenants: sent }
    microsoft.answer(({ url }) => ({ json: url.pathname.endsWith('/subscriptions') ? { value: [row] } : row }))
    expect(await getSubscription(account().azure, SUBSCRIPTION)).toMatchObject({ managedByTenants })
    expect((await listSubscriptions(account().azure)).rows).toMatchObject([{ managedByTenants }])
  },
)
