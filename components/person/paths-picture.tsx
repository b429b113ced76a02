import { ASSIGNMENT_KIND_LABELS, SCOPE_LEVEL_LABELS } from '@/components/access/labels'
import { joinClasses } from '@/components/ui/join-classes'
import type { PersonAccess } from '@/lib/domain/access'
import type { RoleAccess } from '@/lib/domain/access-paths'
import { type LaidLink, type LaidNode, layoutPaths, linesOfName } from '@/lib/domain/paths-layout'
import { scopeWords } from '@/lib/domain/scopes'
import type { AssignmentKind } from '@/lib/domain/vocabulary'
import { isolateName, roleWords, spellControls } from '@/lib/domain/words'

/** The size of a node, and the distance from one column or row to the next, in pixels of the drawing. */
const WIDTH = 190
const HEIGHT = 62
const COLUMN = 222
const ROW = 74

type Props = { access: PersonAccess; roles: readonly RoleAccess[] }

/**
 * The paths to the roles, as many as there is room for, drawn from left to right, with what they share once. For a screen reader it is one
 * image, because the lists below it say the same. Where it is too wide, it scrolls sideways in a box of its own that a keyboard can reach.
 */
export function PathsPicture({ access, roles }: Props) {
  const { nodes, links, columns, rows, notDrawn, rolesNotDrawn } = layoutPaths(roles)
  const width = (columns - 1) * COLUMN + WIDTH + 2
  const height = (rows - 1) * ROW + HEIGHT + 2
  const isWhole = notDrawn + rolesNotDrawn === 0
  const at = new Map(nodes.map((node) => [node.key, node]))
  const notes = [
    links.some((link) => link.eligible) ? 'Eligible, and dashed: a member only after activating that.' : null,
    links.some((link) => link.flat) ? 'Dashed: in the group, directly or through groups that are not known.' : null,
    notDrawn > 0 ? `${count(notDrawn, 'more way is', 'more ways are')} in the lists only.` : null,
    rolesNotDrawn > 0 ? `${count(rolesNotDrawn, 'more role is', 'more roles are')} in the lists only.` : null,
  ].filter(Boolean)

  return (
    <figure className="mb-5">
      <section
        aria-label="Picture of the ways"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable without a mouse
        tabIndex={0}
        className="relative overflow-x-auto rounded-lg border border-line bg-surface p-3"
      >
        <svg
          role="img"
          aria-label={`${isWhole ? 'All ways' : 'Ways'} to ${count(roles.length - rolesNotDrawn, 'role', 'roles')}, drawn. The lists below say the same, and whatever is not drawn.`}
          width={width}
          height={height}
          viewBox={`-1 -1 ${width} ${height}`}
          className="block max-w-none"
        >
          {links.map((link) => (
            <Arrow key={`${link.from} ${link.to}`} link={link} at={at} />
          ))}
          {nodes.map((node) =>
            node.kind === 'passage' ? (
              <Passage key={node.key} node={node} />
            ) : (
              <PictureNode key={node.key} node={node} {...describeNode(node, access)} />
            ),
          )}
        </svg>
      </section>
      {notes.length > 0 ? <figcaption className="mt-1 text-xs text-ink-faint">{notes.join(' ')}</figcaption> : null}
    </figure>
  )
}

const count = (number: number, one: string, many: string) =>
  `${number.toLocaleString('en')} ${number === 1 ? one : many}`

/** The line past a column in which there is nothing to draw on this way. */
function Passage({ node: { column, row } }: { node: LaidNode }) {
  const y = row * ROW + HEIGHT / 2
  return (
    <path
      d={`M${column * COLUMN - 1} ${y}H${column * COLUMN + WIDTH}`}
      fill="none"
      strokeWidth={1.25}
      className="stroke-line-strong"
    />
  )
}

