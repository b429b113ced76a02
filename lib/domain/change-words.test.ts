import { expect, test } from 'vitest'
import { causeWords, effectWords, type ToldChange, type ToldEffect } from './change-words'

const change = (more: Partial<ToldChange> = {}): ToldChange => ({
  ...{ cause: 'assignment', turn: 'begun', kind: 'active', through: null, byId: null, byName: null, detail: {} },
  ...{ principalId: 'p', principalName: 'Ada', groupId: null, groupName: null, roleId: 'r', roleName: 'Owner' },
  ...more,
})
const effect = (more: Partial<ToldEffect> = {}): ToldEffect => ({
  ...{
    effect: 'gained',
    people: 1,
    others: 0,
    soleId: null,
    soleName: null,
    grants: 1,
    roleId: 'r',
    roleName: 'Owner',
    eligible: false,
  },
  ...{
    scope: '/subscriptions/s',
    scopeLevel: 'subscription',
    connections: { count: 1, first: [{ name: 'Payments' }] },
  },
  ...more,
})
const above = {
  scope: '/providers/Microsoft.Management/managementGroups/Corp',
  scopeLevel: 'management_group',
} as const
const inherited = { ...above, connections: { count: 100, first: [{ name: 'Payments' }] } }

test.each([
  [change(), effect(), 'Ada gained Owner of Payments'],
  [change(), effect({ grants: 3 }), 'Ada gained Owner and 2 more grants of Payments'],
  [change(), effect({ effect: 'lost', eligible: true }), 'Ada can no longer activate Owner of Payments'],
  [change(), effect({ people: 12, grants: 12 }), '12 people gained Owner of Payments'],
  [change(), effect({ people: 12, grants: 20 }), '12 people gained roles, the strongest of them Owner, of Payments'],
  [change(), effect({ people: 0, others: 2, grants: 2 }), '2 principals that are not people gained Owner of Payments'],
  [change({ cause: 'person' }), effect({ effect: 'altered' }), 'Ada still holds Owner of Payments'],
  [
    change({ cause: 'group', principalId: null, groupId: 'g', groupName: 'Operators' }),
    effect({ effect: 'lost', soleId: 'p', soleName: 'Ada' }),
    'Ada lost Owner of Payments',
  ],
  [change({ principalName: 'Operators' }), effect({ soleId: 'p', soleName: null }), 'p gained Owner of Payments'],
  [
    change(),
    effect({ ...inherited, effect: 'lost' }),
    'Ada lost Owner of the management group Corp, inherited by 100 subscriptions',
  ],
  [
    change({ cause: 'move', principalId: null }),
    effect({ ...above, people: 0, grants: 2 }),
    'Only groups gained Owner of the management group Corp, inherited by Payments',
  ],
  [
    change({ cause: 'reading', principalId: null }),
    effect({ effect: 'seen', people: 3, others: 1, grants: 4 }),
    '3 people and 1 other principal were first seen to hold roles, the strongest of them Owner, of Payments',
  ],
])('what a change did is said so that it is true of everyone it counts (%#)', (one, did, says) => {
  expect(effectWords(one, did)).toBe(says)
})

const member = { cause: 'membership', groupId: 'g', groupName: 'Operators' } as const

test.each([
  [change({ byName: 'Bo' }), 'Bo assigned it to Ada.'],
  [
    change({ ...member, through: { id: 'o', name: 'Platform' } }),
    'Ada was added to Operators, which lies in Platform.',
  ],
  [change({ ...member, kind: 'activated' }), 'Ada activated a membership of Operators.'],
  [change({ ...member, kind: 'activated', turn: 'ended' }), 'The activated membership of Ada in Operators ended.'],
  [
    change({ cause: 'person', detail: { status: { before: 'deleted', after: 'disabled' } } }),
    'The account of Ada was restored, and is disabled.',
  ],
  [
    change({
      cause: 'eligibility',
      turn: 'changed',
      detail: { endsAt: { before: '2026-01-01T00:00:00Z', after: null } },
    }),
    'The eligibility goes on, but it no longer has an end.',
  ],
  [
    change({ cause: 'move', detail: { left: ['/providers/x/y/A'], joined: ['/providers/x/y/B'] } }),
    'The subscription was moved: no longer below A, but now below B.',
  ],
  [
    change({ cause: 'reading', groupId: 'g', groupName: 'Operators', detail: { list: 'groups' } }),
    'The members of Operators could be read for the first time, or are read in another way now. Whether anybody joined or left meanwhile is not known.',
  ],
])('why it happened is one sentence, and a reading claims nothing (%#)', (one, says) => {
  expect(causeWords(one)).toBe(says)
})
