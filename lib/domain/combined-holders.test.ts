import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { AccessOfNode, GroupMember, HolderFacts, ReadGroup, Summary } from './access'
import { bitOf, combineSignals, HIDING, showsAnywhere } from './combined-holders'
import { NO_AGES } from './group-coverage'
import { summariseHolders } from './holders'
import {
  ASSIGNMENT_KINDS,
  PRINCIPAL_KINDS,
  PRINCIPAL_STATUSES,
  type ScopeLevel,
  SIGNALS,
  type Signal,
} from './vocabulary'

/** What is shown of somebody with these signals at each node. */
const shownOf = (nodes: Signal[][], eligibleRead = true): Signal[] => {
  const mask = combineSignals(
    nodes.map((signals) => bitOf(...signals)),
    eligibleRead,
  )
  return SIGNALS.filter((signal) => mask & bitOf(signal))
}

test('each signal has a bit of its own, in the order of the vocabulary', () => {
  expect(SIGNALS.map((signal) => bitOf(signal))).toEqual(SIGNALS.map((_, place) => 2 ** place))
  expect(bitOf()).toBe(0)
  expect(bitOf('can_grant', 'gone')).toBe(bitOf('can_grant') + bitOf('gone'))
})

describe('of somebody with access at several nodes', () => {
  test('a signal of one node is shown', () => {
    expect(shownOf([['guest_writes'], [], ['at_root']])).toEqual(['guest_writes', 'at_root'])
    expect(shownOf([[], []])).toEqual([])
  })

  test('being able to grant access to all of the subscription hides that they could, or can below it', () => {
    expect(shownOf([['could_grant'], ['can_grant']])).toEqual(['can_grant'])
    expect(shownOf([['can_grant_below'], ['could_grant'], ['can_grant']])).toEqual(['can_grant'])
    expect(shownOf([['can_grant', 'can_grant_below', 'could_grant']])).toEqual(['can_grant'])
  })

  test('being able to grant access below the subscription hides that they could', () => {
    expect(shownOf([['could_grant'], ['can_grant_below']])).toEqual(['can_grant_below'])
    expect(shownOf([['could_grant'], ['could_grant']])).toEqual(['could_grant'])
  })

  test('a role is called permanent only where it is known which roles are eligible', () => {
    expect(shownOf([['standing_privileged', 'at_root']], true)).toEqual(['standing_privileged', 'at_root'])
    expect(shownOf([['standing_privileged', 'at_root']], false)).toEqual(['at_root'])
  })

  test('who was read now at one node is not called unread', () => {
    expect(shownOf([['not_read', 'can_grant'], []])).toEqual(['can_grant'])
    expect(shownOf([['at_root'], ['not_read']])).toEqual(['at_root'])
  })

  test('nothing is claimed of whom nothing could be read now, but that', () => {
    expect(shownOf([['not_read', 'can_grant', 'standing_privileged']])).toEqual(['not_read'])
    expect(
      shownOf(
        [
          ['not_read', 'at_root'],
          ['not_read', 'gone'],
        ],
        false,
      ),
    ).toEqual(['not_read'])
  })
})

const anySignals = fc.subarray([...SIGNALS])
const anyNodes = fc.array(anySignals, { minLength: 1, maxLength: 5 })

test('what is shown does not depend on how the nodes are ordered, nor on how often one is counted', () => {
  fc.assert(
    fc.property(anyNodes, fc.boolean(), (nodes, eligibleRead) => {
      expect(shownOf([...nodes].reverse(), eligibleRead)).toEqual(shownOf(nodes, eligibleRead))
      expect(shownOf([...nodes, ...nodes], eligibleRead)).toEqual(shownOf(nodes, eligibleRead))
    }),
  )
})

test('whatever is shown is stored at some node', () => {
  fc.assert(
    fc.property(anyNodes, fc.boolean(), (nodes, eligibleRead) => {
      for (const signal of shownOf(nodes, eligibleRead)) expect(nodes.flat()).toContain(signal)
    }),
  )
})

test('a signal that shows anywhere is shown of everybody who has it at a node, unless nothing of them was read now', () => {
  fc.assert(
    fc.property(anyNodes, fc.boolean(), (nodes, eligibleRead) => {
      fc.pre(!nodes.every((signals) => signals.includes('not_read')))
      const shown = shownOf(nodes, eligibleRead)
      for (const signal of nodes.flat().filter(showsAnywhere)) expect(shown).toContain(signal)
    }),
  )
})

test('signals that are hidden, or that depend on the reading, do not show anywhere', () => {
  const not = SIGNALS.filter((signal) => !showsAnywhere(signal))
  expect(not.sort()).toEqual(
    [...new Set(HIDING.flatMap(({ hides }) => hides)), 'standing_privileged', 'not_read'].sort(),
  )
})

