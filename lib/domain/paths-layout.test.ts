import fc from 'fast-check'
import { expect, test } from 'vitest'
import { accessFrom, anyAccess } from '@/testing/made-access'
import { explainAccess } from './access-paths'
import { layoutPaths, linesOfName, MOST_DRAWN, shortenName } from './paths-layout'

test('every drawn way runs left to right, no two nodes share a place, and ways that are not drawn are counted', () => {
  fc.assert(
    fc.property(anyAccess({ groups: 6 }), (access) => {
      for (const role of explainAccess(access)) {
        const { nodes, links, columns, rows, notDrawn } = layoutPaths(role)
        const at = new Map(nodes.map((node) => [node.key, node]))
        expect(new Set(nodes.map(({ column, row }) => `${column} ${row}`)).size).toBe(nodes.length)
        expect(at.size).toBe(nodes.length)
        for (const { from, to } of links) expect(at.get(from)?.column).toBeLessThan(at.get(to)?.column ?? -1)
        for (const { column, row } of nodes) {
          expect(column >= 0 && column < columns).toBe(true)
          expect(row >= 0 && row <= rows - 1).toBe(true)
        }
        expect(notDrawn).toBe(Math.max(0, role.paths.length - MOST_DRAWN))
      }
    }),
    { numRuns: 200 },
  )
})

test('a nested way and a direct one fork at the person and meet at the role', () => {
  const [owner] = explainAccess(
    accessFrom({
      memberships: [
        ['ada', 'leads'],
        ['leads', 'admins'],
      ],
      grants: [
        { holder: 'admins', role: 'Owner' },
        { holder: 'ada', role: 'Owner' },
      ],
    }),
  )
  const { nodes, links, columns } = layoutPaths(owner ?? { paths: [], level: 'subscription' })
  expect(columns).toBe(5)
  expect(nodes.map(({ kind, column }) => [kind, column])).toEqual([
    ['person', 0],
    ['group', 1],
    ['group', 2],
    ['role', 3],
    ['scope', 4],
  ])
  expect(links.filter(({ to }) => to === 'role')).toHaveLength(2)
})

test('a step that has to be activated is told apart, also from the same step while it is activated', () => {
  const access = accessFrom({
    memberships: [
      ['ada', 'admins', 'eligible'],
      ['ada', 'admins', 'activated'],
    ],
    grants: [{ holder: 'admins', role: 'Owner', kind: 'eligible' }],
  })
  const [owner] = explainAccess(access)
  const { nodes, links } = layoutPaths(owner ?? { paths: [], level: 'subscription' })
  expect(nodes.filter(({ kind }) => kind === 'group').map(({ membership }) => membership)).toEqual([
    'eligible',
    'activated',
  ])
  expect(links.filter(({ from }) => from === 'person').map(({ eligible }) => eligible)).toEqual([true, false])
})

test('a name that fits stays, and one that does not ends in an ellipsis', () => {
  expect(shortenName('Payments leads', 20)).toBe('Payments leads')
  expect(shortenName('Production payments leads of the north', 20)).toMatch(/^Production payme.*…$/)
  expect(shortenName('支付平台管理员全球团队', 8)).toBe('支付平…')
})

test('a shortened name is never longer than the name, and has no half characters', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), fc.integer({ min: 4, max: 30 }), (name, width) => {
      const short = shortenName(name, width)
      expect(short === name || short.length <= name.length + 1).toBe(true)
      expect(short.isWellFormed()).toBe(true)
    }),
  )
})

test('a name that is wider than a line is broken at a space, or anywhere where it has none, and only then cut', () => {
  expect(linesOfName('Payments leads', 20)).toEqual(['Payments leads'])
  expect(linesOfName('Azure Kubernetes Service Contributor', 23)).toEqual(['Azure Kubernetes Service', 'Contributor'])
  expect(linesOfName('OperatorsWithoutAnySpace', 13)).toEqual(['OperatorsWitho', 'utAnySpace'])
  const [first, second] = linesOfName('Operators of the payments platform, north and south, on call B', 23)
  expect(first).toBe('Operators of the payments')
  expect(second).toMatch(/^platform, north .*…$/)
})
