import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { standInAccount as account, pointAt, type Script, startStandIn } from '@/testing/stand-in'
import type { Azure } from './client/clients'
import { listDelegationDefinitions } from './delegations'
import { listDenyAssignments } from './deny-assignments'
import { readManagementGroups } from './management-groups'
import { listAssignmentSchedules, listRoleAssignments, listRoleEligibilities } from './role-assignments'
import { listRoleDefinitions } from './role-definitions'
import { listSubscriptions } from './subscriptions'

const SUBSCRIPTION = '291bba3f-e0a5-47bc-a099-3bdcb2a50a05'
const SCOPE = `/subscriptions/${SUBSCRIPTION}`
const guid = (n: number) => `00000000-0000-4000-8000-${n.toString(16).padStart(12, '0')}`

let microsoft: Awaited<ReturnType<typeof startStandIn>>
let stranger: Awaited<ReturnType<typeof startStandIn>>
beforeAll(async () => {
  microsoft = await startStandIn()
  stranger = await startStandIn()
  pointAt(microsoft.url)
})
afterAll(async () => {
  await microsoft.close()
  await stranger.close()
})

const scheduled = (more: object = {}) => ({
  name: guid(1).toUpperCase(),
  properties: {
    scope: SCOPE,
    roleDefinitionId: `${SCOPE}/providers/Microsoft.Authorization/roleDefinitions/${guid(2).toUpperCase()}`,
    principalId: guid(3).toUpperCase(),
    principalType: 'User',
    startDateTime: '2026-01-15T21:08:45.4904312Z',
    endDateTime: null,
    originRoleAssignmentId: `/providers/microsoft.authorization/ROLEASSIGNMENTS/${guid(4).toUpperCase()}`,
    assignmentType: 'ACTIVATED',
    expandedProperties: { principal: { displayName: 'Ada\u0000' } },
    ...more,
  },
})
const denial = (more: object = {}) => ({
  name: guid(1),
  properties: { denyAssignmentName: 'No', scope: SCOPE, permissions: [], principals: [], ...more },
})
const entity = { name: guid(9), properties: {} }

const READERS: [string, (azure: Azure) => Promise<unknown>, object][] = [
  ['eligible roles', (azure) => listRoleEligibilities(azure, SUBSCRIPTION), scheduled()],
  ['assignment schedules', (azure) => listAssignmentSchedules(azure, SUBSCRIPTION), scheduled()],
  ['deny assignments', (azure) => listDenyAssignments(azure, SUBSCRIPTION), denial()],
  ['role assignments', (azure) => listRoleAssignments(azure, SUBSCRIPTION), scheduled()],
  ['role definitions', (azure) => listRoleDefinitions(azure, SUBSCRIPTION), { name: guid(2) }],
  ['subscriptions', (azure) => listSubscriptions(azure), { subscriptionId: guid(1), tenantId: guid(2) }],
  ['delegations', (azure) => listDelegationDefinitions(azure, SUBSCRIPTION), { id: guid(1) }],
  ['management groups', (azure) => readManagementGroups(azure, SUBSCRIPTION), entity],
]
const LISTS = READERS.slice(0, -1)

const STRANGE_ANSWERS: [string, ReturnType<Script>][] = [
  ['an HTML page', { headers: { 'content-type': 'text/html' }, text: '<html><body>Sign in</body></html>' }],
  ['truncated JSON', { headers: { 'content-type': 'application/json' }, text: '{"value":[{"id":"' }],
  ['nothing', { text: '' }],
  ['a bare array', { json: [] }],
  ['null', { json: null }],
  ['an object without a list', { json: { values: [] } }],
  ['rows of another shape', { json: { value: [{ name: 7 }] } }],
  ['an error of a kind unknown, as 200', { json: { error: { code: 'Nobody', message: 'knows' } } }],
]

