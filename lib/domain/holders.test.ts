import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Access, HeldAssignment, PrincipalFacts, ReadGroup, RoleDefinition } from './access'
import { LARGE_GROUP, nestingOf, reachOf, summariseHolders } from './holders'
import { type AssignmentKind, type PrincipalKind, type PrincipalStatus, SIGNALS } from './vocabulary'

const ROLES = {
  Owner: { privilege: 'grants_access', privileged: true },
  Contributor: { privilege: 'writes', privileged: true },
  'Blob Contributor': { privilege: 'writes_data', privileged: false },
  Reader: { privilege: 'reads', privileged: false },
  'Our Owner': { privilege: 'grants_access', privileged: true, custom: true, ownerEquivalent: true },
} as const

type Given = {
  to: string
  role: keyof typeof ROLES | 'Unreadable'
  scope?: string
  kind?: AssignmentKind
  endsAt?: Date
  principalKind?: PrincipalKind
}

const roles: RoleDefinition[] = Object.entries(ROLES).map(([id, role]) => ({
  id,
  name: id,
  custom: false,
  description: null,
  ownerEquivalent: false,
  permissions: [],
  ...role,
}))

function facts(id: string, given: Partial<PrincipalFacts> = {}): PrincipalFacts {
  return {
    id,
    kind: 'user',
    name: id,
    email: null,
    userPrincipalName: null,
    guest: false,
    status: 'active',
    variety: null,
    lastSignInAt: null,
    ...given,
  }
}

function assignment(given: Given, index: number): HeldAssignment {
  const { to, role, scope = '/subscriptions/s', kind = 'active', endsAt = null, principalKind = 'user' } = given
  return {
    id: `a${index}`,
    key: `${scope} a${index}`,
    principalId: to,
    principalKind,
    roleId: role,
    scope,
    scopeLevel: scope.includes('/resourceGroups/') ? 'resource_group' : 'subscription',
    kind,
    startsAt: null,
    endsAt,
    condition: null,
    createdOn: null,
    createdBy: null,
  }
}

type World = {
  held: Given[]
  groups?: Record<string, string[]>
  who?: Record<string, Partial<PrincipalFacts>>
  eligibleRead?: boolean
}

/** Sums up a small world; everyone named in it is a person, unless `who` says otherwise. */
function summarised({ held, groups = {}, who = {}, eligibleRead = true }: World) {
  const read = new Map<string, ReadGroup>(
    Object.entries(groups).map(([id, members]) => [
      id,
      { id, state: 'whole', members: members.map((member) => ({ id: member, kind: 'user' as const })) },
    ]),
  )
  const ids = new Set([...held.map(({ to }) => to), ...Object.values(groups).flat()])
  const access: Omit<Access, 'summarised'> = {
    subscription: { id: 's', name: 'S', state: 'Enabled', tenantId: 't' },
    assignments: held.map((given, index) =>
      assignment({ ...given, principalKind: read.has(given.to) ? 'group' : given.principalKind }, index),
    ),
    roles,
    denies: [],
    managementGroups: null,
    groups: read,
    roots: [...read.keys()],
    sizes: new Map([...read].map(([id, { members }]) => [id, members.length])),
    principals: new Map([...ids].map((id) => [id, facts(id, { kind: read.has(id) ? 'group' : 'user', ...who[id] })])),
    eligibleRead,
    coverage: [],
    plan: { way: 'none', predicted: 0, made: 0, why: { reason: 'no_groups' } },
  }
  const { holders, signals, roleCounts } = summariseHolders(access)
  const of = (id: string) => {
    const found = holders.find(({ principalId }) => principalId === id)
    if (!found) throw new Error(`${id} holds nothing.`)
    return { ...found, signals: SIGNALS.filter((_, bit) => found.signals & (1 << bit)) }
  }
  return { holders, signals, roleCounts, of }
}

test('of everything somebody has, the strongest held role is shown, and the group it comes through', () => {
  const { of } = summarised({
    held: [
      { to: 'ada', role: 'Reader' },
      { to: 'team', role: 'Contributor', scope: '/subscriptions/s/resourceGroups/rg' },
      { to: 'team', role: 'Reader' },
    ],
    groups: { team: ['ada'] },
  })
  expect(of('ada').summary).toMatchObject({
    shown: { roleId: 'Contributor', scope: '/subscriptions/s/resourceGroups/rg' },
    groupId: 'team',
    grants: 2, // Reader at the subscription is one, though it is held twice
    direct: 1,
    groups: 1,
    eligible: 0,
  })
})

