import Link from 'next/link'
import { RoleChip } from '@/components/access/role-chip'
import type { RoleHeld } from '@/db/queries/roles'
import type { Plane } from '@/lib/domain/role-meaning'

type Props = {
  roles: Pick<RoleHeld, 'id' | 'name' | 'privilege' | 'custom'>[]
  /** Roles held here whose definition could not be read, which say neither yes nor no. */
  unread: number
  plane: Plane
  /** The same question on the other plane. */
  otherPlaneHref: string
}

/** Which of the roles held here allow the operation, and as what kind of operation it was taken. */
export function AllowingRoles({ roles, unread, plane, otherPlaneHref }: Props) {
  return (
    <div>
      <p>
        {sentence(roles.length)}, as a {plane} operation{roles.length > 0 ? ':' : '.'}
      </p>
      {roles.length > 0 ? (
        <ul className="mt-2 flex flex-wrap gap-x-3 gap-y-1.5">
          {roles.map((role) => (
            <li key={role.id} className="flex max-w-full min-w-0">
              <RoleChip name={role.name ?? role.id} privilege={role.privilege} custom={role.custom} />
            </li>
          ))}
        </ul>
      ) : null}
      <p className="mt-2 text-sm text-ink-soft">
        {plane === 'data'
          ? 'A data operation works on what is inside a resource; roles that only manage resources do not allow it.'
          : 'A control operation manages a resource; roles for what is inside one do not allow it.'}{' '}
        <Link href={otherPlaneHref} prefetch={false} scroll={false} className="link">
          Ask about it as a {plane === 'data' ? 'control' : 'data'} operation
        </Link>
      </p>
      {unread > 0 ? (
        <p className="mt-2 text-ink-soft">
          {unread === 1
            ? 'The definition of 1 more role could not be read: whether it allows it is not known.'
            : `The definitions of ${unread.toLocaleString('en')} more roles could not be read: whether they allow it is not known.`}
        </p>
      ) : null}
    </div>
  )
}

function sentence(roles: number): string {
  if (roles === 0) return 'No role held here allows it'
  return roles === 1 ? '1 role held here allows it' : `${roles.toLocaleString('en')} roles held here allow it`
}
