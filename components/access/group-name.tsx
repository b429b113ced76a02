import Link from 'next/link'

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