const NODES = {
  '/': 'root',
  '/providers/Microsoft.Management/managementGroups/corp': 'management_group',
  '/subscriptions/s': 'subscription',
  '/subscriptions/s/resourceGroups/rg': 'resource_group',
} as const satisfies Record<string, ScopeLevel>
type Scope = keyof typeof NODES

/** What lies below a subscription is kept at the subscription. */
const nodeOf = (scope: Scope) => scope.replace(/\/resourceGroups\/.*/, '')

const ROLES: AccessOfNode['roles'] = new Map([
  ['Owner', { privilege: 'grants_access', privileged: true, ownerEquivalent: false }],
  ['Our Owner', { privilege: 'grants_access', privileged: true, ownerEquivalent: true }],
  ['Contributor', { privilege: 'writes', privileged: true, ownerEquivalent: false }],
  ['Reader', { privilege: 'reads', privileged: false, ownerEquivalent: false }],
])
const anyKind = fc.constantFrom(...ASSIGNMENT_KINDS)
const anyTime = fc.constantFrom(null, new Date('2026-11-01'))
const anyAssignment = fc.record({
  principalId: fc.constantFrom('ada', 'bo', 'team', 'crew'),
  roleId: fc.constantFrom(...ROLES.keys(), 'Unreadable'),
  scope: fc.constantFrom(...(Object.keys(NODES) as Scope[])),
  kind: anyKind,
  endsAt: anyTime,
  readAt: anyTime,
})
const anyMembers = fc.array(
  fc.record({ id: fc.constantFrom('ada', 'bo'), membership: anyKind, endsAt: fc.constant(null), readAt: anyTime }),
  { maxLength: 3 },
)
const anyPerson = fc.record({
  kind: fc.constantFrom(...PRINCIPAL_KINDS.filter((kind) => kind !== 'group')),
  status: fc.constantFrom(...PRINCIPAL_STATUSES),
  guest: fc.constantFrom(null, true, false),
  variety: fc.constant(null),
})

const memberOf = (given: Omit<GroupMember, 'kind' | 'agent'>): GroupMember => ({ ...given, kind: 'user', agent: false })
const groupOf = (id: string, members: GroupMember[]): ReadGroup => ({
  ...{ id, state: 'whole', members, owners: [], ages: NO_AGES },
})

test('what several nodes say of somebody together is what one node with all of it would say', () => {
  fc.assert(
    fc.property(
      fc.array(anyAssignment, { maxLength: 8 }),
      fc.tuple(anyMembers, anyMembers),
      fc.tuple(anyPerson, anyPerson),
      fc.boolean(),
      (held, [team, crew], [ada, bo], eligibleRead) => {
        const group: HolderFacts = { kind: 'group', status: 'active', guest: null, variety: null }
        const access = {
          roles: ROLES,
          groups: new Map([
            ['team', groupOf('team', team.map(memberOf))],
            ['crew', groupOf('crew', crew.map(memberOf))],
          ]),
          sizes: new Map([
            ['team', 1000],
            ['crew', 2],
          ]),
          principals: new Map<string, HolderFacts>(Object.entries({ ada, bo, team: group, crew: group })),
        }
        const assignments = held.map((one) => ({ ...one, scopeLevel: NODES[one.scope] }))
        const whole = [...summariseHolders({ ...access, assignments })]
        const byNode = [...Map.groupBy(assignments, ({ scope }) => nodeOf(scope)).values()]
        const parts = byNode.flatMap((own) => [...summariseHolders({ ...access, assignments: own })])

        expect(new Set(parts.map(({ principalId }) => principalId))).toEqual(
          new Set(whole.map(({ principalId }) => principalId)),
        )
        for (const { principalId, summary, signals } of whole) {
          const own = parts.filter((part) => part.principalId === principalId)
          const sum = (of: (one: Summary) => number) => own.reduce((total, part) => total + of(part.summary), 0)
          expect(
            combineSignals(
              own.map((part) => part.signals),
              eligibleRead,
            ),
          ).toBe(combineSignals([signals], eligibleRead))
          expect(Math.min(...own.map((part) => part.summary.rank))).toBe(summary.rank)
          expect(sum(({ grants }) => grants)).toBe(summary.grants)
          expect(sum(({ direct }) => direct)).toBe(summary.direct)
          expect(sum(({ eligible }) => eligible)).toBe(summary.eligible)
          const all = (of: (one: Summary) => string[]) => [...new Set(own.flatMap((part) => of(part.summary)))].sort()
          expect(all(({ heldRoles }) => heldRoles)).toEqual(summary.heldRoles)
          expect(all(({ eligibleRoles }) => eligibleRoles)).toEqual(summary.eligibleRoles)
          expect(all(({ groupIds }) => groupIds)).toEqual(summary.groupIds)
        }
      },
    ),
    { numRuns: 500 },
  )
})
