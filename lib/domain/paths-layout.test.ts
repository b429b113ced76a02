import fc from 'fast-check'
import { expect, test } from 'vitest'
import { accessFrom, anyAccess } from '@/testing/made-access'
import { explainAccess, type Hop } from './access-paths'
import { type DrawnRole, layoutPaths, linesOfName, MOST_DRAWN, MOST_ROLES_DRAWN } from './paths-layout'

test('every drawn way runs left to right, no two nodes share a place, and what is not drawn is counted', () => {
  fc.assert(
    fc.property(anyAccess({ groups: 6 }), (access) => {
      const roles = explainAccess(access)
      fc.pre(roles.length > 0)
      const { nodes, links, columns, rows, notDrawn, rolesNotDrawn } = layoutPaths(roles)
      const at = new Map(nodes.map((node) => [node.key, node]))
      expect(at.size).toBe(nodes.length)
      for (const [, inColumn] of Map.groupBy(nodes, ({ column }) => column)) {
        const taken = inColumn.map(({ row }) => row).toSorted((one, other) => one - other)
        for (const [index, row] of taken.slice(1).entries()) expect(row - (taken[index] ?? 0)).toBeGreaterThanOrEqual(1)
      }
      for (const { from, to } of links) expect(at.get(from)?.column).toBeLessThan(at.get(to)?.column ?? -1)
      for (const { column, row } of nodes) {
        expect(column >= 0 && column < columns).toBe(true)
        expect(row >= 0 && row <= rows - 1).toBe(true)
      }
      const drawn = roles.slice(0, MOST_ROLES_DRAWN)
      expect(rolesNotDrawn).toBe(roles.length - drawn.length)
      const ways = drawn.reduce((sum, { paths }) => sum + paths.length, 0)
      expect(notDrawn).toBe(Math.max(0, ways - MOST_DRAWN))
      // Every role that is drawn is led to, and leads on to where it is held.
      for (const { key } of nodes.filter(({ kind }) => kind === 'role')) {
        expect(links.some(({ to }) => to === key)).toBe(true)
        expect(links.filter(({ from }) => from === key)).toHaveLength(1)
      }
    }),
    { numRuns: 200 },
  )
})

/** Ada is in Leads, which lies in Admins. */
const NESTED: [string, string][] = [
  ['ada', 'leads'],
  ['leads', 'admins'],
]

test('a nested way and a direct one fork at the person and meet at the role', () => {
  const roles = explainAccess(
    accessFrom({
      memberships: NESTED,
      grants: [
        { holder: 'admins', role: 'Owner' },
        { holder: 'ada', role: 'Owner' },
      ],
    }),
  )
  const { nodes, links, columns } = layoutPaths(roles)
  expect(columns).toBe(5)
  expect(nodes.map(({ kind, column }) => [kind, column])).toEqual([
    ['person', 0],
    ['group', 1],
    ['group', 2],
    ['role', 3],
    ['scope', 4],
  ])
  expect(links.filter(({ to }) => to === 'role 0')).toHaveLength(2)
})

test('what the ways to several roles share is drawn once', () => {
  const roles = explainAccess(
    accessFrom({
      memberships: NESTED,
      grants: [
        { holder: 'admins', role: 'Owner' },
        { holder: 'admins', role: 'Reader' },
        { holder: 'leads', role: 'Contributor' },
      ],
    }),
  )
  const { nodes, links } = layoutPaths(roles)
  const count = (kind: string) => nodes.filter((node) => node.kind === kind).length
  expect({ groups: count('group'), roles: count('role'), scopes: count('scope') }).toEqual({
    ...{ groups: 2, roles: 3, scopes: 1 },
  })
  expect(links.filter(({ to }) => to.startsWith('scope'))).toHaveLength(3)
})

test('a role at the subscription passes by the scopes above it on the way there', () => {
  const held = { paths: [{ groups: [] as Hop[] }], kind: 'active' as const }
  const { nodes, links } = layoutPaths([
    { ...held, scope: '/providers/Microsoft.Management/managementGroups/corp', level: 'management_group' },
    { ...held, scope: '/subscriptions/s', level: 'subscription' },
    { ...held, scope: '/subscriptions/s/resourceGroups/rg', level: 'resource_group' },
  ] as DrawnRole[])
  const kindOf = (key: string) => nodes.find((node) => node.key === key)?.kind
  const onward = links.map(({ from, to }) => [kindOf(from), kindOf(to)].join(' to '))
  expect(onward.filter((words) => !words.startsWith('person'))).toEqual([
    'role to scope',
    'scope to subscription',
    'role to passage',
    'passage to subscription',
    'role to scope',
  ])
})

test('a step that has to be activated is told apart, also from the same step while it is activated', () => {
  const access = accessFrom({
    memberships: [
      ['ada', 'admins', 'eligible'],
      ['ada', 'admins', 'activated'],
    ],
    grants: [{ holder: 'admins', role: 'Owner', kind: 'eligible' }],
  })
  const { nodes, links } = layoutPaths(explainAccess(access))
  expect(nodes.filter(({ kind }) => kind === 'group').map(({ membership }) => membership)).toEqual([
    'eligible',
    'activated',
  ])
  expect(links.filter(({ from }) => from === 'person').map(({ eligible }) => eligible)).toEqual([true, false])
})

test('nothing of a name is left out of its lines, and no line is wider than it may be', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), fc.integer({ min: 4, max: 30 }), (name, width) => {
      const lines = linesOfName(name, width)
      expect(lines.join('').replaceAll(/\s/g, '')).toBe(name.replaceAll(/\s/g, ''))
      for (const line of lines) {
        expect(line.isWellFormed()).toBe(true)
        expect(line).not.toBe('')
      }
    }),
  )
  expect(linesOfName('支付平台管理员全球团队', 8)).toEqual(['支付平台', '管理员全', '球团队'])
})

test('a name that is wider than a line is broken at a space, after a mark that joins words, or anywhere where it has neither', () => {
  expect(linesOfName('Payments leads', 20)).toEqual(['Payments leads'])
  expect(linesOfName('Azure Kubernetes Service Contributor', 23)).toEqual(['Azure Kubernetes Service', 'Contributor'])
  expect(linesOfName('grp-payments-operators', 13)).toEqual(['grp-payments-', 'operators'])
  expect(linesOfName('OperatorsWithoutAnySpace', 13)).toEqual(['OperatorsWitho', 'utAnySpace'])
  expect(linesOfName('Operators of the payments platform, north and south, on call B', 23)).toEqual([
    'Operators of the payments',
    'platform, north and south,',
    'on call B',
  ])
})
