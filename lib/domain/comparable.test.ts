import { expect, test } from 'vitest'
import { findIncomparable, listUneven } from './comparable'
import { type CoverageLine, DATASETS, type Dataset } from './vocabulary'

type Lines = Partial<Record<Dataset, Partial<CoverageLine>>>

/** A coverage that is whole but for these lines. */
const coverage = (lines: Lines = {}): CoverageLine[] =>
  DATASETS.map((dataset) => ({ dataset, state: 'whole', read: 3, missing: 0, ...lines[dataset] }))

const REFUSED = { state: 'not_permitted', read: 0 } as const
const KEPT = { ...REFUSED, kept: 2, keptSince: '2026-03-01T12:00:00.000Z' }
const COMPARABLE = {
  assignments: false,
  eligible: false,
  delegations: false,
  activatedMembers: false,
  services: { from: false, to: false },
  eligibleMembers: { from: false, to: false },
}

test('two results that were read whole can be compared in everything', () => {
  expect(findIncomparable(coverage(), coverage())).toEqual(COMPARABLE)
  expect(listUneven(coverage(), coverage())).toEqual([])
})

test('a list that one result alone was refused hides what may have been in it', () => {
  const refused = coverage({ eligible: REFUSED, services_in_groups: REFUSED, eligible_members: REFUSED })
  expect(findIncomparable(refused, coverage())).toEqual({
    ...COMPARABLE,
    eligible: true,
    services: { from: true, to: false },
    eligibleMembers: { from: true, to: false },
  })
})

test('a list that neither was shown says the same of both, unless an earlier reading stands in for it', () => {
  const closed = coverage({ services_in_groups: REFUSED, activated_members: { state: 'not_asked' } })
  expect(findIncomparable(closed, closed)).toEqual(COMPARABLE)
  const kept = coverage({ services_in_groups: KEPT })
  expect(findIncomparable(kept, closed)).toMatchObject({ services: { from: true, to: true }, activatedMembers: true })
})

test('who is eligible is not compared when either result does not know it, even if neither does', () => {
  const refused = coverage({ eligible: KEPT, delegations: KEPT })
  expect(findIncomparable(refused, refused)).toMatchObject({ eligible: true, delegations: true })
})

test('the same assignments that could not be understood hide nothing new, others may', () => {
  const odd = (...ids: string[]) => coverage({ assignments: { state: 'partly', missing: ids.length, odd: ids } })
  expect(findIncomparable(odd('a', 'b'), odd('b', 'a'))).toMatchObject({ assignments: false })
  expect(findIncomparable(odd('a'), odd('a', 'b'))).toMatchObject({ assignments: true })
  expect(findIncomparable(odd('a'), coverage())).toMatchObject({ assignments: true })
})

test('lists that decide who has what are told where they were not read whole', () => {
  const refused = coverage({ eligible: { ...REFUSED, missing: 4 }, sign_ins: REFUSED })
  expect(listUneven(refused, coverage())).toEqual([
    { title: 'Eligible and time-bound roles', from: 'not permitted, 4 not read', to: 'read whole, 3' },
  ])
})