/** From the right edge of one node to the left edge of another: straight along its row, bending only in the last gap. */
function Arrow({ link, at }: { link: LaidLink; at: ReadonlyMap<string, LaidNode> }) {
  const from = at.get(link.from)
  const to = at.get(link.to)
  if (!from || !to) return null
  const start = { x: from.column * COLUMN + WIDTH, y: from.row * ROW + HEIGHT / 2 }
  const end = { x: to.column * COLUMN, y: to.row * ROW + HEIGHT / 2 }
  const bend = end.x - (COLUMN - WIDTH)
  const middle = (bend + end.x) / 2
  return (
    <g className={link.eligible ? 'stroke-eligible' : 'stroke-line-strong'} fill="none" strokeWidth={1.25}>
      <path
        d={`M${start.x} ${start.y}H${bend}C${middle} ${start.y} ${middle} ${end.y} ${end.x - 1} ${end.y}`}
        strokeDasharray={link.flat || link.eligible ? '4 3' : undefined}
      />
      {to.kind === 'passage' ? null : (
        <path d={`M${end.x - 6} ${end.y - 3.5}L${end.x - 1} ${end.y}L${end.x - 6} ${end.y + 3.5}`} />
      )}
    </g>
  )
}

type PictureNodeProps = { node: LaidNode; what: string; name: string }

/** How many letters of ordinary width fit into one of the two lines of a node at 13 pixels. */
const LETTERS = 23

/** A box with its name and, in smaller letters above, what it is. An eligible role has a dashed outline and its own colour. */
function PictureNode({ node, what, name }: PictureNodeProps) {
  const eligible = node.kind === 'role' && node.role?.kind === 'eligible'
  const joined = node.membership === 'eligible'
  const [first, second] = linesOfName(spellControls(name), LETTERS)
  const top = second ? 18 : 26
  return (
    <g transform={`translate(${node.column * COLUMN} ${node.row * ROW})`}>
      <title>{`${what}: ${isolateName(name)}`}</title>
      <rect
        width={WIDTH}
        height={HEIGHT}
        rx={8}
        strokeDasharray={eligible ? '4 3' : undefined}
        className={joinClasses(
          eligible && 'fill-eligible-soft stroke-eligible',
          node.kind === 'role' && !eligible && 'fill-accent-soft stroke-accent',
          node.kind !== 'role' && 'fill-surface stroke-line-strong',
        )}
      />
      <text x={12} y={top} fontSize={11} className={eligible || joined ? 'fill-eligible' : 'fill-ink-soft'}>
        {what}
      </text>
      <NameLine y={top + 17} text={first} eligible={eligible} />
      {second ? <NameLine y={top + 34} text={second} eligible={eligible} /> : null}
    </g>
  )
}

const NameLine = ({ y, text, eligible }: { y: number; text: string; eligible: boolean }) => (
  <text x={12} y={y} fontSize={13} fontWeight={500} className={eligible ? 'fill-eligible' : 'fill-ink'}>
    {isolateName(text)}
  </text>
)

/** What a node of the picture is, and what it is called. */
function describeNode({ kind, groupId, membership, role }: LaidNode<RoleAccess>, access: PersonAccess) {
  const { person, groups, subscription, managementGroups } = access
  if (kind === 'group')
    return { what: describeGroup(membership), name: groups.find(({ id }) => id === groupId)?.name ?? groupId ?? '' }
  if (kind === 'role' && role)
    return { what: describeKind(role.kind), name: roleWords({ id: role.roleId, name: role.roleName }) }
  if (kind === 'scope' && role) {
    const { scope, level } = role
    const { name } = scopeWords({ scope, level, managementGroups, subscriptionName: subscription.name })
    return { what: SCOPE_LEVEL_LABELS[level], name }
  }
  if (kind === 'subscription') return { what: SCOPE_LEVEL_LABELS.subscription, name: subscription.name }
  return {
    what: person.kind === 'user' ? 'Person' : 'Principal',
    name: person.name ?? person.email ?? person.userPrincipalName ?? person.id,
  }
}

/** A group, and how whoever stands before it is in it where that is out of the ordinary. */
const describeGroup = (membership: AssignmentKind | null) =>
  membership === null || membership === 'active'
    ? 'Group'
    : `Group, ${ASSIGNMENT_KIND_LABELS[membership].toLowerCase()}`

const describeKind = (kind: AssignmentKind) => (kind === 'active' ? 'Role' : `${ASSIGNMENT_KIND_LABELS[kind]} role`)
