import type { Hop, RoleAccess } from './access-paths'
import { isInherited } from './scopes'
import type { AssignmentKind } from './vocabulary'

/** Most ways drawn; the list beside the drawing has the others. */
export const MOST_DRAWN = 12

/** A node of the drawing. Rows may be fractions: what several ways share is drawn in the middle of them. */
export type LaidNode = {
  key: string
  kind: 'person' | 'group' | 'role' | 'scope' | 'subscription'
  /** Of a group: its id, and how whoever stands before it is in it. */
  groupId: string | null
  membership: AssignmentKind | null
  column: number
  row: number
}

/** `flat`: a membership through groups that are not known. `eligible`: a step that has to be activated first. */
export type LaidLink = { from: string; to: string; flat: boolean; eligible: boolean }

export type PathsLayout = { columns: number; rows: number; nodes: LaidNode[]; links: LaidLink[]; notDrawn: number }

/** A group at the end of one way of memberships, or the person; `ends` where that group itself holds the role. */
type Branch = { key: string; hop: Hop | null; column: number; row: number; ends: boolean; inner: Map<string, Branch> }

/**
 * Where to draw the ways to a role, from left to right: the person, the groups as branches that fork where ways part, then
 * the role, its scope, and the subscription when the scope lies above it. A group on several branches is drawn on each, so
 * that circular nesting needs no arrow backwards.
 */
export function layoutPaths({ paths, level }: Pick<RoleAccess, 'paths' | 'level'>): PathsLayout {
  const drawn = paths.slice(0, MOST_DRAWN)
  const root: Branch = { key: 'person', hop: null, column: 0, row: 0, ends: false, inner: new Map() }
  for (const { groups } of drawn) addWay(root, groups)
  const rows = Math.max(1, placeRows(root, 0))
  const branches = flatten(root)
  const deepest = Math.max(...branches.map(({ column }) => column))

  const tail = (['role', 'scope', 'subscription'] as const).slice(0, isInherited(level) ? 3 : 2)
  return {
    columns: deepest + 1 + tail.length,
    rows,
    nodes: [
      ...branches.map(toNode),
      ...tail.map((kind, at) => ({
        ...{ key: kind, kind, groupId: null, membership: null },
        ...{ column: deepest + 1 + at, row: (rows - 1) / 2 },
      })),
    ],
    links: [
      ...branches.flatMap(linksFrom),
      ...tail.slice(1).map((kind, at) => ({ from: tail[at] ?? 'role', to: kind, flat: false, eligible: false })),
    ],
    notDrawn: paths.length - drawn.length,
  }
}

function addWay(root: Branch, groups: readonly Hop[]) {
  let at = root
  for (const hop of groups) {
    // Somebody may be able to join a group and be in it for some hours at the same time: these are two ways.
    const name = hop.membership === 'active' ? hop.id : `${hop.id} ${hop.membership}`
    const next: Branch = at.inner.get(name) ?? {
      key: `${at.key}/${name}`,
      hop,
      column: at.column + 1,
      row: 0,
      ends: false,
      inner: new Map(),
    }
    at.inner.set(name, next)
    at = next
  }
  at.ends = true
}

/** Gives each branch its row, from the given one down, and returns the next free one. */
function placeRows(branch: Branch, free: number): number {
  // A group that holds the role and is also on the way to another gets a row of its own, so that its arrow to the role
  // does not cross the groups beyond it.
  let next = branch.ends ? free + 1 : free
  for (const inner of branch.inner.values()) next = placeRows(inner, next)
  branch.row = branch.ends ? free : (free + next - 1) / 2
  return next
}

const flatten = (branch: Branch): Branch[] => [branch, ...[...branch.inner.values()].flatMap(flatten)]

const toNode = ({ key, hop, column, row }: Branch): LaidNode => ({
  key,
  kind: hop ? 'group' : 'person',
  groupId: hop?.id ?? null,
  membership: hop?.membership ?? null,
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
  return branch.ends ? [...onward, { from: branch.key, to: 'role', flat: false, eligible: false }] : onward
}

/** Characters drawn about twice as wide as Latin ones: Chinese, Japanese, Korean, full-width forms, pictures. */
const WIDE =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Emoji_Presentation}\uff00-\uff60]/u
const BROAD = /[A-Z@%mw]/
const NARROW = /[fijlrtI .,:;'|()-]/

const widthOf = (character: string): number =>
  WIDE.test(character) ? 2 : NARROW.test(character) ? 0.6 : BROAD.test(character) ? 1.3 : 1

/**
 * A name cut to a width, counted in ordinary letters, for a drawing that cannot cut text itself. It is never cut inside a
 * character that consists of several code points.
 */
export function shortenName(name: string, width: number): string {
  const characters = charactersOf(name)
  const fit = countFitting(characters, width)
  return fit === characters.length
    ? name
    : `${characters
        .slice(0, Math.max(1, fit - 1))
        .join('')
        .trimEnd()}…`
}

/** A name on one line, or on two where it is wider: broken at a space, where one of the first line allows it. The second line is cut. */
export function linesOfName(name: string, width: number): [string, string?] {
  const characters = charactersOf(name)
  const fit = countFitting(characters, width)
  if (fit === characters.length) return [name]
  const space = characters.lastIndexOf(' ', fit)
  const end = space > 0 ? space : Math.max(1, fit)
  const [first, rest] = [characters.slice(0, end), characters.slice(end)].map((some) => some.join('').trim())
  return [first ?? '', shortenName(rest ?? '', width)]
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
