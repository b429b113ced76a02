import { ServerError } from '@azure/msal-node'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { standInAccount as account, pointAt, startStandIn } from '@/testing/stand-in'
import { isUnlicensed, listRoleAssignments } from '../role-assignments'
import { AzureError } from './errors'
import { readOptional } from './lists'

const SUBSCRIPTION = '291bba3f-e0a5-47bc-a099-3bdcb2a50a05'

let microsoft: Awaited<ReturnType<typeof startStandIn>>
beforeAll(async () => {
  microsoft = await startStandIn()
  pointAt(microsoft.url)
})
afterAll(() => microsoft.close())

const readList = () => readOptional('the list', () => listRoleAssignments(account().azure, SUBSCRIPTION))
const failing = (error: unknown) => readOptional('the list', () => Promise.reject(error))

test.each([
  [400, 'UnsupportedFilter', 'refused_by_microsoft'],
  [403, 'AuthorizationFailed', 'reader_role_missing'],
  [404, 'SubscriptionNotFound', 'subscription_not_readable'],
  [409, 'Conflict', 'refused_by_microsoft'],
  [429, 'TooManyRequests', 'throttled'],
  [500, 'InternalServerError', 'azure_unreachable'],
])('a refusal with %i %s is returned with its status and code, and nothing was read', async (status, code, problem) => {
  microsoft.answer(() => ({ status, json: { error: { code, message: 'secret text' } } }))
  expect(await readList()).toEqual({
    rows: [],
    odd: [],
    refused: { code: problem, refusal: { request: 'the list', status, microsoftCode: code } },
  })
})

test.each([
  ['is not JSON', { text: '<html>' }, 'bad_answer'],
  ['leads elsewhere', { json: { value: [], nextLink: 'https://evil.example' } }, 'untrusted_link'],
  ['is a redirect', { status: 302, headers: { location: 'https://evil.example' } }, 'untrusted_link'],
])('an answer that %s is returned as a refusal too', async (_, reply, code) => {
  microsoft.answer(() => reply)
  expect(await readList()).toMatchObject({ rows: [], refused: { code, refusal: { request: 'the list' } } })
})

test('a list that is read has no refusal', async () => {
  microsoft.answer(() => ({ json: { value: [] } }))
  expect(await readList()).toEqual({ rows: [], odd: [], refused: null })
})

test.each([
  ['the deadline of the run', new DOMException('late', 'TimeoutError'), 'timed_out'],
  ['the end of the process', new DOMException('stop', 'AbortError'), 'interrupted'],
  ['a sign-in that has ended', new ServerError('invalid_grant', 'AADSTS50173: x'), 'sign_in_expired'],
  [
    'a blocked sign-in',
    new AzureError('blocked_by_policy', 'No.', { aadsts: 53003, status: 400 }),
    'blocked_by_policy',
  ],
  ['a challenge', new AzureError('mfa_required', 'No.', { status: 401, claims: '{}' }), 'mfa_required'],
  ['a fault of ours', new TypeError('undefined is not a function'), 'unknown'],
])('%s is no refusal of one list, and is thrown', async (_, error, code) => {
  await expect(failing(error)).rejects.toMatchObject({ name: 'AzureError', code })
})

test.each([
  [400, 'AadPremiumLicenseRequired', true],
  [400, 'UnsupportedFilter', false],
  [403, 'AadPremiumLicenseRequired', false],
  [400, null, false],
])('%i %s: whether the tenant lacks the licence is %s', (status, microsoftCode, unlicensed) => {
  const refusal = { request: 'eligible', status, microsoftCode }
  expect(isUnlicensed({ code: 'refused_by_microsoft', refusal })).toBe(unlicensed)
})
