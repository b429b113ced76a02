import { type AssignmentKind, PRIVILEGES, type Privilege, rankOf, type ScopeLevel } from './vocabulary'
import { isolateName, joinList } from './words'

/** A role of somebody in a subscription, as far as the sentence says it. */
type Reached = {
  connectionId: string
  connectionLabel: string
  kind: AssignmentKind
  privilege: Privilege | null
  level: ScopeLevel
}

/** What each privilege lets somebody do, after "Can". */
const VERBS: Record<Privilege, string> = {
  grants_access: 'grant access',
  writes: 'write',
  writes_data: 'write data',
  reads_data: 'read data',
  reads: 'read',
}

/** How many subscriptions are named before the rest is counted. */
const MOST_NAMED = 3

/**
 * What the roles of somebody let them do everywhere, in one sentence: for each subscription by the strongest role that they hold there,
 * and then where they could do more by activating one. Null for nobody with any role. What denials cut off is not looked at.
 */
export function reachSentence(roles: readonly Reached[]): string | null {
  const subscriptions = [...Map.groupBy(roles, ({ connectionId }) => connectionId).values()].map((of) => ({
    held: strongest(of.filter(({ kind }) => kind !== 'eligible')),
    eligible: strongest(of.filter(({ kind }) => kind === 'eligible')),
  }))
  const held = partsOf(subscriptions.flatMap((one) => one.held ?? []))
  const more = partsOf(
    subscriptions.flatMap(({ held, eligible }) =>
      eligible && (!held || rank(eligible.of) < rank(held.of)) ? [eligible] : [],
    ),
  )
  const activated = `once one is activated, ${joinList(more, 'and')}`
  if (held.length === 0) return more.length === 0 ? null : `Roles let this person do nothing now; ${activated}.`
  return `Roles let this person ${joinList(held, 'and')}${more.length === 0 ? '' : `; ${activated}`}.`
}

type Strongest = Privilege | 'unknown'

const rank = (one: Strongest) => (one === 'unknown' ? PRIVILEGES.length : rankOf(PRIVILEGES, one))

/** The most that roles in one subscription allow, and where: in all of it, or only in a part. */
function strongest(roles: readonly Reached[]): { of: Strongest; place: string } | null {
  const [first] = roles
  if (!first) return null
  const privilegeOf = ({ privilege }: Reached): Strongest => privilege ?? 'unknown'
  const of = roles.map(privilegeOf).reduce((one, other) => (rank(other) < rank(one) ? other : one))
  const isWide = roles.some((role) => privilegeOf(role) === of && !PARTS.includes(role.level))
  const name = isolateName(first.connectionLabel)
  return { of, place: isWide ? name : `a part of ${name}` }
}

/** The levels of scopes that are no whole subscription. */
const PARTS: readonly ScopeLevel[] = ['resource_group', 'resource']

/** `write in Production and Staging`, the strongest first. */
function partsOf(subscriptions: readonly { of: Strongest; place: string }[]): string[] {
  return [...Map.groupBy(subscriptions, ({ of }) => of)]
    .toSorted(([one], [other]) => rank(one) - rank(other))
    .map(([of, some]) => {
      const places = some.slice(0, MOST_NAMED).map(({ place }) => place)
      const rest = some.length - places.length
      const all = rest > 0 ? [...places, `${rest.toLocaleString('en')} more`] : places
      return `${of === 'unknown' ? 'do what a role allows that could not be read' : VERBS[of]} in ${joinList(all, 'and')}`
    })
}
