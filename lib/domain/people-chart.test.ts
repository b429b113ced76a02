import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type CountedResult, layOutPeopleChart } from './people-chart'

const at = (day: number, people: number, rest: Partial<CountedResult> = {}): CountedResult => ({
  publishedAt: new Date(Date.UTC(2026, 0, day)),
  ...{ people, privileged: null, unread: 0, gaps: false, ...rest },
})

test('a result holds until the next one is published', () => {
  const chart = layOutPeopleChart([at(1, 5), at(2, 10), at(5, 8)], 400, 100)
  expect(chart).toEqual({ people: 'M0 50H100V0H400V20', privileged: '', partly: [], top: 10 })
})

test('the line of the privileged begins with the first result in which they were counted', () => {
  const chart = layOutPeopleChart([at(1, 10), at(2, 10, { privileged: 2 }), at(3, 10, { privileged: 0 })], 200, 100)
  expect(chart.privileged).toBe('M100 80H200V100')
})

test('a result that is not whole is marked, so that its count does not look like access that was lost', () => {
  const chart = layOutPeopleChart([at(1, 10), at(2, 4, { unread: 6 }), at(3, 10, { gaps: true })], 200, 100)
  expect(chart.partly).toEqual([
    { x: 100, y: 60 },
    { x: 200, y: 0 },
  ])
})

const results = fc
  .uniqueArray(fc.nat({ max: 10_000 }), { minLength: 2, maxLength: 60 })
  .chain((days) =>
    fc.tuple(...days.sort((a, b) => a - b).map((day) => fc.nat({ max: 2_000_000 }).map((people) => at(day, people)))),
  )

test('any results are drawn within the box, from its left edge to its right one', () => {
  fc.assert(
    fc.property(results, (all) => {
      const { people, top } = layOutPeopleChart(all, 600, 120)
      const xs = [...people.matchAll(/[MH]([\d.]+)/g)].map(([, x]) => Number(x))
      const ys = [...people.matchAll(/(?:M[\d.]+ |V)([\d.]+)/g)].map(([, y]) => Number(y))
      expect([xs[0], xs.at(-1)]).toEqual([0, 600])
      expect(xs).toEqual(xs.toSorted((a, b) => a - b))
      expect(ys).toHaveLength(all.length)
      for (const y of ys) expect(y >= 0 && y <= 120).toBe(true)
      expect(top).toBeGreaterThanOrEqual(Math.max(...all.map((one) => one.people)))
    }),
  )
})
