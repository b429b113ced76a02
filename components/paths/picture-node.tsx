import { joinClasses } from '@/components/ui/join-classes'
import { type LaidNode, shorten } from '@/lib/domain/paths-layout'
import type { AssignmentKind } from '@/lib/domain/vocabulary'
import { isolated } from '@/lib/domain/words'
import { COLUMN, HEIGHT, ROW, WIDTH } from './picture-sizes'

type Props = { node: LaidNode; kind: AssignmentKind; says: string; name: string }

/** Letters of ordinary width that fit a node at 13 pixels. */
const LETTERS = 15

/** A box of the picture: what it is, small, over what it is called. An eligible role is outlined in dashes and in its own hue. */
export function PictureNode({ node, kind, says, name }: Props) {
  const eligible = node.kind === 'role' && kind === 'eligible'
  return (
    <g transform={`translate(${node.column * COLUMN} ${node.row * ROW})`}>
      <title>{`${says}: ${name}`}</title>
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
      <text x={10} y={18} fontSize={11} className={eligible ? 'fill-eligible' : 'fill-ink-soft'}>
        {says}
      </text>
      <text x={10} y={35} fontSize={13} fontWeight={500} className={eligible ? 'fill-eligible' : 'fill-ink'}>
        {isolated(shorten(name, LETTERS))}
      </text>
    </g>
  )
}
