import { expect, test } from 'vitest'
import { createToken } from '@/lib/random-token'
import { isToken, readToken } from './tokens'

test('a token has 256 bits, is another one each time, and is stored as its hash alone', () => {
  const [one, other] = [createToken(), createToken()]
  expect(one.token).toMatch(/^[\w-]{43}$/)
  expect(other.token).not.toBe(one.token)
  expect(one.tokenHash).not.toContain(one.token)
  expect(isToken(one.token, one.tokenHash)).toBe(true)
})

test('another token, one that is cut, and any token of no feed is not the right one', () => {
  const { token, tokenHash } = createToken()
  for (const wrong of [createToken().token, token.slice(1), `${token}A`, tokenHash, ''])
    expect(isToken(wrong, tokenHash)).toBe(false)
  for (const any of [token, '', '\0'.repeat(32)]) expect(isToken(any, null)).toBe(false)
})

const basic = (pair: string) => `Basic ${Buffer.from(pair).toString('base64')}`

test.each([
  ['Bearer abc', 'abc'],
  ['bearer  abc', 'abc'],
  [basic('reader:abc'), 'abc'],
  [basic(':abc'), 'abc'],
  [basic('Zoë:a:b'), 'a:b'],
  [basic('reader:abc').replace('Basic', 'BASIC'), 'abc'],
  [basic('reader:'), ''],
])('%s carries the token %j', (header, token) => {
  expect(readToken(header)).toBe(token)
})

test.each([
  null,
  '',
  'Bearer',
  'Bearer ',
  'abc',
  'Digest abc',
  basic('abc'),
  'Basic ???',
  'Bearer a b',
  `Basic ${'A'.repeat(15_000)}`,
])('%s carries none', (header) => {
  expect(readToken(header)).toBeNull()
})
