import { expect, test } from 'vitest'
import { accessFrom, SUBSCRIPTION } from '@/testing/made-access'
import { explainAccess } from './access-paths'
import { accessSummary } from './access-summary'

const summaryOf = (made: Parameters<typeof accessFrom>[0], isPast = false) => {
  const access = accessFrom(made)
  return accessSummary(access, explainAccess(access), isPast)
}

test('the strongest role is told with its place and its way, and how many more there are', () => {
  const memberships = [['ada', 'Payments leads']] as const
  const owner = { holder: 'Payments leads', role: 'Owner' }
  expect(summaryOf({ memberships, grants: [owner] })).toMatch(
    /^Holds Owner at subscription .+ through Payments leads\.$/,
  )
  expect(summaryOf({ memberships, grants: [owner, { holder: 'ada', role: 'Owner' }] })).toMatch(
    / directly and 1 more way\.$/,
  )
  expect(summaryOf({ memberships, grants: [owner, { holder: 'ada', role: 'Reader' }] })).toMatch(
    / through Payments leads, and 1 more role\.$/,
  )
})

test('of equally strong roles the one at the widest scope is told', () => {
  const group = { scope: `/subscriptions/${SUBSCRIPTION}/resourceGroups/rg`, level: 'resource_group' as const }
  const grants = [
    { holder: 'ada', role: 'Auditor', ...group },
    { holder: 'ada', role: 'Reader' },
  ]
  expect(summaryOf({ memberships: [], grants })).toMatch(/^Holds Reader at subscription .+, and 1 more role\.$/)
})

test('a stronger role that could be activated is told beside what is held, and alone where nothing is held', () => {
  const grants = [
    { holder: 'ada', role: 'Reader' },
    { holder: 'ada', role: 'Owner', kind: 'eligible' as const },
  ]
  expect(summaryOf({ memberships: [], grants })).toMatch(
    /^Holds Reader at .+ directly; can activate Owner at subscription /,
  )
  expect(summaryOf({ memberships: [], grants: grants.slice(1) })).toMatch(
    /^Holds no role now, and can activate Owner at subscription /,
  )
  expect(summaryOf({ memberships: [], grants: grants.slice(1) }, true)).toMatch(
    /^Held no role, and could activate Owner at subscription /,
  )
})

test('nothing is said of somebody without a role', () => {
  expect(summaryOf({ memberships: [], grants: [] })).toBeNull()
})