describe.each(READERS)('%s', (_, read, row) => {
  test.each(STRANGE_ANSWERS)('are not read from an answer that is not one of Microsoft’s: %s', async (_, reply) => {
    microsoft.answer(() => reply)
    await expect(read(account().azure)).rejects.toMatchObject({ code: 'bad_answer' })
  })

  test.each([
    'https://evil.example/page2',
    'https://management.azure.com:8443/page2',
    'http://management.azure.com/page2',
    'https://management.azure.com@127.0.0.1/page2',
    'https://management.azure.com.evil.example/page2',
    'https://graph.microsoft.com/v1.0/users',
    'https://login.microsoftonline.com/page2',
  ])('are not followed to %s, with or without a token', async (nextLink) => {
    microsoft.answer(() => ({ json: { value: [row], nextLink } }))
    await expect(read(account().azure)).rejects.toMatchObject({ code: 'untrusted_link' })
    expect(microsoft.asked).toHaveLength(1)
    expect(stranger.asked).toEqual([])
  })

  test.each([
    'page2',
    '/subscriptions?page=2',
    '//evil.example/page2',
    '//evil.example\\@management.azure.com/',
    'https:/evil.example/page2',
    'https:evil.example',
    'https:\\\\evil.example\\page2',
    'https://',
    'https://[::1]/page2',
    'https://[not an address]/',
    'https://management.azure.com:99999/page2',
    'https://management.azure.com:x@evil.example/page2',
    'https://user@management.azure.com/page2',
    'https://management.azure.com%2f@evil.example/',
    'https://management.azure.com\u0000.evil.example/',
    'https://management.azure.com\ud800/',
    'https://xn--a/',
    'ftp://management.azure.com/page2',
    'file:///etc/passwd',
    'javascript:alert(1)',
    'data:application/json,{"value":[]}',
    ' ',
    '{skipToken}',
    'https://{host}/page2',
  ])('are not followed by a next link of the form %j', async (nextLink) => {
    microsoft.answer(() => ({ json: { value: [row], nextLink } }))
    await expect(read(account().azure)).rejects.toMatchObject({ code: 'untrusted_link' })
    expect(microsoft.asked).toHaveLength(1)
  })

  test.each([7, true, {}, ['https://management.azure.com/']])('have no next link like %j', async (nextLink) => {
    microsoft.answer(() => ({ json: { value: [row], nextLink } }))
    await expect(read(account().azure)).rejects.toMatchObject({ code: 'bad_answer' })
    expect(microsoft.asked).toHaveLength(1)
  })

  test.each([301, 307, 308])('are not followed through a redirect by %i', async (status) => {
    microsoft.answer(() => ({ status, headers: { location: `${stranger.url}/x` } }))
    await expect(read(account().azure)).rejects.toMatchObject({ code: 'untrusted_link' })
    expect(stranger.asked).toEqual([])
  })

  test.each([
    [401, 'InvalidAuthenticationTokenTenant', 'subscription_moved'],
    [401, 'ExpiredAuthenticationToken', 'sign_in_expired'],
    [400, 'UnsupportedFilter', 'refused_by_microsoft'],
    [429, 'TooManyRequests', 'throttled'],
    [503, 'ServiceUnavailable', 'azure_unreachable'],
  ])('refused with %i %s, are a failure', async (status, code, problem) => {
    const headers = { 'retry-after': '9' }
    microsoft.answer(() => ({ status, headers, json: { error: { code, message: 'secret text' } } }))
    const refused = await read(account().azure).catch((error: unknown) => error)
    expect(refused).toMatchObject({ code: problem, status })
    expect(refused).toMatchObject(status === 429 ? { retryAfterMs: 9000 } : {})
    expect(String(refused)).not.toContain('secret text')
  })

  test('refused with an error page in HTML, keep its status', async () => {
    microsoft.answer(() => ({ status: 503, headers: { 'content-type': 'text/html' }, text: '<html>' }))
    await expect(read(account().azure)).rejects.toMatchObject({ code: 'azure_unreachable', status: 503 })
  })
})

describe.each(LISTS)('rows of %s', (_, read) => {
  test('whose pages come round again are an endless list', async () => {
    microsoft.answer(({ url }) => ({ json: { value: [], nextLink: url.href } }))
    await expect(read(account().azure)).rejects.toMatchObject({ code: 'endless_list' })
  })

  test('that are refused with an error under 200 count as refused with 403', async () => {
    microsoft.answer(() => ({ json: { error: { code: 'AuthorizationFailed', message: 'x' } } }))
    await expect(read(account().azure)).rejects.toMatchObject({ status: 403, microsoftCode: 'AuthorizationFailed' })
  })
})

