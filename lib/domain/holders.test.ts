import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { AccessOfNode, GroupMember, HolderFacts, ReadGroup } from './access'
import { combineSignals } from './combined-holders'
import { NO_AGES } from './group-coverage'
import { LARGE_GROUP, nestingOf, reachOf, summariseHolders } from './holders'
import {
  type AssignmentKind,
  type PrincipalKind,
  type PrincipalStatus,
  type ScopeLevel,
  SIGNALS,
  weakestKind,
} from './vocabulary'

const EARLIER = new Date('2026-11-01')

const ROLES = {
  Owner: { privilege: 'grants_access', privileged: true },
  Contributor: { privilege: 'writes', privileged: true },
  'Blob Contributor': { privilege: 'writes_data', privileged: false },
  Reader: { privilege: 'reads', privileged: false },
  'Our Owner': { privilege: 'grants_access', privileged: true, ownerEquivalent: true },
} as const

type Given = {
  to: string
  role: keyof typeof ROLES | 'Unreadable'
  scope?: string
  kind?: AssignmentKind
  endsAt?: Date
  readAt?: Date
}

const roles: AccessOfNode['roles'] = new Map(
  Object.entries(ROLES).map(([id, role]) => [id, { ownerEquivalent: false, ...role }]),
)

const facts = (given: Partial<HolderFacts> = {}): HolderFacts => ({
  ...{ kind: 'user', status: 'active', guest: false, variety: null },
  ...given,
})

function levelOf(scope: string): ScopeLevel {
  if (scope === '/') return 'root'
  if (scope.includes('/managementGroups/')) return 'management_group'
  return scope.includes('/resourceGroups/') ? 'resource_group' : 'subscription'
}

const assignment = ({ to, role, scope = '/subscriptions/s', kind = 'active', endsAt, readAt }: Given) => ({
  ...{ principalId: to, roleId: role, scope, scopeLevel: levelOf(scope), kind },
  ...{ endsAt: endsAt ?? null, readAt: readAt ?? null },
})

const memberOf = (id: string, more: Partial<GroupMember> = {}): GroupMember => ({
  ...{ id, kind: 'user', agent: false, membership: 'active', endsAt: null, readAt: null },
  ...more,
})

const groupOf = (id: string, members: GroupMember[]): ReadGroup => ({
  id,
  state: 'whole',
  members,
  owners: [],
  ages: NO_AGES,
})

type World = {
  held: Given[]
  groups?: Record<string, string[]>
  who?: Record<string, Partial<HolderFacts>>
  /** Groups with more than plain members. */
  read?: Map<string, ReadGroup>
}

const namesOf = (mask: number) => SIGNALS.filter((_, bit) => mask & (1 << bit))

/** Sums up a small world; everyone named in it is a person, unless `who` says otherwise. */
function summarised({ held, groups = {}, who = {}, read: given }: World) {
  const made = new Map<string, ReadGroup>(
    Object.entries(groups).map(([id, members]) => [
      id,
      groupOf(
        id,
        members.map((member) => memberOf(member)),
      ),
    ]),
  )
  const read = given ?? made
  const ids = new Set([
    ...held.map(({ to }) => to),
    ...[...read.values()].flatMap(({ members }) => members.map(({ id }) => id)),
  ])
  const holders = [
    ...summariseHolders({
      assignments: held.map(assignment),
      roles,
      groups: read,
      sizes: new Map([...read].map(([id, { members }]) => [id, members.length])),
      principals: new Map([...ids].map((id) => [id, facts({ kind: read.has(id) ? 'group' : 'user', ...who[id] })])),
    }),
  ]
  const of = (id: string) => {
    const found = holders.find(({ principalId }) => principalId === id)
    if (!found) throw new Error(`${id} holds nothing.`)
    const { signals: stored, ...rest } = found
    // What is shown of somebody whose access is at this node alone.
    return { ...rest, stored: namesOf(stored), signals: namesOf(combineSignals([stored], true)) }
  }
  return { holders, of }
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
    groupIds: ['team'],
    eligible: 0,
  })
})

