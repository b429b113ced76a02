import type { PersonAccess } from './access'
import { membershipsAbove, type RoleAccess } from './access-paths'
import { scopeWords } from './scopes'
import { isolateName } from './words'

/** Something that can be taken away in Azure or in the directory, and how many people lose access by it; null when unknown. */
export type Removal =
  | { kind: 'membership'; groupId: string; memberId: string; affects: number | null }
  | { kind: 'assignment'; key: string; affects: number | null }

type Link = { from: string; to: string; removal: Removal }

const SINK = 'the role' // no principal has this id: theirs are GUIDs

/**
 * The fewest memberships and assignments whose removal leaves a person without a role in the subscription: all of its
 * grants, active and eligible, at every scope. Among equally few, those nearest the person, which concern the fewest others.
 *
 * The graph has an edge for each membership and each grant; by Menger's theorem the fewest edges that cut it are as many as
 * there are ways that share no edge. Those ways are found one by one (Ford and Fulkerson, each edge holding one), and
 * what the person still reaches in the end is bounded by the cut nearest to them. Empty when the person has no such role.
 */
export function fewestRemovals(access: PersonAccess, roleId: string): Removal[] {
  const links = linksOf(access, roleId)
  const from = Map.groupBy(links, (link) => link.from)
  const to = Map.groupBy(links, (link) => link.to)

  const used = new Set<Link>()
  for (;;) {
    const reached = reach(access.person.id, from, to, used)
    if (!reached.has(SINK))
      return links.filter((link) => reached.has(link.from) && !reached.has(link.to)).map((link) => link.removal)
    turn(reached, used)
  }
}

/** Where one gets to over edges not yet used, or back over used ones; each with the edge it was reached by. */
function reach(start: string, from: Map<string, Link[]>, to: Map<string, Link[]>, used: ReadonlySet<Link>) {
  const reached = new Map<string, Link | null>([[start, null]])
  for (const [at] of reached) {
    for (const link of from.get(at) ?? []) if (!used.has(link) && !reached.has(link.to)) reached.set(link.to, link)
    for (const link of to.get(at) ?? []) if (used.has(link) && !reached.has(link.from)) reached.set(link.from, link)
  }
  return reached
}

/** Goes back along the way found: an edge not used becomes used, and one used is given back. */
function turn(reached: ReadonlyMap<string, Link | null>, used: Set<Link>) {
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
      ({ id }): Link => ({
        from: memberId,
        to: id,
        removal: { kind: 'membership', groupId: id, memberId, affects: affects(memberId) },
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
    removal.kind === 'membership' ? membership(access, removal) : assignment(access, removal),
  )
}

function membership(access: PersonAccess, { groupId, memberId, affects }: Extract<Removal, { kind: 'membership' }>) {
  const group = nameOf(access, groupId)
  if (memberId !== access.person.id)
    return `Remove the group ${nameOf(access, memberId)} from ${group}${people(affects)}.`
  return access.flat.includes(groupId)
    ? `Remove ${nameOf(access, memberId)} from ${group}, or from the groups inside it that they are in.`
    : `Remove ${nameOf(access, memberId)} from ${group}.`
}

function assignment(access: PersonAccess, { key, affects }: Extract<Removal, { kind: 'assignment' }>): string {
  const grant = access.grants.find((one) => one.key === key)
  if (!grant) return 'Remove an assignment that is no longer listed.'
  const { place } = scopeWords({
    scope: grant.scope,
    level: grant.level,
    managementGroups: access.managementGroups,
    subscriptionName: access.subscription.name,
  })
  const what = { active: 'assignment', activated: 'activated assignment', eligible: 'eligibility' }[grant.kind]
  const role = isolateName(grant.roleName ?? grant.roleId)
  const own = grant.principalId === access.person.id
  const link = grant.kind === 'eligible' ? 'for' : 'of'
  return `Remove the ${what} ${link} ${role} ${grant.kind === 'eligible' ? 'from' : 'to'} ${nameOf(access, grant.principalId)} at ${place}${own ? '' : people(affects)}.`
}

const people = (affects: number | null): string =>
  affects === null
    ? ' (how many people have access by it is not known)'
    : ` (${affects.toLocaleString('en')} ${affects === 1 ? 'person' : 'people'})`

function nameOf({ person, groups }: PersonAccess, id: string): string {
  if (id === person.id) return isolateName(person.name ?? person.email ?? person.userPrincipalName ?? person.id)
  return isolateName(groups.find((group) => group.id === id)?.name ?? id)
}

/**
 * Which kinds go when a role is taken away, said where one of them is not simply held: "This takes away what is held and
 * what is only eligible." Null when all of it is held.
 */
export function kindsTaken(accesses: readonly Pick<RoleAccess, 'kind'>[]): string | null {
  const eligible = accesses.some(({ kind }) => kind === 'eligible')
  if (!eligible) return null
  return accesses.every(({ kind }) => kind === 'eligible')
    ? 'It is only eligible: not held until it is activated.'
    : 'This takes away both what is held and what is only eligible.'
}
