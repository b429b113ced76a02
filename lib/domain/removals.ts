import type { PersonAccess } from './access'
import { membershipsAbove, type RoleAccess } from './access-paths'
import { scopeWords } from './scopes'
import type { AssignmentKind } from './vocabulary'
import { isolateName, momentWords } from './words'

/** A membership or an assignment that can be removed, and how many people lose access by that; null when unknown. */
export type Removal =
  | { kind: 'membership'; groupId: string; memberId: string; membership: AssignmentKind; affects: number | null }
  | { kind: 'assignment'; key: string; affects: number | null }

type Link = { from: string; to: string; removal: Removal }

const SINK = 'the role' // no principal has this id: theirs are GUIDs

/**
 * The fewest memberships and assignments whose removal leaves a person without a role in the subscription: all of its
 * grants, active and eligible, at every scope. Among equally few, those nearest the person, which concern the fewest others.
 *
 * The graph has an edge for each membership and each grant. By Menger's theorem the fewest edges that cut it are as many as
 * there are ways that share no edge. Those ways are found one by one (Ford and Fulkerson, each edge used by one way). When
 * no further way is found, the edges that lead out of what the person still reaches are the cut nearest to them. Empty
 * when the person has no such role.
 */
export function findFewestRemovals(access: PersonAccess, roleId: string): Removal[] {
  const links = linksOf(access, roleId)
  const from = Map.groupBy(links, (link) => link.from)
  const to = Map.groupBy(links, (link) => link.to)

  const used = new Set<Link>()
  for (;;) {
    const reached = findReached(access.person.id, from, to, used)
    if (!reached.has(SINK))
      return links.filter((link) => reached.has(link.from) && !reached.has(link.to)).map((link) => link.removal)
    markWay(reached, used)
  }
}

/** Every node that can be reached over edges not yet used, or backwards over used ones, with the edge that leads to it. */
function findReached(start: string, from: Map<string, Link[]>, to: Map<string, Link[]>, used: ReadonlySet<Link>) {
  const reached = new Map<string, Link | null>([[start, null]])
  for (const [at] of reached) {
    for (const link of from.get(at) ?? []) if (!used.has(link) && !reached.has(link.to)) reached.set(link.to, link)
    for (const link of to.get(at) ?? []) if (used.has(link) && !reached.has(link.from)) reached.set(link.from, link)
  }
  return reached
}

/** Marks the way that was found, from its end back: an unused edge becomes used, and a used one becomes free again. */
function markWay(reached: ReadonlyMap<string, Link | null>, used: Set<Link>) {
  let at = SINK
  for (let link = reached.get(at); link; link = reached.get(at)) {
    if (used.delete(link)) at = link.to
    else {
      used.add(link)
      at = link.from
    }
  }
}

function linksOf(access: PersonAccess, roleId: string): Link[] {
  const members = new Map(access.groups.map((group) => [group.id, group.members]))
  const affects = (id: string) => (id === access.person.id ? 1 : (members.get(id) ?? null))
  const memberships = [...membershipsAbove(access)].flatMap(([memberId, hops]) =>
    hops.map(
      ({ id, membership }): Link => ({
        from: memberId,
        to: id,
        removal: { kind: 'membership', groupId: id, memberId, membership, affects: affects(memberId) },
      }),
    ),
  )
  const grants = access.grants
    .filter((grant) => grant.roleId === roleId)
    .map(
      ({ key, principalId }): Link => ({
        from: principalId,
        to: SINK,
        removal: { kind: 'assignment', key, affects: affects(principalId) },
      }),
    )
  return [...memberships, ...grants]
}

/**
 * What to do to take a role away, one sentence for each removal: "Remove Ada Novak from Payments leads." A removal that
 * takes access from others as well says from how many.
 */
export function removalWords(access: PersonAccess, removals: readonly Removal[]): string[] {
  return removals.map((removal) =>
    removal.kind === 'membership' ? membershipWords(access, removal) : assignmentWords(access, removal),
  )
}

