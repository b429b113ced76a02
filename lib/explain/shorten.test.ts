import fc from 'fast-check'
import { expect, test } from 'vitest'
import { shorten } from './shorten'

test('a name that fits stays, and one that does not ends in an ellipsis', () => {
  expect(shorten('Payments leads', 20)).toBe('Payments leads')
  expect(shorten('Production payments leads of the north', 20)).toMatch(/^Production payme.*…$/)
  expect(shorten('支付平台管理员全球团队', 8)).toBe('支付平…')
})

test('no name comes out longer than it went in, nor with half a character', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), fc.integer({ min: 4, max: 30 }), (name, width) => {
      const short = shorten(name, width)
      expect(short === name || short.length <= name.length + 1).toBe(true)
      expect(short.isWellFormed()).toBe(true)
    }),
  )
})
