import { CircleCheck, CircleDashed, CircleSlash, CircleX } from 'lucide-react'
import Link from 'next/link'
import type { GroupState as State } from '@/lib/domain/vocabulary'
import { PartlyMark } from './coverage'
import { GROUP_WORDS } from './labels'

type Props = { group: { id: string; name: string | null }; path: string; className?: string }

/** A group by its name, or by what is known of it, as a link to what it holds and who is in it. */
export function GroupName({ group: { id, name }, path, className = 'block' }: Props) {
  return (
    <Link
      href={`${path}?group=${id}`}
      prefetch={false}
      dir="auto"
      title={name ?? `${id}: its name was not read`}
      className={`${className} min-w-0 truncate font-medium hover:underline`}
    >
      {name ?? <span className="font-mono font-normal">{id}</span>}
    </Link>
  )
}

const MARKS = {
  whole: { mark: CircleCheck, tone: 'text-good' },
  flat: { mark: PartlyMark, tone: 'text-good' },
  not_asked: { mark: CircleDashed, tone: 'text-ink-faint' },
  not_permitted: { mark: CircleSlash, tone: 'text-warn' },
  not_found: { mark: CircleX, tone: 'text-bad' },
} satisfies Record<State, unknown>

/** How far a group was opened, as a mark and a word; why is on hover. */
export function GroupStateMark({ state }: { state: State }) {
  const { mark: Mark, tone } = MARKS[state]
  const { word, says } = GROUP_WORDS[state]
  return (
    <span title={says} className="inline-flex items-center gap-1.5 whitespace-nowrap">
      <Mark aria-hidden className={`size-4 shrink-0 ${tone}`} />
      {word}
    </span>
  )
}

type GroupNameProps = { id: string; name: string | null; groupsPath: string }

/** A group by its name, or by its id where the name could not be read, leading to who is in it. */
export function GroupNameInPath({ id, name, groupsPath }: GroupNameProps) {
  return (
    <Link
      href={`${groupsPath}?group=${id}`}
      prefetch={false}
      dir="auto"
      title={name ?? id}
      className={`font-medium break-words hover:underline ${name ? '' : 'font-mono font-normal'}`}
    >
      {name ?? id}
    </Link>
  )
}