test('an eligible role is never shown in place of a held one, and the strongest of them is named beside it', () => {
  const { of } = summarised({
    held: [
      { to: 'ada', role: 'Reader' },
      { to: 'ada', role: 'Owner', kind: 'eligible' },
      { to: 'bo', role: 'Reader', kind: 'eligible' },
      { to: 'cy', role: 'Owner' },
      { to: 'cy', role: 'Contributor', kind: 'eligible' },
      { to: 'di', role: 'Owner' },
    ],
  })
  expect(of('ada').summary).toMatchObject({ shown: { roleId: 'Reader' }, eligibleBest: { roleId: 'Owner' } })
  expect(of('ada').summary).toMatchObject({ heldRoles: ['Reader'], eligibleRoles: ['Owner'], eligible: 1 })
  expect(of('bo').summary).toMatchObject({
    shown: { roleId: 'Reader', kind: 'eligible' },
    eligibleBest: { roleId: 'Reader' },
    heldRoles: [],
  })
  // Whether it is stronger than anything held is only known with the grants of all nodes.
  expect(of('cy').summary).toMatchObject({ shown: { roleId: 'Owner' }, eligibleBest: { roleId: 'Contributor' } })
  expect(of('di').summary).toMatchObject({ eligibleBest: null, eligibleRoles: [] })
})

test('a grant that comes before another one in the list of somebody has the lesser rank', () => {
  const rg = '/subscriptions/s/resourceGroups/rg'
  const inOrder: (Given & { through?: boolean })[] = [
    { to: 'ada', role: 'Owner', scope: '/' },
    { to: 'ada', role: 'Owner' },
    { to: 'ada', role: 'Owner', through: true },
    { to: 'ada', role: 'Owner', readAt: EARLIER },
    { to: 'ada', role: 'Owner', scope: rg },
    { to: 'ada', role: 'Owner', kind: 'activated', scope: '/' },
    { to: 'ada', role: 'Contributor' },
    { to: 'ada', role: 'Reader' },
    { to: 'ada', role: 'Unreadable' },
    { to: 'ada', role: 'Owner', kind: 'eligible', scope: '/' },
    { to: 'ada', role: 'Reader', kind: 'eligible' },
  ]
  const summaryOf = (some: typeof inOrder) =>
    summarised({
      held: some.map(({ through, ...one }) => (through ? { ...one, to: 'team' } : one)),
      groups: { team: ['ada'] },
    }).of('ada').summary
  const ranks = inOrder.map((one) => summaryOf([one]).rank)
  expect(ranks).toEqual([...new Set(ranks)].sort((one, other) => one - other))
  // What is shown of several has the rank that it has alone.
  for (const [index, rank] of ranks.entries()) expect(summaryOf(inOrder.slice(index).reverse()).rank).toBe(rank)
})

test('people in the same groups have the same summary, and signals of their own', () => {
  const members = Array.from({ length: 30 }, (_, index) => `p${index}`)
  const { of, holders } = summarised({
    held: [{ to: 'team', role: 'Owner' }],
    groups: { team: members },
    who: { p1: { status: 'disabled' }, p2: { guest: true } },
  })
  expect(holders).toHaveLength(31)
  expect(new Set(members.map((id) => JSON.stringify(of(id).summary))).size).toBe(1)
  expect(of('p1').signals).toContain('disabled')
  expect(of('p2').signals).toContain('guest_writes')
})

const signalsOf = (world: World, id = 'ada') => summarised(world).of(id).signals

test('whoever can grant access now is told from whoever could after activating a role, and from whoever can below', () => {
  const ALL = ['can_grant', 'can_grant_below', 'could_grant']
  const grantSignals = (world: World, id?: string) => signalsOf(world, id).filter((signal) => ALL.includes(signal))
  const below = '/subscriptions/s/resourceGroups/rg'
  expect(grantSignals({ held: [{ to: 'ada', role: 'Owner' }] })).toEqual(['can_grant'])
  expect(grantSignals({ held: [{ to: 'team', role: 'Owner' }], groups: { team: ['ada'] } })).toEqual(['can_grant'])
  expect(grantSignals({ held: [{ to: 'ada', role: 'Owner', scope: below }] })).toEqual(['can_grant_below'])
  expect(grantSignals({ held: [{ to: 'ada', role: 'Owner', kind: 'eligible' }] })).toEqual(['could_grant'])
  expect(grantSignals({ held: [{ to: 'ada', role: 'Contributor' }] })).toEqual([])
})

