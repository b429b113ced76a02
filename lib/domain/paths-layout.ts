import type { Hop, RoleAccess } from './access-paths'
import { isInherited } from './scopes'
import type { AssignmentKind } from './vocabulary'

/** Most ways and most roles drawn; the lists below the drawing have the others. */
export const MOST_DRAWN = 24
export const MOST_ROLES_DRAWN = 12

/** A role as it is drawn: where, in which kind, and by which ways. */
export type DrawnRole = Pick<RoleAccess, 'paths' | 'level' | 'scope' | 'kind'>

/** A node of the drawing. Rows may be fractions: what several ways share is drawn in the middle of them. */
export type LaidNode<Role extends DrawnRole = DrawnRole> = {
  key: string
  /** `passage`: no box, only the line from a role past the scopes of other roles to the subscription. */
  kind: 'person' | 'group' | 'role' | 'scope' | 'passage' | 'subscription'
  /** Of a group: its id, and how whoever stands before it is in it. */
  groupId: string | null
  membership: AssignmentKind | null
  /** Of a role, and of the first role at a scope. */
  role: Role | null
  column: number
  row: number
}

/** `flat`: a membership through groups that are not known. `eligible`: a step that has to be activated first. */
export type LaidLink = { from: string; to: string; flat: boolean; eligible: boolean }

export type PathsLayout<Role extends DrawnRole> = {
  columns: number
  rows: number
  nodes: LaidNode<Role>[]
  links: LaidLink[]
  /** How many ways to the drawn roles are left out, and how many roles are not drawn at all. */
  notDrawn: number
  rolesNotDrawn: number
}

/** A group at the end of one way of memberships, or the person; `ends` are the roles that it holds itself, by their places. */
type Branch = {
  key: string
  hop: Hop | null
  column: number
  row: number
  ends: Set<number>
  inner: Map<string, Branch>
}

/**
 * Where to draw the ways to all roles, from left to right: the person, the groups as branches that fork where ways part, the roles, their
 * scopes, and the subscription. What several ways share is drawn once. A group on several branches is drawn on each, so that circular
 * nesting needs no arrow backwards.
 */
export function layoutPaths<Role extends DrawnRole>(roles: readonly Role[]): PathsLayout<Role> {
  const drawn = roles.slice(0, MOST_ROLES_DRAWN)
  const root: Branch = { key: 'person', hop: null, column: 0, row: 0, ends: new Set(), inner: new Map() }
  const ways = chooseWays(drawn)
  for (const { place, groups } of ways) addWay(root, groups, place)
  const rowOfRole = new Map<number, number>()
  const rows = placeRows(root, 0, rowOfRole)
  const branches = flatten(root)
  const column = Math.max(...branches.map((branch) => branch.column)) + 1
  const scopes = placeScopes(drawn, rowOfRole)
  const onward = nodesOfScopes(scopes, drawn, column + 1)
  return {
    columns: Math.max(...onward.nodes.map((node) => node.column)) + 1,
    rows: Math.max(rows, ...onward.nodes.map(({ row }) => row + 1)),
    nodes: [
      ...branches.map((branch) => toNode<Role>(branch)),
      ...drawn.map((role, place) => ({
        ...{ key: roleKey(place), kind: 'role' as const, groupId: null, membership: null },
        ...{ role, column, row: rowOfRole.get(place) ?? 0 },
      })),
      ...onward.nodes,
    ],
    links: [...branches.flatMap(linksFrom), ...onward.links],
    notDrawn: drawn.reduce((sum, { paths }) => sum + paths.length, 0) - ways.length,
    rolesNotDrawn: roles.length - drawn.length,
  }
}

const roleKey = (place: number) => `role ${place}`

/** The first way to each role, then the second to each, and so on, as far as there is room. */
function chooseWays(roles: readonly DrawnRole[]): { place: number; groups: Hop[] }[] {
  const turns = roles.flatMap(({ paths }, place) => paths.map(({ groups }, turn) => ({ turn, place, groups })))
  return turns
    .toSorted((one, other) => one.turn - other.turn || one.place - other.place)
    .slice(0, MOST_DRAWN)
    .toSorted((one, other) => one.place - other.place || one.turn - other.turn)
}

function addWay(root: Branch, groups: readonly Hop[], place: number) {
  let at = root
  for (const hop of groups) {
    // Somebody may be able to join a group and be in it for some hours at the same time: these are two ways.
    const name = hop.membership === 'active' ? hop.id : `${hop.id} ${hop.membership}`
    const next: Branch = at.inner.get(name) ?? {
      key: `${at.key}/${name}`,
      hop,
      column: at.column + 1,
      row: 0,
      ends: new Set(),
      inner: new Map(),
    }
    at.inner.set(name, next)
    at = next
  }
  at.ends.add(place)
}

/** Gives each branch and each role that it is the first to lead to its row, from the given one down, and returns the next free one. */
function placeRows(branch: Branch, free: number, rowOfRole: Map<number, number>): number {
  // A group that holds a role and is also on the way to another gets rows of its own, so that its arrows to its roles do not
  // cross the groups beyond it.
  const fresh = [...branch.ends].filter((place) => !rowOfRole.has(place))
  for (const [index, place] of fresh.entries()) rowOfRole.set(place, free + index)
  const own = branch.ends.size > 0 ? Math.max(1, fresh.length) : 0
  let next = free + own
  for (const inner of branch.inner.values()) next = placeRows(inner, next, rowOfRole)
  branch.row = own > 0 ? free + (own - 1) / 2 : (free + next - 1) / 2
  return next
}

