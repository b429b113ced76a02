import Link from 'next/link'

type Props = { id: string; name: string | null; groupsPath: string }

/** A group by its name, or by its id where the name could not be read, leading to who is in it. */
export function GroupName({ id, name, groupsPath }: Props) {
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
