import { expect, test } from 'vitest'
import { reachSentence } from './reach-sentence'

const role = (connectionLabel: string, privilege: 'grants_access' | 'writes' | 'reads' | null, more = {}) => ({
  connectionId: connectionLabel,
  connectionLabel,
  kind: 'active' as const,
  privilege,
  level: 'subscription' as const,
  ...more,
})

test('the strongest role of each subscription counts, and subscriptions of one strength are told together', () => {
  expect(
    reachSentence([
      role('Production', 'reads'),
      role('Production', 'grants_access'),
      role('Staging', 'writes'),
      role('Development', 'writes', { level: 'management_group' }),
    ]),
  ).toBe('Roles let this person grant access in Production and write in Staging and Development.')
})

test('a role in a part of a subscription is not told as one over all of it', () => {
  const part = { level: 'resource_group' }
  expect(reachSentence([role('Production', 'writes', part), role('Production', 'reads')])).toBe(
    'Roles let this person write in a part of Production.',
  )
  expect(reachSentence([role('Production', 'writes', part), role('Production', 'writes')])).toBe(
    'Roles let this person write in Production.',
  )
})

test('what could be activated is told where it is more than what is held', () => {
  const eligible = { kind: 'eligible' }
  expect(reachSentence([role('Production', 'reads'), role('Production', 'grants_access', eligible)])).toBe(
    'Roles let this person read in Production; once one is activated, grant access in Production.',
  )
  expect(reachSentence([role('Production', 'writes'), role('Production', 'reads', eligible)])).toBe(
    'Roles let this person write in Production.',
  )
  expect(reachSentence([role('Production', 'writes', eligible)])).toBe(
    'Roles let this person do nothing now; once one is activated, write in Production.',
  )
})

test('of many subscriptions three are named, and roles that could not be read are told apart', () => {
  const many = ['A', 'B', 'C', 'D', 'E'].map((label) => role(label, 'reads'))
  expect(reachSentence([...many, role('F', null)])).toBe(
    'Roles let this person read in A, B, C and 2 more and do what a role allows that could not be read in F.',
  )
  expect(reachSentence([])).toBeNull()
})