const flatten = (branch: Branch): Branch[] => [branch, ...[...branch.inner.values()].flatMap(flatten)]

const toNode = <Role extends DrawnRole>({ key, hop, column, row }: Branch): LaidNode<Role> => ({
  key,
  kind: hop ? 'group' : 'person',
  groupId: hop?.id ?? null,
  membership: hop?.membership ?? null,
  role: null,
  column,
  row,
})

function linksFrom(branch: Branch): LaidLink[] {
  const onward = [...branch.inner.values()].map((inner) => ({
    from: branch.key,
    to: inner.key,
    flat: inner.hop?.since === null,
    eligible: inner.hop?.membership === 'eligible',
  }))
  const ends = [...branch.ends].map((place) => ({ from: branch.key, to: roleKey(place), flat: false, eligible: false }))
  return [...onward, ...ends]
}

/** The roles at one scope by their places, and the row of the scope. */
type PlacedScope = { places: number[]; row: number }

/** Gives each scope the middle of its roles, or the next row below the scope before it. */
function placeScopes(roles: readonly DrawnRole[], rowOfRole: ReadonlyMap<number, number>): PlacedScope[] {
  const places = [...rowOfRole.keys()]
  const atScope = Map.groupBy(places, (place) => roles[place]?.scope.toLowerCase() ?? '')
  const wanted = [...atScope.values()].map((at) => ({
    places: at.toSorted((one, other) => one - other),
    row: at.reduce((sum, place) => sum + (rowOfRole.get(place) ?? 0), 0) / at.length,
  }))
  let free = 0
  return wanted
    .toSorted((one, other) => one.row - other.row)
    .map((scope) => {
      const row = Math.max(scope.row, free)
      free = row + 1
      return { ...scope, row }
    })
}

/** The nodes of the scopes, with the subscription after those that lie above it, and the arrows to them. */
function nodesOfScopes<Role extends DrawnRole>(scopes: PlacedScope[], roles: readonly Role[], column: number) {
  const nodes: LaidNode<Role>[] = []
  const links: LaidLink[] = []
  const levelOf = ({ places }: PlacedScope) => roles[places[0] ?? 0]?.level ?? 'subscription'
  const inherited = scopes.filter((scope) => isInherited(levelOf(scope)))
  const link = (from: string, to: string) => links.push({ from, to, flat: false, eligible: false })
  for (const [index, scope] of scopes.entries()) {
    const isPassage = levelOf(scope) === 'subscription' && inherited.length > 0
    const key = `scope ${index}`
    const kind = isPassage ? ('passage' as const) : ('scope' as const)
    nodes.push({
      ...{ key, kind, groupId: null, membership: null },
      ...{ role: roles[scope.places[0] ?? 0] ?? null, column, row: scope.row },
    })
    for (const place of scope.places) link(roleKey(place), key)
    if (isPassage || isInherited(levelOf(scope))) link(key, 'subscription')
  }
  if (inherited.length > 0) {
    const to = nodes.filter(({ key }) => links.some((one) => one.from === key && one.to === 'subscription'))
    const row = to.reduce((sum, node) => sum + node.row, 0) / to.length
    const subscription = { key: 'subscription', kind: 'subscription' as const, groupId: null, membership: null }
    nodes.push({ ...subscription, role: null, column: column + 1, row })
  }
  return { nodes, links }
}

/** Characters drawn about twice as wide as Latin ones: Chinese, Japanese, Korean, full-width forms, pictures. */
const WIDE =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Emoji_Presentation}\uff00-\uff60]/u
const BROAD = /[A-Z@%mw]/
const NARROW = /[fijlrtI .,:;'|()-]/

const widthOf = (character: string): number =>
  WIDE.test(character) ? 2 : NARROW.test(character) ? 0.6 : BROAD.test(character) ? 1.3 : 1

/**
 * A name as lines of a width, counted in ordinary letters, for a drawing that cannot break text itself. Nothing of it is left out: a line
 * ends at a space, else after a mark that joins words, else anywhere but inside a character that consists of several code points.
 */
export function linesOfName(name: string, width: number): string[] {
  const lines: string[] = []
  let left = charactersOf(name.trim())
  while (left.length > 0) {
    const end = endOfLine(left, width)
    lines.push(left.slice(0, end).join('').trim())
    left = left.slice(left[end] === ' ' ? end + 1 : end)
  }
  return lines
}

/** Marks after which a line may end where it has no space. */
const JOINS = /[-_./@]/

/** How many of the characters make up the first line. */
function endOfLine(characters: string[], width: number): number {
  const fit = countFitting(characters, width)
  if (fit === characters.length) return fit
  const space = characters.lastIndexOf(' ', fit)
  if (space > 0) return space
  const join = characters.slice(0, fit).findLastIndex((character) => JOINS.test(character))
  return join > 0 ? join + 1 : Math.max(1, fit)
}

const charactersOf = (name: string): string[] =>
  [...new Intl.Segmenter('en').segment(name)].map(({ segment }) => segment)

/** How many of the first characters fit into a width. */
function countFitting(characters: string[], width: number): number {
  let left = width
  const beyond = characters.findIndex((character) => {
    left -= widthOf(character)
    return left < 0
  })
  return beyond < 0 ? characters.length : beyond
}