function membershipWords(access: PersonAccess, removal: Extract<Removal, { kind: 'membership' }>): string {
  const { groupId, memberId, membership, affects } = removal
  const group = nameOf(access, groupId)
  const own = memberId === access.person.id
  const member = own ? nameOf(access, memberId) : `the group ${nameOf(access, memberId)}`
  const others = own ? '' : affectedPeople(affects)
  if (membership === 'eligible')
    return `Remove the eligibility of ${member} for a membership of ${group}${others}, in Privileged Identity Management.`
  if (membership === 'activated') {
    const edge = access.edges.find(
      (one) => one.groupId === groupId && one.memberId === memberId && one.membership === membership,
    )
    const end = edge?.endsAt ? `, which ends by itself on ${momentWords(edge.endsAt)}` : ''
    return `End the activated membership of ${member} in ${group}${others}${end}.`
  }
  return access.flat.includes(groupId) && own
    ? `Remove ${member} from ${group}, or from the groups inside it that they are in.`
    : `Remove ${member} from ${group}${others}.`
}

function assignmentWords(access: PersonAccess, { key, affects }: Extract<Removal, { kind: 'assignment' }>): string {
  const grant = access.grants.find((one) => one.key === key)
  if (!grant) return 'Remove an assignment that is no longer listed.'
  const { place } = scopeWords({
    scope: grant.scope,
    level: grant.level,
    managementGroups: access.managementGroups,
    subscriptionName: access.subscription.name,
  })
  const role = grant.roleName === null ? `the unknown role ${grant.roleId}` : isolateName(grant.roleName)
  const holder = nameOf(access, grant.principalId)
  const others = grant.principalId === access.person.id ? '' : affectedPeople(affects)
  if (grant.principalKind === 'delegate') return delegationWords(access, { role, holder, place, kind: grant.kind })
  if (grant.kind === 'eligible')
    return `Remove the eligibility for ${role} from ${holder} at ${place}${others}, in Privileged Identity Management.`
  const assignment = grant.kind === 'activated' ? 'activated assignment' : 'assignment'
  return `Remove the ${assignment} of ${role} to ${holder} at ${place}${others}.`
}

type Delegated = { role: string; holder: string; place: string; kind: AssignmentKind }

/**
 * A delegation can only be removed whole by the one who gave it; the one who manages can publish an offer without the
 * authorization (Azure Lighthouse: remove access to a delegation, and update a delegation).
 */
function delegationWords({ person }: PersonAccess, { role, holder, place, kind }: Delegated): string {
  const manager = person.organisation === null ? 'the other tenant' : isolateName(person.organisation)
  const authorization = kind === 'eligible' ? 'eligible authorization' : 'authorization'
  return `Remove the delegation of ${place} to ${manager}, under Service providers in Azure, which ends all that ${manager} has by it; or have ${manager} take the ${authorization} of ${holder} for ${role} out of its offer.`
}

const affectedPeople = (affects: number | null): string =>
  affects === null
    ? ' (how many people have access by it is not known)'
    : ` (${affects.toLocaleString('en')} ${affects === 1 ? 'person' : 'people'})`

function nameOf({ person, groups }: PersonAccess, id: string): string {
  if (id === person.id) return isolateName(person.name ?? person.email ?? person.userPrincipalName ?? person.id)
  return isolateName(groups.find((group) => group.id === id)?.name ?? id)
}

/** A sentence about what is only eligible among what is taken away with a role; null when all of it is held. */
export function eligibilityNote(accesses: readonly Pick<RoleAccess, 'kind'>[]): string | null {
  const eligible = accesses.some(({ kind }) => kind === 'eligible')
  if (!eligible) return null
  return accesses.every(({ kind }) => kind === 'eligible')
    ? 'It is only eligible: not held until it is activated.'
    : 'This takes away both what is held and what is only eligible.'
}
