import { describe, expect, test } from 'vitest'
import { explain, isProblemCode, PROBLEMS, type ProblemCode } from './problems'
import { READING_PROBLEMS } from './reading-problems'
import { SIGN_IN_PROBLEMS } from './sign-in-problems'

const codes = Object.keys(PROBLEMS) as ProblemCode[]

describe.each(codes)('%s', (code) => {
  const { title, sentence, next } = explain(code)

  test('says what happened and what to do, in complete sentences', () => {
    for (const text of [sentence, next]) expect(text).toMatch(/^[A-Z].*\.$/)
  })

  test('has a title that reads as a heading', () => {
    expect(title).toMatch(/^[A-Z].*[^.]$/)
  })

  test('neither shouts, jokes, blames nor leaks a placeholder', () => {
    for (const text of [title, sentence, next])
      expect(text).not.toMatch(/!|oops|sorry|invalid|you (must|failed)|undefined|\$\{|\s{2}|'/i)
  })
})

test('no code stands in both lists, of which the second would hide the first', () => {
  expect(Object.keys(SIGN_IN_PROBLEMS).filter((code) => code in READING_PROBLEMS)).toEqual([])
})

describe('explain', () => {
  test('gives every code its own title', () => {
    expect(new Set(codes.map((code) => explain(code).title)).size).toBe(codes.length)
  })

  test.each([null, undefined, '', 'no_such_code', 'toString', '__proto__', 'constructor'])(
    'takes %s for a fault of ours',
    (code) => {
      expect(explain(code)).toMatchObject({ code: 'unknown', kind: 'ours' })
    },
  )

  test('knows its own codes and no inherited names', () => {
    expect(codes.every(isProblemCode)).toBe(true)
    expect(isProblemCode('hasOwnProperty')).toBe(false)
  })
})
