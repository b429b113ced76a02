import fc from 'fast-check'
import { expect, test } from 'vitest'
import { accessFrom, anyAccess, idsOf, pathsByHand } from '@/testing/made-access'
import { explainAccess, MOST_PATHS } from './access-paths'

test('every way that passes no group twice is found, and no other', () => {
  fc.assert(
    fc.property(anyAccess({ groups: 5 }), (access) => {
      const roles = explainAccess(access)
      const byHand = pathsByHand(access)
      const tooMany = new Set(roles.filter((one) => one.truncated).map(idsOf))
      const shown = roles.flatMap((one) =>
        one.paths.map(({ groups, grant }) => `${grant.key}: ${groups.map(({ id }) => id).join(' > ')}`),
      )
      expect(new Set(shown).size).toBe(shown.length)
      expect(shown.filter((path) => !byHand.includes(path))).toEqual([])
      if (tooMany.size === 0) expect(shown.toSorted()).toEqual(byHand.toSorted())
    }),
    { numRuns: 300 },
  )
})

test('a list of ways that is cut off says so, and begins with the shortest', () => {
  const groups = Array.from({ length: 9 }, (_, at) => `g${at}`)
  const access = accessFrom({
    memberships: groups.flatMap((group) => [
      ['ada', group] as const,
      ...groups.map((other) => [other, group] as const),
    ]),
    grants: [{ holder: 'g0', role: 'Owner' }],
  })
  const [owner] = explainAccess(access)
  expect(owner?.truncated).toBe(true)
  expect(owner?.paths).toHaveLength(MOST_PATHS)
  expect(owner?.paths[0]?.groups.map(({ id }) => id)).toEqual(['g0'])
})

test('a direct way is listed even beside very many others', () => {
  const groups = Array.from({ length: 8 }, (_, at) => `g${at}`)
  const access = accessFrom({
    memberships: groups.flatMap((group) => [
      ['ada', group] as const,
      ...groups.map((other) => [other, group] as const),
    ]),
    grants: [
      { holder: 'g0', role: 'Owner' },
      { holder: 'ada', role: 'Owner' },
    ],
  })
  expect(explainAccess(access)[0]?.paths.map(({ groups }) => groups.length)[0]).toBe(0)
})

test('a deep net of groups that mostly lead nowhere is followed quickly', () => {
  const rungs = Array.from({ length: 40 }, (_, at) => at)
  const access = accessFrom({
    memberships: rungs.flatMap((at) => [
      [at === 0 ? 'ada' : `l${at - 1}`, `l${at}`] as const,
      [at === 0 ? 'ada' : `r${at - 1}`, `r${at}`] as const,
      [`l${at}`, `r${at + 1}`] as const,
      [`r${at}`, `l${at + 1}`] as const,
    ]),
    grants: [
      { holder: 'ada', role: 'Reader' },
      { holder: 'l0', role: 'Reader' },
    ],
  })
  expect(explainAccess(access)[0]?.paths.map(({ groups }) => groups.length)).toEqual([0, 1])
})

test('held and eligible roles are separate entries, the strongest first, without what others hold', () => {
  const access = accessFrom({
    memberships: [['ada', 'admins']],
    grants: [
      { holder: 'ada', role: 'Reader' },
      { holder: 'admins', role: 'Owner', kind: 'eligible' },
      { holder: 'admins', role: 'Owner' },
      { holder: 'strangers', role: 'Owner' },
    ],
  })
  expect(explainAccess(access).map(({ roleName, kind, paths }) => [roleName, kind, paths.length])).toEqual([
    ['Owner', 'active', 1],
    ['Owner', 'eligible', 1],
    ['Reader', 'active', 1],
  ])
})

test('a flat group is a way of its own, without a date', () => {
  const access = accessFrom({ memberships: [], flat: ['admins'], grants: [{ holder: 'admins', role: 'Owner' }] })
  expect(explainAccess(access)[0]?.paths[0]?.groups).toMatchObject([{ id: 'admins', since: null }])
})

test('a way through an eligible membership is eligible, and one through an activated membership ends with it', () => {
  const ends = new Date('2026-11-23T17:30:00Z')
  const access = accessFrom({
    memberships: [
      ['ada', 'admins', 'eligible'],
      ['ada', 'leads', 'activated'],
    ],
    grants: [
      { holder: 'admins', role: 'Owner' },
      { holder: 'leads', role: 'Owner' },
    ],
  })
  const ending = { ...access, edges: access.edges.map((edge) => ({ ...edge, endsAt: ends })) }
  expect(explainAccess(ending).map(({ kind, paths }) => [kind, paths.map(({ endsAt }) => endsAt)])).toEqual([
    ['activated', [ends]],
    ['eligible', [ends]],
  ])
})

test('a role is not read since the latest reading of its ways, and only if none of them was read now', () => {
  const [older, newer] = [new Date('2026-11-20'), new Date('2026-11-21')]
  const access = accessFrom({
    memberships: [
      ['ada', 'admins'],
      ['ada', 'leads', 'active'],
    ],
    grants: [
      { holder: 'admins', role: 'Owner' },
      { holder: 'leads', role: 'Owner' },
    ],
  })
  const read = (admins: Date | null, leads: Date | null) =>
    explainAccess({
      ...access,
      edges: access.edges.map((edge) => ({ ...edge, readAt: edge.groupId === 'leads' ? leads : admins })),
    })[0]?.unreadSince
  expect(read(older, newer)).toEqual(newer)
  expect(read(older, null)).toBeNull()
})
