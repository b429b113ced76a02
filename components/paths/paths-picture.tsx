import type { PersonAccess } from '@/db/queries/person-access'
import type { RoleAccess } from '@/lib/domain/access-paths'
import { type LaidLink, type LaidNode, layoutPaths } from '@/lib/domain/paths-layout'
import { labelOf } from './label-of'
import { PictureNode } from './picture-node'
import { COLUMN, HEIGHT, ROW, WIDTH } from './picture-sizes'

type Props = { access: PersonAccess; role: RoleAccess; scopeName: string }

/**
 * The ways to a role drawn from left to right. To a screen reader it is one image, and the list that follows says all of it;
 * when narrow it scrolls sideways in a box of its own that a keyboard can reach.
 */
export function PathsPicture({ access, role, scopeName }: Props) {
  const { nodes, links, columns, rows, notDrawn } = layoutPaths(role)
  const width = (columns - 1) * COLUMN + WIDTH + 2
  const height = (rows - 1) * ROW + HEIGHT + 2
  const at = new Map(nodes.map((node) => [node.key, node]))
  const what = [role.roleName ?? role.roleId, scopeName, role.kind].join(', ')
  const flat = links.some((link) => link.flat)

  return (
    <figure className="mt-3">
      <section
        aria-label={`Picture of the ways to ${what}`}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable without a mouse
        tabIndex={0}
        className="relative overflow-x-auto rounded-lg border border-line bg-canvas p-3"
      >
        <svg
          role="img"
          aria-label={`The ways to ${what}, drawn. The list after it says the same.`}
          width={width}
          height={height}
          viewBox={`-1 -1 ${width} ${height}`}
          className="block max-w-none"
        >
          {links.map((link) => (
            <Arrow key={`${link.from} ${link.to}`} link={link} at={at} />
          ))}
          {nodes.map((node) => (
            <PictureNode key={node.key} node={node} kind={role.kind} {...labelOf(node, { access, role, scopeName })} />
          ))}
        </svg>
      </section>
      {flat || notDrawn > 0 ? (
        <figcaption className="mt-1 text-xs text-ink-faint">
          {flat ? 'Dashed: in the group, directly or through groups that are not known. ' : null}
          {notDrawn > 0
            ? `${notDrawn.toLocaleString('en')} more ${notDrawn === 1 ? 'way is' : 'ways are'} in the list only.`
            : null}
        </figcaption>
      ) : null}
    </figure>
  )
}

/** From the right edge of one node to the left edge of another: level along the row it starts in, then bending in the last gap. */
function Arrow({ link, at }: { link: LaidLink; at: ReadonlyMap<string, LaidNode> }) {
  const from = at.get(link.from)
  const to = at.get(link.to)
  if (!from || !to) return null
  const start = { x: from.column * COLUMN + WIDTH, y: from.row * ROW + HEIGHT / 2 }
  const end = { x: to.column * COLUMN, y: to.row * ROW + HEIGHT / 2 }
  const bend = end.x - (COLUMN - WIDTH)
  const middle = (bend + end.x) / 2
  return (
    <g className="stroke-line-strong" fill="none" strokeWidth={1.25}>
      <path
        d={`M${start.x} ${start.y}H${bend}C${middle} ${start.y} ${middle} ${end.y} ${end.x - 1} ${end.y}`}
        strokeDasharray={link.flat ? '4 3' : undefined}
      />
      <path d={`M${end.x - 6} ${end.y - 3.5}L${end.x - 1} ${end.y}L${end.x - 6} ${end.y + 3.5}`} />
    </g>
  )
}
