import { AuthError } from '@azure/msal-node'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { problemOfAadsts } from './aadsts'
import { AzureError, toAzureError } from './errors'

const network = new TypeError('fetch failed', { cause: Object.assign(new Error('refused'), { code: 'ECONNREFUSED' }) })

test.each([
  ['a deadline', new DOMException('late', 'TimeoutError'), 'timed_out'],
  ['an abort', new DOMException('stop', 'AbortError'), 'interrupted'],
  [
    'an abort for a reason of ours',
    Object.assign(new Error('x', { cause: new AzureError('throttled', 'Wait.') }), { name: 'AbortError' }),
    'throttled',
  ],
  ['a line that broke', network, 'azure_unreachable'],
  ['another shape', z.object({ a: z.string() }).safeParse({}).error, 'bad_answer'],
  ['a fault of ours', new TypeError('undefined is not a function'), 'unknown'],
  ['a text that was thrown', 'boo', 'unknown'],
])('%s gives its own problem code', (_, thrown, code) => {
  expect(toAzureError(thrown)).toMatchObject({ name: 'AzureError', code })
})

test('the cause is kept, and an AzureError stays itself', () => {
  const fault = new Error('Bearer eyJ0 at https://graph.microsoft.com/v1.0/users?$skiptoken=x')
  const made = toAzureError(fault)
  expect(made.cause).toBe(fault)
  expect(made.message).toBe('Something else went wrong. (unknown)')
  expect(toAzureError(made)).toBe(made)
})

test('the message of an error contains codes, but no other text that came in the place of one', () => {
  const details = { status: 403, aadsts: 50105, cause: 'x' }
  expect(new AzureError('unknown', 'Refused.', { ...details, microsoftCode: 'AuthorizationFailed' }).message).toBe(
    'Refused. (unknown, HTTP 403, AADSTS50105, AuthorizationFailed)',
  )
  expect(new AzureError('unknown', 'Refused.', { ...details, microsoftCode: 'ada@contoso.example' }).message).toBe(
    'Refused. (unknown, HTTP 403, AADSTS50105)',
  )
})

test.each(['constructor', 'toString', '__proto__'])('an error that Microsoft calls %s is an unknown one', (name) => {
  expect(problemOfAadsts(undefined, name)).toBe('unknown')
  expect(toAzureError(new AuthError(name, 'x', 'y'))).toMatchObject({ code: 'unknown' })
})

describe('what an error keeps of Microsoft’s words', () => {
  const keep = (given: object) => new AzureError('unknown', 'Refused.', given)

  test('is what has the form that it should have', () => {
    const good = { aadsts: 50076, correlationId: 'aaaa0000-bb11-2222-33cc-444444dddddd', claims: '{"access_token":{}}' }
    expect(keep(good)).toMatchObject(good)
  })

  test.each([
    ['aadsts', [0, -1, 1.5, 1e300, Number.NaN]],
    ['correlationId', ['x\u0000', '\ud800', 'x'.repeat(101), 'ada@contoso.example', 'two words', '\u202etxt']],
    ['claims', ['', 'x', '[]', '"text"', '{"a":"\u0000"}', '{"a":"\ud800"}', `{"a":"${'x'.repeat(10_000)}"}`]],
  ])('is nothing else: %s', (name, values) => {
    for (const value of values) expect(keep({ [name]: value })).toMatchObject({ [name]: undefined })
  })
})
