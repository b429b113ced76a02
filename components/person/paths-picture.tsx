import { ASSIGNMENT_KIND_LABELS, SCOPE_LEVEL_LABELS } from '@/components/access/labels'
import { joinClasses } from '@/components/ui/join-classes'
import type { PersonAccess } from '@/lib/domain/access'
import type { RoleAccess } from '@/lib/domain/access-paths'
import { type LaidLink, type LaidNode, layoutPaths } from '@/lib/domain/paths-layout'
import { BOX_PADDING, COLUMN_GAP, LINE_HEIGHT, measurePaths, type PathsSize } from '@/lib/domain/paths-size'
import { scopeWords } from '@/lib/domain/scopes'
import type { AssignmentKind } from '@/lib/domain/vocabulary'
import { isolateName, roleWords, spellControls } from '@/lib/domain/words'

type Props = { access: PersonAccess; roles: readonly RoleAccess[] }

/**
 * The paths to the roles, as many as there is room for, drawn from left to right, with what they share once. For a screen reader it is one
 * image, because the lists below it say the same. Up to seven columns fit beside the rail of an ordinary window; where it is too wide, it scrolls sideways in a box of its own that a
 * keyboard can reach.
 */
export function PathsPicture({ access, roles }: Props) {
  const layout = layoutPaths(roles)
  const { nodes, links, notDrawn, rolesNotDrawn } = layout
  const described = nodes.map((node) => ({ ...node, ...describeNode(node, access) }))
  const boxes = described.map(({ key, row, name }) => ({ key, row, name: spellControls(name) }))
  const size = measurePaths(boxes, layout)
  const [width, height] = [size.width + 2, size.height + 2]
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
            <Arrow key={`${link.from} ${link.to}`} link={link} at={at} size={size} />
          ))}
          {described.map((node) =>
            node.kind === 'passage' ? (
              <Passage key={node.key} node={node} size={size} />
            ) : (
              <PictureNode key={node.key} node={node} size={size} />
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
function Passage({ node: { column, row }, size }: { node: LaidNode; size: PathsSize }) {
  const { columnWidth, boxWidth, middleOf } = size
  return (
    <path
      d={`M${column * columnWidth - 1} ${middleOf(row)}H${column * columnWidth + boxWidth}`}
      fill="none"
      strokeWidth={1.25}
      className="stroke-line-strong"
    />
  )
}

/** From the right edge of one node to the left edge of another: straight along its row, bending only in the last gap. */
function Arrow({ link, at, size }: { link: LaidLink; at: ReadonlyMap<string, LaidNode>; size: PathsSize }) {
  const { columnWidth, boxWidth, middleOf } = size
  const from = at.get(link.from)
  const to = at.get(link.to)
  if (!from || !to) return null
  const start = { x: from.column * columnWidth + boxWidth, y: middleOf(from.row) }
  const end = { x: to.column * columnWidth, y: middleOf(to.row) }
  const bend = end.x - COLUMN_GAP
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

type PictureNodeProps = { node: LaidNode & { what: string; name: string }; size: PathsSize }

/** A box with its name and, in smaller letters above, what it is. An eligible role has a dashed outline and its own colour. */
function PictureNode({ node, size }: PictureNodeProps) {
  const { key, kind, column, row, role, membership, what, name } = node
  const eligible = kind === 'role' && role?.kind === 'eligible'
  const joined = membership === 'eligible'
  const height = size.heightOf.get(key) ?? 0
  const top = size.middleOf(row) - height / 2
  return (
    <g transform={`translate(${column * size.columnWidth} ${top})`}>
      <title>{`${what}: ${isolateName(name)}`}</title>
      <rect
        width={size.boxWidth}
        height={height}
        rx={8}
        strokeDasharray={eligible ? '4 3' : undefined}
        className={joinClasses(
          eligible && 'fill-eligible-soft stroke-eligible',
          kind === 'role' && !eligible && 'fill-accent-soft stroke-accent',
          kind !== 'role' && 'fill-surface stroke-line-strong',
        )}
      />
      <text x={BOX_PADDING} y={18} fontSize={11} className={eligible || joined ? 'fill-eligible' : 'fill-ink-soft'}>
        {what}
      </text>
      {size.linesOf.get(key)?.map((line, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the lines of a name are told apart by their order only
        <NameLine key={index} y={18 + LINE_HEIGHT * (index + 1)} text={line} eligible={eligible} />
      ))}
    </g>
  )
}

const NameLine = ({ y, text, eligible }: { y: number; text: string; eligible: boolean }) => (
  <text x={BOX_PADDING} y={y} fontSize={13} fontWeight={500} className={eligible ? 'fill-eligible' : 'fill-ink'}>
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
