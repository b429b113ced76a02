import fc from 'fast-check'
import type { PersonAccess } from '@/lib/domain/access'
import type { RoleAccess } from '@/lib/domain/access-paths'
import type { AssignmentKind, ScopeLevel } from '@/lib/domain/vocabulary'

export const SUBSCRIPTION = '5d1f0c3e-0000-4000-8000-00000000a903'

type Made = {
  memberships: readonly (readonly [member: string, group: string, membership?: AssignmentKind])[]
  flat?: string[]
  grants: readonly { holder: string; role: string; kind?: AssignmentKind; scope?: string; level?: ScopeLevel }[]
}

/** The access of `ada` for tests: groups are called by their ids, and each has 12 members. */
export function accessFrom({ memberships, flat = [], grants }: Made): PersonAccess {
  const groups = new Set([
    ...memberships.flatMap(([member, group]) => [member, group] as const),
    ...flat,
    ...grants.map(({ holder }) => holder),
  ])
  groups.delete('ada')
  return {
    person: {
      id: 'ada',
      tenantId: 't',
      kind: 'user',
      name: 'Ada Novak',
      email: 'ada@contoso.example',
      emailSource: 'mail',
      userPrincipalName: 'ada@contoso.example',
      guest: false,
      status: 'active',
      variety: null,
      organisation: null,
      lastSignInAt: null,
    },
    grants: grants.map(({ holder, role, kind = 'active', scope = `/subscriptions/${SUBSCRIPTION}`, level }, at) => ({
      key: `${scope} ${at}`,
      principalId: holder,
      principalKind: holder === 'ada' ? 'user' : 'group',
      roleId: role,
      roleName: role,
      privilege: role === 'Owner' ? 'grants_access' : 'reads',
      custom: false,
      privileged: role === 'Owner',
      permissions: [
        { actions: role === 'Owner' ? ['*'] : ['*/read'], notActions: [], dataActions: [], notDataActions: [] },
      ],
      scope,
      level: level ?? 'subscription',
      kind,
      startsAt: null,
      endsAt: null,
      condition: null,
      assignedOn: null,
      firstSeen: new Date('2026-11-01'),
      readAt: null,
    })),
    groups: [...groups].map((id) => ({ id, name: id, state: 'whole', directMembers: 3, members: 12, readAt: null })),
    edges: memberships.map(([memberId, groupId, membership = 'active']) => ({
      memberId,
      groupId,
      since: new Date('2026-11-03'),
      membership,
      endsAt: null,
      readAt: null,
    })),
    flat,
    denies: [],
    managementGroups: null,
    subscription: { id: SUBSCRIPTION, label: 'Production', name: 'Production' },
  }
}

/** Any small access: groups in groups at random, circles among them, and grants of two roles of two kinds. */
export function anyAccess({ groups }: { groups: number }): fc.Arbitrary<PersonAccess> {
  const group = fc.integer({ min: 0, max: groups - 1 }).map((at) => `g${at}`)
  const kind = fc.constantFrom('active' as const, 'eligible' as const)
  const holder = fc.oneof({ weight: 4, arbitrary: group }, { weight: 1, arbitrary: fc.constant('ada') })
  return fc
    .record({
      memberships: fc.uniqueArray(fc.tuple(holder, group, kind), {
        maxLength: 9,
        selector: ([member, of]) => `${member} ${of}`,
      }),
      flat: fc.uniqueArray(group, { maxLength: 1 }),
      grants: fc.array(
        fc.record({
          holder,
          role: fc.constantFrom('Owner', 'Reader'),
          kind,
        }),
        { maxLength: 4 },
      ),
    })
    .map(({ memberships, flat, grants }) =>
      accessFrom({
        // Of a flat group it is known who is in it, and not who can become a member.
        memberships: memberships.map(([member, of, one]) => [member, of, flat.includes(of) ? 'active' : one] as const),
        flat,
        grants,
      }),
    )
}

/** Every way to every grant by trying all orders of groups, as `grant: group > group`: the slow, plain truth. */
export function pathsByHand({ person, edges, flat, grants }: PersonAccess): string[] {
  const isMember = (member: string, group: string) =>
    edges.some((edge) => edge.memberId === member && edge.groupId === group) ||
    (member === person.id && flat.includes(group))
  const groups = [...new Set([...edges.map(({ groupId }) => groupId), ...flat])]
  const ways: string[][] = [[]]
  for (const way of ways)
    for (const group of groups)
      if (!way.includes(group) && isMember(way.at(-1) ?? person.id, group)) ways.push([...way, group])
  return grants.flatMap(({ key, principalId }) =>
    ways.filter((way) => (way.at(-1) ?? person.id) === principalId).map((way) => `${key}: ${way.join(' > ')}`),
  )
}

export const idsOf = ({ roleId, scope, kind }: RoleAccess): string => `${roleId} ${scope} ${kind}`
