import Link from 'next/link'

type Props = {
  group: { id: string; name: string | null } | null
  /** Groups that lead to a role here, and roles assigned to the holder itself. */
  groups: number
  direct: number
  /** The page of the connection's groups. */
  groupsPath: string
}

/** How the role in the row is held: directly or by the name of the group, and how many more ways there are. */
export function HeldThrough({ group, groups, direct, groupsPath }: Props) {
  const more = group ? groups - 1 + Number(direct > 0) : groups
  return (
    <span className="flex min-w-0 items-baseline gap-1.5">
      {group ? (
        <Link
          href={`${groupsPath}?group=${group.id}`}
          prefetch={false}
          dir="auto"
          title={`Through the group ${group.name ?? group.id}`}
          className="min-w-0 truncate hover:underline"
        >
          {group.name ?? `Group ${group.id.slice(0, 8)}`}
        </Link>
      ) : (
        <span>Direct</span>
      )}
      {more > 0 ? (
        <span className="shrink-0 text-xs text-ink-faint tabular-nums" title={moreInWords(more)}>
          +{more.toLocaleString('en')}
          <span className="sr-only"> more {more === 1 ? 'way' : 'ways'}</span>
        </span>
      ) : null}
    </span>
  )
}

const moreInWords = (more: number) =>
  more === 1 ? 'Roles are held in one more way' : `Roles are held in ${more.toLocaleString('en')} more ways`