test('an eligible role is never shown in place of a held one, but is named when it is stronger', () => {
  const { of } = summarised({
    held: [
      { to: 'ada', role: 'Reader' },
      { to: 'ada', role: 'Owner', kind: 'eligible' },
      { to: 'bo', role: 'Reader', kind: 'eligible' },
      { to: 'cy', role: 'Owner' },
      { to: 'cy', role: 'Contributor', kind: 'eligible' },
    ],
  })
  expect(of('ada').summary).toMatchObject({ shown: { roleId: 'Reader' }, eligibleBetter: { roleId: 'Owner' } })
  expect(of('bo').summary).toMatchObject({ shown: { roleId: 'Reader', kind: 'eligible' }, eligibleBetter: null })
  expect(of('cy').summary).toMatchObject({ shown: { roleId: 'Owner' }, eligibleBetter: null, eligible: 1 })
})

test('people in the same groups have the same summary, and signals of their own', () => {
  const members = Array.from({ length: 30 }, (_, index) => `p${index}`)
  const { of, holders, roleCounts } = summarised({
    held: [{ to: 'team', role: 'Owner' }],
    groups: { team: members },
    who: { p1: { status: 'disabled' }, p2: { guest: true } },
  })
  expect(holders).toHaveLength(31)
  expect(new Set(members.map((id) => JSON.stringify(of(id).summary))).size).toBe(1)
  expect(of('p1').signals).toContain('gone')
  expect(of('p2').signals).toContain('guest_writes')
  expect(roleCounts).toEqual({ Owner: { people: 30, others: 1, eligible: 0 } })
})

const signalsOf = (world: World, id = 'ada') => summarised(world).of(id).signals

test('whoever can grant access is signalled, also through a group or by an eligible role', () => {
  expect(signalsOf({ held: [{ to: 'ada', role: 'Owner' }] })).toContain('can_grant')
  expect(signalsOf({ held: [{ to: 'team', role: 'Owner' }], groups: { team: ['ada'] } })).toContain('can_grant')
  expect(signalsOf({ held: [{ to: 'ada', role: 'Owner', kind: 'eligible' }] })).toContain('can_grant')
  expect(signalsOf({ held: [{ to: 'ada', role: 'Contributor' }] })).not.toContain('can_grant')
})

test.each(['Owner', 'Contributor', 'Blob Contributor'] as const)(
  'a guest with %s is signalled as a guest who writes',
  (role) => {
    const held = [{ to: 'ada', role }]
    expect(signalsOf({ held, who: { ada: { guest: true } } })).toContain('guest_writes')
    expect(signalsOf({ held })).not.toContain('guest_writes')
    expect(signalsOf({ held: [{ to: 'ada', role: 'Reader' }], who: { ada: { guest: true } } })).not.toContain(
      'guest_writes',
    )
  },
)

test.each(['disabled', 'deleted', 'not_found'] satisfies PrincipalStatus[])(
  'a person who is %s and has a role is signalled as gone',
  (status) => {
    expect(signalsOf({ held: [{ to: 'ada', role: 'Reader' }], who: { ada: { status } } })).toContain('gone')
  },
)

test('a privileged role without an end is signalled, where eligible roles could be read', () => {
  const held = [{ to: 'ada', role: 'Contributor' as const }]
  expect(signalsOf({ held })).toContain('standing_privileged')
  expect(signalsOf({ held, eligibleRead: false })).not.toContain('standing_privileged')
  expect(signalsOf({ held: [{ to: 'ada', role: 'Contributor', kind: 'activated' }] })).not.toContain(
    'standing_privileged',
  )
  expect(signalsOf({ held: [{ to: 'ada', role: 'Contributor', endsAt: new Date() }] })).not.toContain(
    'standing_privileged',
  )
  expect(signalsOf({ held: [{ to: 'ada', role: 'Reader' }] })).not.toContain('standing_privileged')
})

test('a direct role is signalled when a group holds the same role at the same scope and of the same kind', () => {
  const groups = { team: ['bo'] }
  const direct: Given = { to: 'ada', role: 'Reader' }
  expect(signalsOf({ held: [direct, { to: 'team', role: 'Reader' }], groups })).toContain('direct_despite_group')
  for (const other of [
    { to: 'team', role: 'Reader', scope: '/subscriptions/s/resourceGroups/rg' },
    { to: 'team', role: 'Reader', kind: 'eligible' },
    { to: 'team', role: 'Owner' },
  ] satisfies Given[])
    expect(signalsOf({ held: [direct, other], groups })).not.toContain('direct_despite_group')
})

