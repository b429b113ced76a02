import { randomBytes, randomUUID } from 'node:crypto'
import { expect, test } from 'vitest'
import { createToken, readOrganisationOfToken } from '@/lib/random-token'
import { isToken, readToken } from './tokens'

const ORGANISATION = randomUUID()

test('a token has 256 bits beside its organisation, is another one each time, and is stored as its hash alone', () => {
  const [one, other] = [createToken(ORGANISATION), createToken(ORGANISATION)]
  expect(one.token).toMatch(/^[\w-]{64}$/)
  expect(other.token).not.toBe(one.token)
  expect(one.tokenHash).not.toContain(one.token)
  expect(isToken(one.token, one.tokenHash)).toBe(true)
})

test('another token, one that is cut, and any token of no feed is not the right one', () => {
  const { token, tokenHash } = createToken(ORGANISATION)
  for (const wrong of [createToken(ORGANISATION).token, token.slice(1), `${token}A`, tokenHash, ''])
    expect(isToken(wrong, tokenHash)).toBe(false)
  for (const any of [token, '', '\0'.repeat(32)]) expect(isToken(any, null)).toBe(false)
})

test('a token names its organisation; one of an earlier version, and what is no token, name none', () => {
  expect(readOrganisationOfToken(createToken(ORGANISATION).token)).toBe(ORGANISATION)
  for (const other of ['', '\0', ORGANISATION, randomBytes(32).toString('base64url'), 'A'.repeat(10_000)])
    expect(readOrganisationOfToken(other)).toBeNull()
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
