import { expect, test } from 'vitest'
import { readVisitor } from './visitor'

test('a visitor has the address and the correlation id that the guard wrote down', () => {
  const requestId = '0F8FAD5B-D9CB-469F-A165-70867728950E'
  for (const address of ['203.0.113.9', '2001:db8::1']) {
    const headers = new Headers({ 'x-client-address': address, 'x-request-id': requestId })
    expect(readVisitor(headers)).toEqual({ address, requestId: requestId.toLowerCase() })
  }
  expect(readVisitor(new Headers())).toEqual({ address: null, requestId: null })
})

test.each(['203.0.113.9, 10.0.0.1', '203.0.113.9:80', 'ada@contoso.example', '{"level":30}', ' '])(
  'a value of another form, like %j, is not taken over',
  (value) => {
    expect(readVisitor({ get: () => value })).toEqual({ address: null, requestId: null })
  },
)
