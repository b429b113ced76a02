import { expect, test } from 'vitest'
import { z } from 'zod'
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