test('a role through a group is signalled when the group has more members than the stated size', () => {
  const members = (count: number) => ['ada', ...Array.from({ length: count - 1 }, (_, index) => `p${index}`)]
  const held = [{ to: 'team', role: 'Reader' as const }]
  expect(signalsOf({ held, groups: { team: members(LARGE_GROUP) } })).not.toContain('large_group')
  expect(signalsOf({ held, groups: { team: members(LARGE_GROUP + 1) } })).toContain('large_group')
})

test('a custom role that amounts to Owner is signalled', () => {
  expect(signalsOf({ held: [{ to: 'ada', role: 'Our Owner' }] })).toContain('custom_owner')
  expect(signalsOf({ held: [{ to: 'ada', role: 'Owner' }] })).not.toContain('custom_owner')
})

test('whatever the directory does not know is signalled as an orphan, except identities of Microsoft’s platform', () => {
  const held = [{ to: 'app', role: 'Owner' as const, principalKind: 'service_principal' as const }]
  const app = { kind: 'service_principal', status: 'not_found' } as const
  expect(signalsOf({ held, who: { app } }, 'app')).toEqual(['orphan'])
  expect(signalsOf({ held, who: { app: { ...app, variety: 'platform' } } }, 'app')).toEqual([])
  expect(signalsOf({ held, who: { app: { ...app, status: 'active' } } }, 'app')).toEqual([])
})

test('a role that could not be read counts as the weakest and gives no signal', () => {
  const { of } = summarised({ held: [{ to: 'ada', role: 'Unreadable' }] })
  expect(of('ada')).toMatchObject({ summary: { shown: { roleId: 'Unreadable', strength: 6 } }, signals: [] })
})

test('roles are counted for people and for others, and separately for people who can only activate them', () => {
  const { roleCounts, signals } = summarised({
    held: [
      { to: 'ada', role: 'Owner' },
      { to: 'ada', role: 'Owner', kind: 'eligible', scope: '/subscriptions/s/resourceGroups/rg' },
      { to: 'bo', role: 'Owner', kind: 'eligible' },
      { to: 'app', role: 'Owner', principalKind: 'service_principal' },
    ],
    who: { app: { kind: 'service_principal' } },
  })
  expect(roleCounts).toEqual({ Owner: { people: 1, others: 1, eligible: 1 } })
  expect(signals).toMatchObject({ can_grant: 2 })
})

const GROUPS = ['g1', 'g2', 'g3', 'g4', 'g5']
const PEOPLE = ['ada', 'bo', 'cy', 'di']

/** Groups with any members, rings and members of themselves included; some are missing, as if they were never read. */
const directory = fc
  .record(
    Object.fromEntries(GROUPS.map((id) => [id, fc.option(fc.uniqueArray(fc.constantFrom(...GROUPS, ...PEOPLE)))])),
  )
  .map((members) => {
    const groups = new Map<string, ReadGroup>()
    for (const [id, list] of Object.entries(members)) {
      if (list === null) continue
      const ofKind = list.map((member) => ({ id: member, kind: GROUPS.includes(member) ? 'group' : 'user' }) as const)
      groups.set(id, { id, state: 'whole', members: ofKind })
    }
    return groups
  })

/** Length in groups of the shortest way between two, by trying ever longer ways; null when there is none. */
function shortest(groups: Map<string, ReadGroup>, from: string, to: string): number | null {
  let ends = [from]
  for (let length = 0; length <= GROUPS.length; length++) {
    if (ends.includes(to)) return length
    ends = ends.flatMap((id) =>
      (groups.get(id)?.members ?? []).filter(({ kind }) => kind === 'group').map(({ id }) => id),
    )
    ends = [...new Set(ends)]
  }
  return null
}

test('the groups inside a group are those that any nesting leads to, each at its shortest distance', () => {
  fc.assert(
    fc.property(directory, (groups) => {
      const expected = GROUPS.flatMap((id) => {
        const length = shortest(groups, 'g1', id)
        return length === null ? [] : [[id, length]]
      })
      expect([...nestingOf(groups, 'g1')].sort()).toEqual(expected.sort())
    }),
  )
})

test('a group reaches the direct members of all groups inside it', () => {
  fc.assert(
    fc.property(directory, (groups) => {
      const expected = PEOPLE.filter((person) =>
        GROUPS.some(
          (id) => shortest(groups, 'g1', id) !== null && groups.get(id)?.members.some((member) => member.id === person),
        ),
      )
      expect([...reachOf(groups, 'g1')].sort()).toEqual(expected)
    }),
  )
})