test('who can grant access now is stored as able to after activating a role too: other nodes may show only that', () => {
  const held: Given[] = [
    { to: 'ada', role: 'Owner' },
    { to: 'ada', role: 'Owner', kind: 'eligible' },
  ]
  const { stored, signals } = summarised({ held }).of('ada')
  expect(stored).toEqual(expect.arrayContaining(['can_grant', 'could_grant']))
  expect(signals).toContain('can_grant')
  expect(signals).not.toContain('could_grant')
})

test.each(['service_principal', 'foreign_group', 'delegate', 'device', 'other'] satisfies PrincipalKind[])(
  'a %s with a role that grants access is signalled as able to grant it, as a person is',
  (kind) => {
    expect(signalsOf({ held: [{ to: 'it', role: 'Owner' }], who: { it: { kind } } }, 'it')).toContain('can_grant')
  },
)

test('a group is not signalled as able to do what its members can', () => {
  const { of } = summarised({ held: [{ to: 'team', role: 'Owner', scope: '/' }], groups: { team: ['ada'] } })
  expect(of('team').stored).toEqual([])
  expect(of('ada').stored).toEqual(expect.arrayContaining(['can_grant', 'at_root']))
})

test.each(['disabled', 'deleted', 'not_found'] satisfies PrincipalStatus[])(
  'an account that is %s can do nothing, so it is not counted among those who can grant access',
  (status) => {
    const held = [{ to: 'ada', role: 'Owner' as const }]
    expect(signalsOf({ held, who: { ada: { status } } })).not.toContain('can_grant')
  },
)

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

test.each(['deleted', 'not_found'] satisfies PrincipalStatus[])(
  'a person who is %s and has a role is signalled as gone',
  (status) => {
    expect(signalsOf({ held: [{ to: 'ada', role: 'Reader' }], who: { ada: { status } } })).toContain('gone')
  },
)

test('a privileged role without an end is signalled', () => {
  const held = [{ to: 'ada', role: 'Contributor' as const }]
  expect(signalsOf({ held })).toContain('standing_privileged')
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
  const held = [{ to: 'app', role: 'Owner' as const }]
  const app = { kind: 'service_principal', status: 'not_found' } as const
  expect(signalsOf({ held, who: { app } }, 'app')).toEqual(['orphan'])
  expect(signalsOf({ held, who: { app: { ...app, variety: 'platform' } } }, 'app')).toEqual([])
  expect(signalsOf({ held, who: { app: { ...app, status: 'active' } } }, 'app')).toEqual(['can_grant'])
})

test('a role that could not be read counts as the weakest, and is signalled as unknown', () => {
  const { of } = summarised({ held: [{ to: 'ada', role: 'Unreadable' }] })
  expect(of('ada')).toMatchObject({
    summary: { shown: { roleId: 'Unreadable', strength: 6 } },
    signals: ['unknown_role'],
  })
})

const GROUPS = ['g1', 'g2', 'g3', 'g4', 'g5']
const PEOPLE = ['ada', 'bo', 'cy', 'di']

const KINDS = fc.constantFrom<AssignmentKind>('active', 'activated', 'eligible')
const READ = fc.constantFrom(null, new Date('2026-11-01'), new Date('2026-11-02'))
const anyMember = fc
  .record({ id: fc.constantFrom(...GROUPS, ...PEOPLE), membership: KINDS, readAt: READ })
  .map(({ id, ...more }) => memberOf(id, { kind: GROUPS.includes(id) ? 'group' : 'user', ...more }))
const byMembership = { selector: ({ id, membership }: GroupMember) => `${id} ${membership}`, maxLength: 5 }

/** Groups with any members, rings and members of themselves included; some are missing, as if they were never read. */
const directory = fc
  .record(Object.fromEntries(GROUPS.map((id) => [id, fc.option(fc.uniqueArray(anyMember, byMembership))])))
  .map((given) => {
    const groups = new Map<string, ReadGroup>()
    for (const [id, members] of Object.entries(given)) if (members) groups.set(id, groupOf(id, members))
    return groups
  })

type Way = { ids: string[]; kind: AssignmentKind; readAt: number | null }

const earlier = (...times: (Date | number | null)[]) => {
  const known = times.filter((time) => time !== null).map(Number)
  return known.length > 0 ? Math.min(...known) : null
}

