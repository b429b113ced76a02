import { expect, test } from 'vitest'
import { countIn } from './group-plan'

test.each([
  ['a number', 1234],
  ['digits', '1234'],
  ['digits in base64', 'MTIzNA=='],
  ['digits in base64, behind a byte order mark', '77u/MTIzNA=='],
])('the number of users is read from %s', (_, body) => {
  expect(countIn({ status: 200, body })).toBe(1234)
})

test.each([
  ['a refusal', { status: 403, body: '1234' }],
  ['words', { status: 200, body: 'many' }],
  ['an object', { status: 200, body: { count: 3 } }],
  ['a negative number', { status: 200, body: -1 }],
  ['no answer', undefined],
])('%s is no number of users', (_, answer) => {
  expect(countIn(answer)).toBe(null)
})