const answering = (row: object) => microsoft.answer(() => ({ json: { value: [row] } }))

test('a schedule comes in our own shape', async () => {
  answering(scheduled())
  const wanted = {
    principalId: guid(3),
    principalName: 'Ada',
    startsAt: new Date('2026-01-15T21:08:45.490Z'),
    endsAt: null,
  }
  expect((await listRoleEligibilities(account().azure, SUBSCRIPTION)).rows).toEqual([
    {
      ...wanted,
      id: guid(1),
      key: `eligible ${SCOPE} ${guid(1)}`,
      principalKind: 'user',
      agent: false,
      roleId: guid(2),
      scope: SCOPE,
      scopeLevel: 'subscription',
      condition: null,
      createdOn: null,
      createdBy: null,
    },
  ])
  expect((await listAssignmentSchedules(account().azure, SUBSCRIPTION)).rows).toEqual([
    { ...wanted, key: `${SCOPE} ${guid(1)}`, scope: SCOPE, originKey: `/ ${guid(4)}`, activated: true },
  ])
})

test('rows of another subscription are left out, also one whose id only begins alike; upper and lower case are the same', async () => {
  const upper = SCOPE.toUpperCase().replace('SUBSCRIPTIONS', 'Subscriptions')
  for (const [scope, count] of [
    [upper, 1],
    [`${upper}/resourceGroups/x`, 1],
    ['/', 1],
    ['/providers/Microsoft.Management/managementGroups/above', 1],
    [`/subscriptions/${guid(7)}`, 0],
    [`${SCOPE}0/resourceGroups/x`, 0],
  ] as const) {
    answering(scheduled({ scope }))
    expect((await listRoleEligibilities(account().azure, SUBSCRIPTION)).rows, scope).toHaveLength(count)
    expect((await listAssignmentSchedules(account().azure, SUBSCRIPTION)).rows, scope).toHaveLength(count)
    answering(denial({ scope }))
    expect((await listDenyAssignments(account().azure, SUBSCRIPTION)).rows, scope).toHaveLength(count)
  }
})

test.each([
  { principalId: 'Ada' },
  { scope: 'subscriptions/x' },
  { scope: null },
  { startDateTime: 'yesterday' },
  { endDateTime: 'never' },
  { expandedProperties: { principal: { displayName: 7 } } },
])('a schedule with %j is a bad answer, and not taken for one without an end or left out', async (wrong) => {
  answering(scheduled(wrong))
  await expect(listRoleEligibilities(account().azure, SUBSCRIPTION)).rejects.toMatchObject({ code: 'bad_answer' })
  await expect(listAssignmentSchedules(account().azure, SUBSCRIPTION)).rejects.toMatchObject({ code: 'bad_answer' })
})

test.each([
  { principals: [{ id: 'everyone', type: 'SystemDefined' }] },
  { principals: null },
  { permissions: undefined },
  { permissions: [{ actions: [7] }] },
  { excludePrincipals: [{}] },
  { doNotApplyToChildScopes: 'yes' },
  { scope: '' },
])('a denial with %j is a bad answer', async (wrong) => {
  answering(denial(wrong))
  await expect(listDenyAssignments(account().azure, SUBSCRIPTION)).rejects.toMatchObject({ code: 'bad_answer' })
})

test('lists that a denial leaves out are empty, and a principal of an unknown type is of the kind other', async () => {
  answering(denial({ permissions: [{ actions: ['*/delete'] }], principals: [{ id: guid(5), type: 'Agent' }] }))
  expect((await listDenyAssignments(account().azure, SUBSCRIPTION)).rows).toEqual([
    {
      key: `${SCOPE} ${guid(1)}`,
      name: 'No',
      description: null,
      scope: SCOPE,
      scopeLevel: 'subscription',
      permissions: [{ actions: ['*/delete'], notActions: [], dataActions: [], notDataActions: [] }],
      principals: [{ id: guid(5), kind: 'other' }],
      excluded: [],
      sparesChildren: false,
      systemProtected: false,
    },
  ])
})
