import Link from 'next/link'
import { joinClasses } from '@/components/ui/join-classes'

type Props = {
  id: string
  name: string | null
  email?: string | null
  deleted?: boolean
  /** Where the name leads; without it, to the person's page over all subscriptions. */
  href?: string
  className?: string
}

/** A person's name, or what else is known of them, as a link to their page. Names come from a directory: any script, any length. */
export function PrincipalName({ id, name, email, deleted, href = `/people/${id}`, className }: Props) {
  const known = name ?? email
  return (
    <Link
      href={href}
      prefetch={false}
      dir="auto"
      title={known ?? id}
      className={joinClasses(
        'block truncate font-medium hover:underline',
        deleted && 'text-ink-soft line-through',
        !known && 'font-mono font-normal',
        className,
      )}
    >
      {known ?? id}
    </Link>
  )
}
