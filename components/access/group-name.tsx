import { CircleCheck, CircleDashed, CircleSlash, CircleX } from 'lucide-react'
import { Chip } from '@/components/ui/chip'
import { ListLink } from '@/components/ui/list-link'
import { keepMoment } from '@/lib/domain/as-of'
import type { AssignmentKind, GroupState } from '@/lib/domain/vocabulary'
import { dateWords, isolateName, spellControls } from '@/lib/domain/words'
import { PartlyMark } from './coverage'
import { describeGroupState } from './labels'
import { EndsChip } from './role-chip'

type Props = {
  group: { id: string; name: string | null }
  /** The page of the connection's groups, and the moment at which it is opened; empty or left out for now. */
  groupsPath: string
  at?: string
}

/** A group by its name, or by its ID where the name was not read, as a link to what it holds and who is in it. */
export function GroupName({ group: { id, name }, groupsPath, at = '' }: Props) {
  return (
    <ListLink
      href={keepMoment(`${groupsPath}?group=${id}`, at)}
      dir="auto"
      title={name === null ? `${id}: its name was not read` : undefined}
      className="font-medium wrap-anywhere hover:underline"
    >
      {name === null ? <span className="font-mono font-normal">{id}</span> : spellControls(name)}
    </ListLink>
  )
}

/** The group through which a role is held, in few letters for a cell or a line: only the start of an ID without a name. */
export function ThroughGroup({ group: { id, name }, groupsPath, at = '' }: Props) {
  return (
    <ListLink
      href={keepMoment(`${groupsPath}?group=${id}`, at)}
      dir="auto"
      title={`Through the group ${isolateName(name ?? id)}`}
      className="wrap-anywhere hover:underline"
    >
      {name === null ? `Group ${id.slice(0, 8)}` : spellControls(name)}
    </ListLink>
  )
}

const MARKS = {
  whole: { icon: CircleCheck, tone: 'text-good' },
  partly: { icon: PartlyMark, tone: 'text-warn' },
  flat: { icon: PartlyMark, tone: 'text-good' },
  not_asked: { icon: CircleDashed, tone: 'text-ink-faint' },
  not_permitted: { icon: CircleSlash, tone: 'text-warn' },
  not_readable: { icon: CircleSlash, tone: 'text-warn' },
  not_found: { icon: CircleX, tone: 'text-bad' },
} satisfies Record<GroupState, unknown>

type GroupStateMarkProps = {
  state: GroupState
  /** Whether service principals were not read, so that of an opened group only the people are known. */
  peopleOnly: boolean
}

/** How far a group was opened, as a mark and a word; the reason is shown on hover. */
export function GroupStateMark({ state, peopleOnly }: GroupStateMarkProps) {
  const { icon: Icon, tone } = state === 'whole' && peopleOnly ? MARKS.flat : MARKS[state]
  const { label, says } = describeGroupState(state, peopleOnly)
  return (
    <span title={says} className="inline-flex items-center gap-1.5 whitespace-nowrap">
      <Icon aria-hidden className={`size-4 shrink-0 ${tone}`} />
      {label}
    </span>
  )
}

/** How somebody is in a group, where that is out of the ordinary: only able to join, or for some time. */
export function MembershipChip({ membership, endsAt }: { membership: AssignmentKind; endsAt: Date | null }) {
  if (membership === 'eligible')
    return (
      <Chip
        tone="eligible"
        icon={<CircleDashed aria-hidden />}
        title="Not in the group until the membership is activated"
      >
        Eligible{endsAt ? ` until ${dateWords(endsAt)}` : null}
      </Chip>
    )
  return <EndsChip kind={membership} endsAt={endsAt} />
}
