import { expect, test } from 'vitest'
import { SHAPES } from './shape'

const { guid, list, nullable, object, optional, time7 } = SHAPES
const row = object({ id: guid, at: optional(time7), by: nullable(guid) })
const ID = '11111111-0000-4000-8000-000000000001'

test('a value that has the shape has no faults', () => {
  expect(
    list(row)(
      [
        { id: ID, by: null },
        { id: ID, by: ID, at: '2022-01-15T21:08:45.4904312Z' },
      ],
      'rows',
    ),
  ).toEqual([])
})

test('a property that is missing, unknown or of another type is named with its place', () => {
  expect(list(row)([{ id: 'x', at: '2022-01-15T21:08:45Z', colour: 1 }], 'rows')).toEqual([
    'rows[0].colour is not in the facts',
    'rows[0].id is no GUID: "x"',
    'rows[0].at is no time with seven decimals: "2022-01-15T21:08:45Z"',
    'rows[0].by is missing',
  ])
  expect(list(row)({}, 'rows')).toEqual(['rows is no list'])
})
