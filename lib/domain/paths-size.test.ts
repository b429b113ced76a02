import fc from 'fast-check'
import { expect, test } from 'vitest'
import { anyAccess } from '@/testing/made-access'
import { explainAccess } from './access-paths'
import { layoutPaths } from './paths-layout'
import { measurePaths } from './paths-size'

const box = (key: string, row: number, name: string) => ({ key, row, name })

test('up to seven columns fit beside the rail of a window of 1,440 pixels', () => {
  const widths = [1, 2, 3, 4, 5, 6, 7].map((columns) => measurePaths([], { columns, rows: 1 }).width)
  expect(Math.max(...widths)).toBeLessThanOrEqual(1120)
  expect(measurePaths([], { columns: 8, rows: 1 }).boxWidth).toBe(136)
})

test('a box grows with the lines of its name, and its row with it', () => {
  const short = measurePaths([box('one', 0, 'Owner'), box('two', 1, 'Reader')], { columns: 6, rows: 2 })
  const long = measurePaths([box('one', 0, 'Azure Kubernetes Service Contributor Role'), box('two', 1, 'Reader')], {
    columns: 6,
    rows: 2,
  })
  expect(long.linesOf.get('one')).toEqual(['Azure Kubernetes', 'Service Contributor', 'Role'])
  expect(long.middleOf(1) - short.middleOf(1)).toBe(2 * 17)
})

test('no box covers another one, whatever the names are', () => {
  fc.assert(
    fc.property(anyAccess({ groups: 6 }), fc.array(fc.string({ maxLength: 120 })), (access, names) => {
      const roles = explainAccess(access)
      fc.pre(roles.length > 0)
      const layout = layoutPaths(roles)
      const nodes = layout.nodes.map((node, index) => ({ ...node, name: names[index % (names.length || 1)] ?? '' }))
      const { heightOf, middleOf, height } = measurePaths(nodes, layout)
      for (const [, inColumn] of Map.groupBy(nodes, ({ column }) => column)) {
        const spans = inColumn
          .map(({ key, row }) => ({ middle: middleOf(row), half: (heightOf.get(key) ?? 0) / 2 }))
          .toSorted((one, other) => one.middle - other.middle)
        for (const [index, { middle, half }] of spans.entries()) {
          const before = spans[index - 1]
          expect(middle - half).toBeGreaterThanOrEqual((before ? before.middle + before.half : 0) - 0.001)
          expect(middle + half).toBeLessThanOrEqual(height + 0.001)
        }
      }
    }),
    { numRuns: 200 },
  )
})