/** Every way down from a group that passes no group twice, by trying all of them. */
function waysDown(groups: Map<string, ReadGroup>, from: string): Way[] {
  const ways: Way[] = [{ ids: [from], kind: 'active', readAt: null }]
  for (const way of ways)
    for (const member of groups.get(way.ids.at(-1) ?? '')?.members ?? []) {
      if (way.ids.includes(member.id)) continue
      const kind = weakestKind(way.kind, member.membership)
      ways.push({ ids: [...way.ids, member.id], kind, readAt: earlier(way.readAt, member.readAt) })
    }
  return ways
}

test('the groups inside a group are those that any nesting leads to, by each kind of way, at its shortest distance', () => {
  fc.assert(
    fc.property(directory, (groups) => {
      const ways = waysDown(groups, 'g1').filter(({ ids }) => GROUPS.includes(ids.at(-1) ?? ''))
      const expected = Map.groupBy(ways, ({ ids, kind }) => `${ids.at(-1)} ${kind}`)
      const found = nestingOf(groups, 'g1')
      expect(found.map(({ id, kind }) => `${id} ${kind}`).sort()).toEqual([...expected.keys()].sort())
      for (const { id, kind, depth, readAt } of found) {
        const same = expected.get(`${id} ${kind}`) ?? []
        const isRead = same.some((way) => way.readAt === null)
        expect(readAt === null).toBe(isRead)
        const alike = same.filter((way) => (way.readAt === null) === isRead)
        expect(depth).toBe(Math.min(...alike.map(({ ids }) => ids.length - 1)))
      }
    }),
  )
})

test('a group reaches the direct members of all groups inside it, by every kind of membership that leads to them', () => {
  fc.assert(
    fc.property(directory, (groups) => {
      const ways = waysDown(groups, 'g1').filter(({ ids }) => PEOPLE.includes(ids.at(-1) ?? ''))
      const expected = Map.groupBy(ways, ({ ids, kind }) => `${ids.at(-1)} ${kind}`)
      const found = [...reachOf(groups, 'g1')].flatMap(([id, reached]) =>
        reached.map(({ kind, readAt }) => ({ key: `${id} ${kind}`, isRead: readAt === null })),
      )
      expect(found.map(({ key }) => key).sort()).toEqual([...expected.keys()].sort())
      for (const { key, isRead } of found) expect(isRead).toBe(expected.get(key)?.some((way) => way.readAt === null))
    }),
  )
})

test('whoever is reached only by members of an earlier reading is shown with its age, and nothing else is said of them', () => {
  const read = new Map([
    ['open', groupOf('open', [memberOf('ada')])],
    ['closed', groupOf('closed', [memberOf('ada', { readAt: EARLIER }), memberOf('bo', { readAt: EARLIER })])],
  ])
  const { of } = summarised({
    held: [
      { to: 'open', role: 'Reader' },
      { to: 'closed', role: 'Owner' },
    ],
    read,
  })
  expect(of('bo')).toMatchObject({ signals: ['not_read'], summary: { unreadSince: EARLIER, allUnread: true } })
  // Ada's role that was read now keeps her in the list, but what is shown is the strongest one, with its age.
  expect(of('ada').summary).toMatchObject({ shown: { roleId: 'Owner' }, unreadSince: EARLIER, allUnread: false })
  expect(of('ada').signals).toContain('can_grant')
  expect(of('ada').stored).not.toContain('not_read')
  // What Bo could do is stored beside it: at another node there may be something of him that was read now.
  expect(of('bo').stored).toEqual(expect.arrayContaining(['can_grant', 'not_read']))
})

test('a role that a group holds is eligible to whoever can only become a member, and activated to whoever activated it', () => {
  const read = new Map([
    [
      'team',
      groupOf('team', [
        memberOf('ada', { membership: 'eligible' }),
        memberOf('bo', { membership: 'activated' }),
        memberOf('cy'),
      ]),
    ],
  ])
  const { of } = summarised({ held: [{ to: 'team', role: 'Owner' }], read })
  expect(of('ada')).toMatchObject({ signals: ['could_grant'], summary: { shown: { kind: 'eligible' }, eligible: 1 } })
  expect(of('bo')).toMatchObject({ signals: ['can_grant'], summary: { shown: { kind: 'activated' } } })
  expect(of('cy')).toMatchObject({ summary: { shown: { kind: 'active' } } })
  expect(of('cy').signals).toContain('standing_privileged')
})
